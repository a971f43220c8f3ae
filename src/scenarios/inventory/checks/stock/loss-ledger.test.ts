import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcome } from '@/model/outcome';
import { listLosses } from '@/audit/evidence-pages';
import { INVENTORY_RULES } from '@/scenarios/inventory/audit/audit';
import { correctLane } from '../../../../../tests/fixtures/lanes/correct-lane';
import {
  auditLane,
  finalOf,
  historyOf,
  PREFIX,
  type AttemptSketch,
  type LaneSketch,
} from '../../../../../tests/fixtures/lanes/history';

const EVERYTHING = { offset: 0, limit: Infinity };

/** Buyers who read, wait and write back what they read less what they take: every lost update that there is. */
const absoluteWriters: fc.Arbitrary<LaneSketch> = fc
  .record({
    initialStock: fc.integer({ min: 1, max: 40 }),
    buyers: fc.array(
      fc.record({
        readAt: fc.integer({ min: 0, max: 60 }),
        took: fc.integer({ min: 1, max: 25 }),
        quantity: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 25 },
    ),
  })
  .map(({ initialStock, buyers }) => {
    const row = { stock: initialStock, version: 0 };
    const attempts = buyers.map(({ readAt, took, quantity }, n): AttemptSketch => {
      // no two of them read or write at the same instant
      const window: [number, number] = [readAt + n / 1_000, readAt + took + (n + 0.5) / 1_000];
      return { n, outcome: 'sold-out', quantity, at: window, window };
    });
    const moments = attempts.flatMap((attempt) => [
      {
        at: attempt.at![0],
        run: () => Object.assign(attempt, { seenStock: row.stock, seenVersion: row.version }),
      },
      {
        at: attempt.at![1],
        run: () => {
          if (attempt.seenStock! < attempt.quantity!) return;
          row.stock = attempt.remaining = attempt.seenStock! - attempt.quantity!;
          row.version += 1;
          attempt.outcome = 'accepted';
        },
      },
    ]);
    for (const { run } of moments.sort((a, b) => a.at - b.at)) run();
    const orders = attempts.flatMap(({ n, outcome, quantity }, o) =>
      outcome === 'accepted'
        ? [{ orderId: String(o), attemptId: PREFIX + String(n), quantity: quantity! }]
        : [],
    );
    return { attempts, final: { initialStock, finalStock: row.stock, orders } };
  });

/** Anything at all, with versions. */
const anything: fc.Arbitrary<LaneSketch> = fc.record({
  attempts: fc.array(
    fc.record({
      outcome: fc.constantFrom<Outcome>('accepted', 'sold-out', 'error', 'indeterminate'),
      quantity: fc.integer({ min: 1, max: 4 }),
      seenVersion: fc.constantFrom(NaN, 0, 1, 2),
      seenStock: fc.constantFrom(NaN, 3, 5),
      remaining: fc.constantFrom(NaN, 0, 2, 4),
    }),
    { maxLength: 15 },
  ),
  final: fc.record({
    initialStock: fc.nat(20),
    finalStock: fc.integer({ min: -5, max: 20 }),
    restocked: fc.nat(4),
    orders: fc
      .array(fc.tuple(fc.nat(16), fc.integer({ min: 1, max: 4 })), { maxLength: 15 })
      .map((rows) =>
        rows.map(([n, quantity], o) => ({ orderId: String(o), attemptId: PREFIX + String(n), quantity })),
      ),
  }),
});

test('the ledger adds up to what orders and stock differ by, whatever the history looks like', () => {
  fc.assert(
    fc.property(fc.oneof(anything, absoluteWriters, correctLane), (lane) => {
      const { ledger, lostUpdates } = auditLane(lane);
      const { total, evidence } = listLosses(
        INVENTORY_RULES,
        historyOf(lane.attempts),
        finalOf(lane),
        EVERYTHING,
      );
      const { units, attributed, unattributed, created, leaked } = ledger;
      const ordered = lane.final.orders.reduce((sum, { quantity }) => sum + quantity, 0);
      const { initialStock, restocked = 0, finalStock } = lane.final;
      expect(units).toBe(ordered - (initialStock + restocked - finalStock));
      expect(attributed + unattributed + created + leaked).toBe(units);
      expect(attributed + unattributed || leaked).toBe(lostUpdates);
      expect(evidence.reduce((sum, { units }) => sum + units!, 0)).toBe(ledger.attributed);
      expect(evidence).toHaveLength(total);
      expect(evidence.slice(0, 20)).toEqual(ledger.entries);
      expect(ledger.pieces).toBe(total);
    }),
    { numRuns: 1_500 },
  );
});

test('every lost unit is booked on two sales of which one undid the other', () => {
  fc.assert(
    fc.property(absoluteWriters, (lane) => {
      expect(auditLane(lane).ledger).toMatchObject({ unattributed: 0, leaked: 0 });
      const byId = new Map(lane.attempts.map((attempt) => [PREFIX + String(attempt.n), attempt]));
      for (const entry of listLosses(INVENTORY_RULES, historyOf(lane.attempts), finalOf(lane), EVERYTHING)
        .evidence) {
        const [a, b] = [byId.get(entry.attemptId!)!, byId.get(entry.otherAttemptId!)!];
        expect([a.outcome, b.outcome]).toEqual(['accepted', 'accepted']);
        const sharesVersion = entry.version === a.seenVersion && a.seenVersion === b.seenVersion;
        const wroteOver = a.window![0] < b.window![1] && b.window![1] < a.window![1];
        expect(sharesVersion || wroteOver).toBe(true);
      }
    }),
    { numRuns: 700 },
  );
});
