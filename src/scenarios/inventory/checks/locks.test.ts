import { expect, test } from 'vitest';
import type { Outcome } from '@/model/outcome';
import {
  auditLane,
  goodLane,
  repeat,
  contextOf,
  type LaneSketch,
} from '../../../../tests/fixtures/lanes/history';
import { fencing } from './fencing';
import { lockOverlap } from './lock-overlap';

/** Attempts with their holds and tokens, in flight together. */
function holders(...sketches: [hold: [number, number], token?: number, outcome?: Outcome][]): LaneSketch {
  const lane = goodLane(
    9,
    sketches.map(([, , outcome = 'accepted']) => outcome),
  );
  for (const [i, [hold, token]] of sketches.entries()) Object.assign(lane.attempts[i]!, { hold, token });
  return lane;
}

test('two holds at once are found, and one that only touches another is not', () => {
  expect(lockOverlap(contextOf(holders([[1, 9]], [[2, 8]]))).found).toMatchObject([
    { kind: 'lock-overlap', count: 1 },
  ]);
  expect(lockOverlap(contextOf(holders([[1, 4]], [[4, 8]])))).toEqual({ found: [] });
});

test('holds at once are excused where both have tokens, and only there', () => {
  const excused = lockOverlap(contextOf(holders([[1, 9], 1], [[2, 8], 2])));
  expect(excused).toEqual({
    found: [],
    remark:
      '1 attempt got the lock while another attempt held it. Both had fencing tokens, which then decide which may write.',
  });
  // whether the token is on either side, or of somebody who has nothing to do with it
  for (const lane of [
    holders([[1, 9], 1], [[2, 8]]),
    holders([[1, 9]], [[2, 8], 2]),
    holders([[1, 3]], [[2, 4]], [[5, 6], 1, 'sold-out']),
    // the one without a token began before a longer hold with one
    holders([[1, 5]], [[2, 9], 1], [[4, 8], 2]),
  ]) {
    expect(lockOverlap(contextOf(lane)).found).toMatchObject([{ kind: 'lock-overlap' }]);
  }
});

test('sales whose tokens do not rise in real time are zombies, also where they saw one version', () => {
  const lane = holders([[1, 3], 2], [[5, 7], 1]);
  for (const attempt of lane.attempts) attempt.seenVersion = 4;
  expect(fencing(contextOf(lane)).found).toMatchObject([{ kind: 'zombie-write', count: 1 }]);
});

test('every sale counts whose token another had, where it is not known which came first', () => {
  const lane = holders([[1, 9], 2], [[1, 9], 2], [[1, 9], 2]);
  expect(fencing(contextOf(lane)).found).toMatchObject([{ kind: 'zombie-write', count: 2 }]);
});

test('a sale counts also where the one before it is a zombie itself', () => {
  const lane = holders([[8, 9], 2], [[1, 2], 2]);
  lane.attempts[0]!.seenVersion = 0;
  lane.attempts[1]!.seenVersion = 1;
  // by version lane-1 came after lane-0, and by time before it
  expect(fencing(contextOf(lane)).found).toMatchObject([{ kind: 'zombie-write', count: 2 }]);
});

test('tokens that do not rise from holder to holder leave the verdict open, though nobody wrote', () => {
  const lane = holders([[1, 2], 9], [[3, 4], 3, 'sold-out'], [[5, 6], 3, 'sold-out']);
  expect(auditLane(lane).verdict).toMatchObject({
    status: 'inconclusive',
    reason: 'Tokens must rise from holder to holder, but lane-1 got fencing token 3 though lane-0 had got 9.',
  });
});

test('without tokens there is nothing to check of them', () => {
  expect(fencing(contextOf(goodLane(9, repeat('accepted', 2)))).notApplicable).toBe(
    'No attempt told a fencing token.',
  );
});
