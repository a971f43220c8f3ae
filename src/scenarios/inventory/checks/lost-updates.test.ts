import { expect, test } from 'vitest';
import { EVIDENCE_LIMIT } from '@/audit/evidence';
import type { Outcome } from '@/model/outcome';
import {
  auditLane,
  findingsOf,
  goodLane,
  PREFIX,
  repeat,
  contextOf,
  type LaneSketch,
} from '../../../../tests/fixtures/lanes/history';
import { unitsLost } from './stock/balance';
import { lostUpdates } from './lost-updates';
import { findVersionForks } from './version-forks';

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
        'Orders took 3 units, but the stock fell by 2, from 10 to 8: 1 unit was sold but never deducted. Nothing is oversold yet.',
      evidence: [
        {
          note: 'Ordered - (initial - final) = 3 - (10 - 8) = 1. 1 pair of sales (1 of one version) explains 1 unit; 0 units unexplained',
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
      note: 'Ordered - (initial - final) = 3 - (1 - 0) = 2. Nothing that was recorded shows which sales undid each other',
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
      'Orders took 1 unit, but the stock fell by 3, from 5 to 2: 2 units left the stock without an order.',
  });
  expect(finding?.evidence.slice(1)).toEqual([
    { attemptId: 'lane-2', note: 'ended error and has no order: it may have taken units' },
    { attemptId: 'lane-3', note: 'ended indeterminate and has no order: it may have taken units' },
  ]);
});

test('a leak says whether any attempt has no order before it says what those were told', () => {
  const noteOf = (outcomes: Outcome[]) => {
    const lane = goodLane(5, outcomes);
    lane.final.finalStock -= 1;
    return findingsOf(lostUpdates, lane)[0]?.evidence[0]?.note;
  };
  expect(noteOf(repeat('accepted', 2))).toMatch(/Every attempt has an order$/);
  expect(noteOf([])).toMatch(/No attempt was made$/);
  expect(noteOf(['accepted', 'sold-out'])).toMatch(/Every attempt without an order was told sold out$/);
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
  const { final, matched } = contextOf(lane);
  expect(unitsLost(final, matched)).toBe(-2);
});

test('evidence is bounded, the count is not', () => {
  const lane = goodLane(100, repeat('accepted', 60));
  lane.final.finalStock = 99;
  for (const attempt of lane.attempts) attempt.seenVersion = 0;
  const [finding] = findingsOf(lostUpdates, lane);
  expect(finding?.count).toBe(59);
  expect(finding?.evidence).toHaveLength(EVIDENCE_LIMIT);
  expect(finding?.evidence[0]?.note).toContain('59 pairs of sales (59 of one version) explain 59 units');
});

test('only sales fork: readers that were told sold out share versions freely', () => {
  const context = contextOf({
    attempts: [
      { outcome: 'accepted', seenVersion: 4 },
      { outcome: 'sold-out', seenVersion: 4 },
      { outcome: 'accepted' },
      { outcome: 'accepted' },
    ],
    final: { initialStock: 3, finalStock: 0, orders: goodLane(3, repeat('accepted', 1)).final.orders },
  });
  expect(findVersionForks(context)).toEqual({ known: 1, pairs: new Int32Array(0) });
});

/** Buyers who all read version 0 and stock `seenStock`, and wrote that less what they took. */
function writersOfOneVersion(seenStock: number, quantities: number[], finalStock: number): LaneSketch {
  const attempts = quantities.map((quantity, n) => {
    const outcome = 'accepted' as const;
    return { n, outcome, quantity, seenVersion: 0, seenStock, remaining: seenStock - quantity };
  });
  const orders = quantities.map((quantity, o) => ({
    orderId: String(o + 1),
    attemptId: PREFIX + String(o),
    quantity,
  }));
  return { attempts, final: { initialStock: seenStock, finalStock, orders } };
}

test('a sale that did not tell what it left hides no fork of the two around it', () => {
  const lane = writersOfOneVersion(5, [1, 1, 1], 2);
  Object.assign(lane.attempts[1]!, { seenStock: NaN, remaining: NaN });
  // what the fork lost left the stock without an order, so that the balance is even
  const [lost, leak, ...others] = findingsOf(lostUpdates, lane);
  expect(others).toEqual([]);
  expect(lost).toMatchObject({
    kind: 'lost-update',
    count: 1,
    message:
      '1 sale wrote from a version of the row that another sale had already written from: at least 1 unit was sold but never deducted. Nothing is oversold yet.',
  });
  expect(leak).toMatchObject({ kind: 'stock-leak', count: 1 });
});

test('losses and leaks that partly cancel are both counted, in the ledger too', () => {
  // five of six writes are undone: the stock would be 9
  for (const [finalStock, net] of [
    [6, 2],
    [3, -1],
  ] as const) {
    const lane = writersOfOneVersion(10, repeat(1, 6), finalStock);
    const { verdict, lostUpdates: units, ledger, checks } = auditLane(lane);
    expect(
      verdict.findings.filter(({ kind }) => kind === 'lost-update' || kind === 'stock-leak'),
    ).toMatchObject([
      { kind: 'lost-update', count: 5, isAtLeast: true, pieces: 6 },
      {
        kind: 'stock-leak',
        count: 5 - net,
        isAtLeast: true,
        message: expect.stringMatching(
          `although at least 5 units were sold but never deducted: at least ${5 - net} units left`,
        ) as string,
      },
    ]);
    expect(units).toBe(5);
    expect(ledger).toMatchObject({ units: net, attributed: 5, unattributed: 0, leaked: net - 5, pieces: 5 });
    expect(checks.filter(({ status }) => status === 'broken').map(({ no }) => no)).toEqual(
      expect.arrayContaining([2, 4]),
    );
  }
});

test('sales that found what the one before had left are no fork, though the version did not rise', () => {
  const lane = writersOfOneVersion(10, [1, 2, 1], 6);
  const seen = [10, 9, 7];
  for (const [n, attempt] of lane.attempts.entries()) {
    Object.assign(attempt, { seenStock: seen[n], remaining: seen[n]! - attempt.quantity! });
  }
  expect(auditLane(lane)).toMatchObject({ verdict: { findings: [] }, lostUpdates: 0, ledger: { pieces: 0 } });
  // one of two that saw the same stock of the version is still lost
  lane.attempts.push({ n: 3, outcome: 'accepted', quantity: 1, seenVersion: 0, seenStock: 7, remaining: 6 });
  lane.final.orders.push({ orderId: '4', attemptId: PREFIX + '3', quantity: 1 });
  expect(auditLane(lane)).toMatchObject({
    lostUpdates: 1,
    ledger: { entries: [{ attemptId: PREFIX + '3', otherAttemptId: PREFIX + '2', version: 0 }] },
  });
});

test('a fork of several units lost all but the units of one sale', () => {
  const { lostUpdates: units } = auditLane(writersOfOneVersion(10, [1, 3, 2], 4));
  expect(units).toBe(3);
});

test('sales that decrement in place and find the stock again after units came back are no fork', () => {
  const lane = writersOfOneVersion(10, [1, 1], 9);
  lane.final.restocked = 1;
  expect(auditLane(lane)).toMatchObject({ verdict: { findings: [] }, lostUpdates: 0 });
  const gaveBack = writersOfOneVersion(10, [1, 1], 8);
  gaveBack.attempts.push({ n: 2, outcome: 'conflict' });
  gaveBack.final.givesBack = true;
  expect(auditLane(gaveBack)).toMatchObject({ verdict: { findings: [] }, lostUpdates: 0 });
});

test('sales that share a version without telling more are no finding, and that is said', () => {
  const lane = writersOfOneVersion(5, [1, 1], 3);
  for (const attempt of lane.attempts) Object.assign(attempt, { seenStock: NaN, remaining: NaN });
  const { checks } = auditLane(lane);
  expect(checks.find(({ no }) => no === 4)).toMatchObject({
    status: 'held',
    why: expect.stringContaining('nothing they told shows that one undid the other') as string,
  });
});
