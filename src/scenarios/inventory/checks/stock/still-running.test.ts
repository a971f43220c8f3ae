import fc from 'fast-check';
import { expect, test } from 'vitest';
import { correctLaneWithSale } from '../../../../../tests/fixtures/lanes/correct-lane';
import { auditLane, goodLane, kindsOf, PREFIX } from '../../../../../tests/fixtures/lanes/history';

const progress = fc.constantFrom('nothing', 'stock only', 'order only', 'both');

test('the ranges hold the truth, however far purchases had come when the rows were read', () => {
  const seen = { straddling: 0, certain: 0 };
  fc.assert(
    fc.property(
      correctLaneWithSale,
      fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 3 }), progress, sells: fc.boolean() }), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.integer({ min: -4, max: 4 }),
      fc.nat(6),
      (lane, running, lostBefore, excess) => {
        lane.final.finalStock += lostBefore - excess;
        lane.final.initialStock -= excess;
        for (const attempt of lane.attempts) {
          if (attempt.seenStock !== undefined) attempt.seenStock -= excess;
          if (attempt.remaining !== undefined) attempt.remaining -= excess;
        }
        const now = structuredClone(lane);
        now.final.stillRunning = running.length;
        for (const [k, one] of running.entries()) {
          const n = lane.attempts.length + k;
          const order = { orderId: String(5_000 + k), attemptId: PREFIX + String(n), quantity: one.quantity };
          now.attempts.push({ n, outcome: 'indeterminate', quantity: one.quantity, at: [900, 950] });
          const hasOrder = one.progress === 'order only' || one.progress === 'both';
          const hasStock = one.progress === 'stock only' || one.progress === 'both';
          if (hasOrder) now.final.orders.push(order);
          if (hasStock) now.final.finalStock -= one.quantity;
          if (!hasOrder && !hasStock && !one.sells) continue;
          lane.final.orders.push(order);
          lane.final.finalStock -= one.quantity;
        }
        lane.attempts = now.attempts;
        const truth = auditLane(lane);
        const early = auditLane(now);
        const [oversold, lost] = [early.oversoldRange!, early.lostUpdatesRange!];
        expect(truth.oversold).toBeGreaterThanOrEqual(oversold.low);
        expect(truth.oversold).toBeLessThanOrEqual(oversold.high);
        expect(truth.lostUpdates).toBeGreaterThanOrEqual(lost.low);
        expect(truth.lostUpdates).toBeLessThanOrEqual(lost.high);
        const isOpen = oversold.low === 0 && oversold.high > 0;
        seen[isOpen ? 'straddling' : 'certain'] += 1;
        const [check] = early.checks;
        expect(check?.status).toBe(oversold.low > 0 ? 'broken' : isOpen ? 'undecided' : 'held');
        if (oversold.low > 0) expect(early.verdict.status).toBe('violated');
      },
    ),
    { numRuns: 1_000 },
  );
  expect(Math.min(seen.straddling, seen.certain)).toBeGreaterThan(50);
});

test('once everything has drained there are numbers and no ranges', () => {
  const result = auditLane(goodLane(2, ['accepted', 'indeterminate']));
  expect(result).not.toHaveProperty('oversoldRange');
  expect(result).not.toHaveProperty('lostUpdatesRange');
});

test('no more is deducted than as many purchases can have moved as still run', () => {
  const lane = goodLane(9, ['indeterminate', 'indeterminate', 'indeterminate']);
  for (const [i, quantity] of [3, 1, 1].entries()) lane.attempts[i]!.quantity = quantity;
  lane.final.stillRunning = 2;
  lane.final.finalStock = 4;
  expect(kindsOf(auditLane(lane))).toEqual(['stock-leak']);
  lane.final.finalStock = 5;
  expect(kindsOf(auditLane(lane))).toEqual([]);
});
