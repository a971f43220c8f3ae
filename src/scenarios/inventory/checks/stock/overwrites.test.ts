import { expect, test } from 'vitest';
import { auditLane, goodLane } from '../../../../../tests/fixtures/lanes/history';

test('a unit is booked on the sale that wrote over it, when the two shared no version', () => {
  // lane-0 reads version 0; lane-1 and lane-2 sell one after the other; lane-0 writes what it had read less one
  const lane = goodLane(10, ['accepted', 'accepted', 'accepted']);
  const [stale, first, second] = lane.attempts;
  Object.assign(stale!, { window: [1, 9], seenVersion: 0, seenStock: 10, remaining: 9 });
  Object.assign(first!, { window: [2, 3], seenVersion: 0, seenStock: 10, remaining: 9 });
  Object.assign(second!, { window: [4, 5], seenVersion: 1, seenStock: 9, remaining: 8 });
  lane.final.finalStock = 9;

  const { ledger } = auditLane(lane);

  expect(ledger).toMatchObject({ units: 2, attributed: 2, unattributed: 0, pieces: 2 });
  expect(ledger.entries).toMatchObject([
    { attemptId: 'lane-1', otherAttemptId: 'lane-0', version: 0, units: 1 },
    {
      attemptId: 'lane-0',
      otherAttemptId: 'lane-2',
      units: 1,
      note: 'wrote over what lane-2 had written, and had read before it did (stock 10)',
    },
  ]);
});

test('writes that end at the same moment name nobody', () => {
  const lane = goodLane(10, ['accepted', 'accepted']);
  lane.final.finalStock = 9;
  expect(auditLane(lane).ledger).toMatchObject({ units: 1, attributed: 0, unattributed: 1 });
});
