import { expect, test } from 'vitest';
import { findingsOf, goodLane, repeat, subjectOf, type LaneSketch } from '../../../tests/fixtures/history';
import { EVIDENCE_LIMIT } from './evidence';
import { unitsLost } from './lost-units';
import { lostUpdates } from './lost-updates';
import { findVersionForks, versionForks } from './version-forks';

/** Three buyers of ten units; the first two read version 7 and both wrote 9. Nothing is oversold. */
function silentLoss(): LaneSketch {
  const lane = goodLane(10, repeat('accepted', 3));
  lane.final.finalStock = 8;
  for (const [i, seenVersion] of [7, 7, 8].entries()) {
    Object.assign(lane.attempts[i]!, { seenVersion, seenStock: seenVersion === 7 ? 10 : 9 });
  }
  return lane;
}

test('stock that fell by what was ordered lost nothing, sold out or not', () => {
  expect(findingsOf(lostUpdates, goodLane(3, repeat('accepted', 3)))).toEqual([]);
  expect(findingsOf(lostUpdates, goodLane(9, ['accepted', 'conflict']))).toEqual([]);
});

test('a silent lost update fails and names the two attempts and the version', () => {
  expect(findingsOf(lostUpdates, silentLoss())).toEqual([
    {
      kind: 'lost-update',
      count: 1,
      message:
        'Orders took 3 units, but the stock fell by 2 (from 10 to 8): 1 unit of updates was lost. Nothing is oversold yet.',
      evidence: [
        {
          note: 'Ordered - (initial - final) = 3 - (10 - 8) = 1. 1 unit lost by 1 pair of sales of which one undid the other, 1 of them by version; 0 not attributed',
        },
        {
          attemptId: 'lane-1',
          otherAttemptId: 'lane-0',
          orderId: '2',
          version: 7,
          units: 1,
          times: [
            { attemptId: 'lane-1', what: 'in flight', fromUs: 0, toUs: 10 },
            { attemptId: 'lane-0', what: 'in flight', fromUs: 0, toUs: 10 },
          ],
          note: 'sold from version 7 (stock 10), and so did lane-0',
        },
      ],
      pieces: 2,
    },
  ]);
});

test('orders for exactly the stock are not oversold yet either', () => {
  const lane = goodLane(2, repeat('accepted', 2));
  lane.final.finalStock = 1;
  expect(findingsOf(lostUpdates, lane)[0]?.message).toMatch(/Nothing is oversold yet\.$/);
});

test('without seen versions it says so and still gives the sum', () => {
  const lane = goodLane(1, repeat('accepted', 3));
  lane.final.finalStock = 0;
  const [finding] = findingsOf(lostUpdates, lane);
  expect(finding).toMatchObject({ kind: 'lost-update', count: 2 });
  expect(finding?.message).not.toContain('Nothing is oversold');
  expect(finding?.evidence).toEqual([
    {
      note: 'Ordered - (initial - final) = 3 - (1 - 0) = 2. Of no two sales is it known that one undid the other, so the attempts that collided cannot be named',
    },
  ]);
});

test('stock that fell without an order is a leak, and whoever may have taken it is named', () => {
  const lane = goodLane(5, ['accepted', 'sold-out', 'error', 'indeterminate']);
  lane.final.finalStock = 2;
  const [finding, ...others] = findingsOf(lostUpdates, lane);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    kind: 'stock-leak',
    count: 2,
    message:
      'Orders took 1 unit, but the stock fell by 3 (from 5 to 2): 2 units left the stock without an order.',
  });
  expect(finding?.evidence.slice(1)).toEqual([
    { attemptId: 'lane-2', note: 'ended error and has no order: it may have taken units' },
    { attemptId: 'lane-3', note: 'ended indeterminate and has no order: it may have taken units' },
  ]);
});

test('purchases still running excuse as many units as they asked for, and no more', () => {
  const lane = goodLane(5, ['accepted', 'indeterminate', 'indeterminate']);
  lane.final.finalStock = 3;
  lane.final.stillRunning = 1;
  expect(findingsOf(lostUpdates, lane)).toEqual([]);
  lane.final.finalStock = 2;
  expect(findingsOf(lostUpdates, lane)).toMatchObject([
    { kind: 'stock-leak', count: 1, message: expect.stringContaining('at least 1 unit') as string },
  ]);
  const { final, settlement } = subjectOf(lane);
  expect(unitsLost(final, settlement)).toBe(-2);
});

test('evidence is bounded, the count is not', () => {
  const lane = goodLane(100, repeat('accepted', 60));
  lane.final.finalStock = 99;
  for (const attempt of lane.attempts) attempt.seenVersion = 0;
  const [finding] = findingsOf(lostUpdates, lane);
  expect(finding?.count).toBe(59);
  expect(finding?.evidence).toHaveLength(EVIDENCE_LIMIT);
  expect(finding?.evidence[0]?.note).toContain('59 units lost by 59 pairs');
});

test('only sales fork: readers that were told sold out share versions freely', () => {
  const subject = subjectOf({
    attempts: [
      { outcome: 'accepted', seenVersion: 4 },
      { outcome: 'sold-out', seenVersion: 4 },
      { outcome: 'accepted' },
      { outcome: 'accepted' },
    ],
    final: { initialStock: 3, finalStock: 0, orders: goodLane(3, repeat('accepted', 1)).final.orders },
  });
  expect(findVersionForks(subject)).toEqual({ known: 1, pairs: new Int32Array(0) });
});

test('a sale that did not tell what it left hides no fork of the two around it', () => {
  const lane = goodLane(5, ['accepted', 'accepted', 'accepted', 'error']);
  for (const attempt of lane.attempts.slice(0, 3)) attempt.seenVersion = 0;
  for (const i of [0, 2]) Object.assign(lane.attempts[i]!, { seenStock: 5, remaining: 4 });
  // what the fork lost left the stock without an order, so that the balance is even
  const [finding, ...others] = findingsOf(versionForks, lane);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ kind: 'lost-update', count: 1 });
  expect(finding?.evidence[1]).toMatchObject({ attemptId: 'lane-2', otherAttemptId: 'lane-0', version: 0 });
});
