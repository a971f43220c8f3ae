import { expect, test } from 'vitest';
import { EVIDENCE_LIMIT } from '@/audit/evidence';
import { findingsOf, goodLane, repeat } from '../../../../tests/fixtures/lanes/history';
import { negativeStock } from './negative-stock';

test('zero is not negative, and neither is unknown', () => {
  const lane = goodLane(1, ['accepted', 'sold-out']);
  Object.assign(lane.attempts[1]!, { seenStock: 0, remaining: 0 });
  expect(findingsOf(negativeStock, lane)).toEqual([]);
});

test('a final row below zero is enough', () => {
  const lane = goodLane(1, repeat('accepted', 3));
  expect(findingsOf(negativeStock, lane)).toEqual([
    {
      kind: 'negative-stock',
      count: 2,
      message: 'Stock fell to -2, where it ended.',
      evidence: [{ note: "The item's row ended at -2" }],
      pieces: 1,
    },
  ]);
});

test('a value below zero on the way counts, though the row recovered', () => {
  const lane = goodLane(2, repeat('accepted', 2));
  Object.assign(lane.attempts[0]!, { seenStock: 1, remaining: -1 });
  Object.assign(lane.attempts[1]!, { seenStock: -1, remaining: -3 });
  const [finding] = findingsOf(negativeStock, lane);
  expect(finding).toMatchObject({
    count: 3,
    message: 'Stock fell to -3 and ended at 0. 2 attempts saw or left stock below zero.',
  });
  expect(finding?.evidence.slice(1)).toEqual([
    { attemptId: 'lane-0', note: 'left -1' },
    { attemptId: 'lane-1', note: 'saw stock -1 and left -3' },
  ]);
});

test('a negative value seen is found without any other sign', () => {
  const lane = goodLane(2, ['accepted', 'sold-out']);
  lane.attempts[1]!.seenStock = -4;
  expect(findingsOf(negativeStock, lane)).toMatchObject([{ count: 4 }]);
});

test('evidence is bounded', () => {
  const lane = goodLane(1, repeat('sold-out', 50));
  for (const attempt of lane.attempts) attempt.remaining = -1;
  const [finding] = findingsOf(negativeStock, lane);
  expect(finding?.evidence).toHaveLength(EVIDENCE_LIMIT);
  expect(finding?.message).toContain('50 attempts');
});
