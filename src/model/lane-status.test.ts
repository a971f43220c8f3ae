import { expect, it, test } from 'vitest';
import { describeLane } from '@/report/verdict-words';
import { laneView } from '../../tests/fixtures/lanes/lane-view';
import { hasBegun, isLaneOver, LANE_STATUSES, mayFollow, progressOf } from './lane-status';

test('a lane only ever goes on, and can be given up in every status until it is over', () => {
  for (const from of LANE_STATUSES) {
    const next = LANE_STATUSES.filter((to) => mayFollow(from, to));
    expect(next.every((to) => progressOf(to) > progressOf(from))).toBe(true);
    expect(next.includes('cancelled')).toBe(!isLaneOver(from));
  }
});

test('a lane reaches its end one status after the other', () => {
  const path = LANE_STATUSES.filter((status) => status !== 'cancelled');
  for (const [i, to] of path.entries()) {
    const before = path[i - 1];
    if (before) expect(mayFollow(before, to)).toBe(true);
  }
  expect(path.at(-1)).toBe('finished');
  expect(path.filter(hasBegun)).toEqual(['preparing', 'running', 'draining', 'auditing', 'finished']);
});

it('says what a lane waits for until its turn has come', () => {
  const words = (isQueued: boolean) =>
    LANE_STATUSES.filter((status) => !isLaneOver(status)).map(
      (status) => describeLane(laneView({ status }), isQueued).word,
    );
  expect(words(true)[0]).toBe('WAITING');
  expect(words(false).slice(0, 5)).toEqual(['WAITING', 'WARMING UP', 'READY', 'PREPARING', 'SELLING']);
  const says = (isQueued: boolean) => describeLane(laneView({ status: 'pending' }), isQueued).reason;
  expect(says(true)).toBe('Waiting for the run before it.');
  expect(says(false)).toBe('Warms up after the lanes before it.');
});
