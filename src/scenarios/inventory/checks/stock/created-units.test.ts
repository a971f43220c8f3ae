import { expect, test } from 'vitest';
import { listEvidence } from '@/audit/evidence-pages';
import { INVENTORY_RULES } from '@/scenarios/inventory/audit/audit';
import {
  auditLane,
  goodLane,
  historyOf,
  finalOf,
  kindsOf,
  ordersFor,
  repeat,
  type LaneSketch,
} from '../../../../../tests/fixtures/lanes/history';

/** A guarded lane of 10 units that sells until nothing is left; 3 units come from elsewhere after the 4th sale. */
function laneWithForeignUnits(): LaneSketch {
  const lane = goodLane(10, repeat('accepted', 13));
  for (const [n, attempt] of lane.attempts.entries()) {
    const seenStock = 10 - n + (n >= 4 ? 3 : 0);
    Object.assign(attempt, { seenVersion: n, seenStock, remaining: seenStock - 1 });
    Object.assign(attempt, { at: [10 * n, 10 * n + 15], window: [10 * n + 1, 10 * n + 13] });
  }
  lane.final.finalStock = 0;
  return lane;
}

test('a value that no attempt wrote is said, and no guard is blamed for it', () => {
  const result = auditLane(laneWithForeignUnits());
  expect(kindsOf(result)).toEqual(['stock-created', 'oversold']);
  expect(result.verdict.reason).toBe(
    '3 units came into the stock: 1 sale saw more units than the sale before had left, and no attempt put them there. Also oversold (3).',
  );
  expect(result.verdict.findings[1]?.message).toBe(
    '13 orders for 10 units: 3 units more than there were at the start.',
  );
  expect(result.verdict.findings[0]?.evidence).toMatchObject([
    { note: 'Ordered - (initial - final) = 13 - (10 - 0) = 3' },
    {
      attemptId: 'lane-4',
      otherAttemptId: 'lane-3',
      version: 4,
      units: 3,
      note: 'saw stock 9 at version 4, where lane-3, the sale before it, had left 6',
    },
  ]);
  expect(result).toMatchObject({ lostUpdates: 0, oversold: 3 });
  expect(result.ledger).toMatchObject({ units: 3, attributed: 0, unattributed: 0, created: 3, leaked: 0 });
  const idle = result.checks.filter(({ status }) => status === 'not-applicable').map(({ no }) => no);
  expect(idle).toEqual([5, 6, 7, 9, 10, 11, 12]);
});

test('units that came before the first sale are seen as well', () => {
  const lane = laneWithForeignUnits();
  for (const attempt of lane.attempts.slice(0, 4)) {
    attempt.seenStock! += 3;
    attempt.remaining! += 3;
  }
  const [finding] = auditLane(lane).verdict.findings;
  expect(finding).toMatchObject({ kind: 'stock-created', count: 3 });
  expect(finding?.evidence[1]).toMatchObject({
    attemptId: 'lane-0',
    note: 'saw stock 13 before any sale, of an initial stock of 10',
  });
});

test.each<[string, (lane: LaneSketch) => void]>([
  ['two sales share a version', (lane) => (lane.attempts[5]!.seenVersion = 4)],
  ['a version is missing', (lane) => (lane.attempts[12]!.seenVersion = 13)],
  ['a sale told no version', (lane) => (lane.attempts[7]!.seenVersion = undefined)],
  ['a sale told no stock', (lane) => (lane.attempts[7]!.seenStock = undefined)],
  ['a sale has no answer', (lane) => (lane.attempts[7]!.outcome = 'indeterminate')],
  ['a purchase still runs', (lane) => (lane.final.stillRunning = 1)],
  ['an order has other units than asked for', (lane) => (lane.attempts[7]!.quantity = 2)],
])('where %s, an update may have been lost instead', (_, change) => {
  const lane = laneWithForeignUnits();
  change(lane);
  const kinds = kindsOf(auditLane(lane));
  expect(kinds).toContain('lost-update');
  expect(kinds).not.toContain('stock-created');
});

test('a stock that the balance does not bear out is no unit from elsewhere', () => {
  const lane = laneWithForeignUnits();
  lane.final.orders = ordersFor([...Array(10).keys()]);
  for (const attempt of lane.attempts.slice(10)) Object.assign(attempt, { outcome: 'conflict' });
  const kinds = kindsOf(auditLane(lane));
  expect(kinds).not.toContain('stock-created');
  expect(kinds).toContain('non-linearizable');
});

test('a row above all that there was counts the excess, and no update as lost', () => {
  const lane = goodLane(100, repeat('accepted', 100));
  lane.final.finalStock = 150;
  const result = auditLane(lane);
  expect(result.verdict.findings).toMatchObject([
    {
      kind: 'stock-created',
      count: 50,
      isAtLeast: true,
      message:
        'Orders took 100 units, but the stock rose by 50, from 100 to 150: at least 50 units came into the stock, and no attempt put them there. Nothing tells whether the other 100 units too many came so too, or were sold but never deducted.',
    },
  ]);
  expect(result).toMatchObject({ lostUpdates: 0, ledger: { units: 150, created: 150, unattributed: 0 } });
  const page = { offset: 0, limit: 20 };
  expect(
    listEvidence(INVENTORY_RULES, historyOf(lane.attempts), finalOf(lane), 'stock-created', page),
  ).toMatchObject({
    total: 1,
    evidence: [{ note: 'Ordered - (initial - final) = 100 - (100 - 150) = 150' }],
  });
});

test('stock that did not move reads so', () => {
  const lane = goodLane(3, repeat('accepted', 2));
  lane.final.finalStock = 3;
  expect(auditLane(lane).verdict.reason).toBe(
    'Orders took 2 units, but the stock stayed at 3: 2 units were sold but never deducted. Nothing is oversold yet.',
  );
});
