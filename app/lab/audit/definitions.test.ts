import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditLane, PREFIX, type AttemptSketch, type LaneSketch } from '../../../tests/fixtures/history';
import type { Outcome } from '../outcome';
import type { FindingKind } from './verdict';

type Attempt = AttemptSketch & {
  n: number;
  quantity: number;
  at: [number, number];
  seenStock: number;
  remaining: number;
};

/** Any attempts with any rows, consistent or not, on a clock of few moments. */
const anyLane: fc.Arbitrary<{ attempts: Attempt[]; final: LaneSketch['final'] }> = fc.record({
  attempts: fc
    .array(
      fc.record({
        outcome: fc.constantFrom<Outcome>('accepted', 'sold-out', 'conflict', 'error', 'indeterminate'),
        quantity: fc.integer({ min: 1, max: 3 }),
        seenStock: fc.constantFrom(NaN, NaN, -1, 0, 5),
        remaining: fc.constantFrom(NaN, NaN, -2, 0, 1, 2, 5),
        at: fc.tuple(fc.nat(12), fc.nat(5)).map(([call, took]): [number, number] => [call, call + took]),
      }),
      { maxLength: 12 },
    )
    .map((attempts) => attempts.map((attempt, n) => ({ ...attempt, n }))),
  final: fc.record({
    initialStock: fc.integer({ min: 0, max: 12 }),
    finalStock: fc.integer({ min: -4, max: 12 }),
    orders: fc
      .array(fc.tuple(fc.nat(14), fc.integer({ min: 1, max: 3 })), { maxLength: 12 })
      .map((rows) =>
        rows.map(([n, quantity], o) => ({ orderId: String(o), attemptId: PREFIX + String(n), quantity })),
      ),
  }),
});

type AnyLane = typeof anyLane extends fc.Arbitrary<infer T> ? T : never;

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const ordersOf = ({ final }: AnyLane, { n }: Attempt) =>
  final.orders.filter(({ attemptId }) => attemptId === PREFIX + String(n));

/** What the orders table and the rows say, attempt by attempt and row by row (points 1 to 3 and 8). */
function countRows(lane: AnyLane): Partial<Record<FindingKind, number>> {
  const { attempts, final } = lane;
  const ordered = sum(final.orders.map(({ quantity }) => quantity));
  const lost = ordered - (final.initialStock - final.finalStock);
  const read = attempts.flatMap(({ seenStock, remaining }) => [seenStock, remaining]);
  const lowest = Math.min(final.finalStock, ...read.filter((v) => !Number.isNaN(v)));
  const of = attempts.map((attempt) => ordersOf(lane, attempt));
  const count = (holds: (attempt: Attempt, i: number) => boolean) => attempts.filter(holds).length;
  const offBy = (sign: number) =>
    count(({ quantity }, i) => of[i]!.length === 1 && Math.sign(of[i]![0]!.quantity - quantity) === sign);
  const told = (outcomes: Outcome[]) =>
    count(({ outcome }, i) => outcomes.includes(outcome) && of[i]!.length > 0);
  return {
    oversold: Math.max(0, ordered - final.initialStock),
    'lost-update': Math.max(0, lost),
    'stock-leak': Math.max(0, -lost),
    'negative-stock': Math.max(0, -lowest),
    'lost-order': count(({ outcome }, i) => outcome === 'accepted' && of[i]!.length === 0) + offBy(-1),
    'phantom-order': final.orders.length - of.flat().length + told(['conflict', 'error']) + offBy(1),
    'false-sold-out': told(['sold-out']),
    'duplicate-order': sum(of.map((own) => Math.max(0, own.length - 1))),
  };
}

/** Units handed out more often than once, unit by unit (point 5). */
function countSharedUnits({ attempts }: AnyLane): number {
  const owners = new Map<number, number>();
  for (const { outcome, remaining, quantity } of attempts) {
    if (outcome !== 'accepted' || Number.isNaN(remaining)) continue;
    for (let unit = remaining; unit < remaining + quantity; unit += 1)
      owners.set(unit, (owners.get(unit) ?? 0) + 1);
  }
  return sum([...owners.values()].map((count) => count - 1));
}

/** What contradicts real time, each attempt against all others (points 6, 7 and 9). */
function countOutOfOrder(lane: AnyLane): number {
  const { attempts, final } = lane;
  const stock = final.initialStock;
  const isTold = ({ outcome, remaining }: Attempt) => outcome === 'accepted' && !Number.isNaN(remaining);
  const taken = (attempt: Attempt) =>
    attempt.outcome === 'accepted'
      ? attempt.quantity
      : sum(ordersOf(lane, attempt).map(({ quantity }) => quantity));
  const sold = (attempt: Attempt) => (attempt.outcome === 'accepted' ? attempt.quantity : 0);
  const owned = new Set(attempts.map(({ n }) => PREFIX + String(n)));
  const unowned = sum(final.orders.map(({ attemptId, quantity }) => (owned.has(attemptId) ? 0 : quantity)));
  const takenBy = (t: number) => unowned + sum(attempts.map((a) => (a.at[0] <= t ? taken(a) : 0)));

  const refused = attempts.filter(
    (r) =>
      r.outcome === 'sold-out' &&
      ordersOf(lane, r).length === 0 &&
      takenBy(r.at[1]) <= stock - r.quantity &&
      attempts.some((a) => taken(a) > 0 && a.at[0] > r.at[1]),
  );
  const told = attempts.filter(isTold);
  const swapped = told.filter((b) => told.some((a) => a.remaining > b.remaining && a.at[0] > b.at[1]));
  const ordered = sum(final.orders.map(({ quantity }) => quantity));
  const sales = attempts.filter((attempt) => taken(attempt) > 0);
  const mayLack = !sales.every(isTold) || unowned !== 0 || ordered < stock - final.finalStock;
  const gaps = told.filter((b) => {
    const top = b.remaining + b.quantity;
    const isBefore = (a: Attempt) => a.remaining > b.remaining || (a.remaining === b.remaining && a.n > b.n);
    const left = Math.min(stock, ...told.filter(isBefore).map(({ remaining }) => remaining));
    return top > stock || (top < left && !mayLack);
  });
  const reads = attempts.map((a) => {
    const implied = a.outcome === 'accepted' ? a.remaining + a.quantity : NaN;
    const seen = Number.isNaN(a.seenStock) ? (a.outcome === 'sold-out' ? a.remaining : implied) : a.seenStock;
    const most = stock - sum(attempts.map((b) => (b.at[1] < a.at[0] ? sold(b) : 0)));
    return Number(seen > most) + Number(seen < stock - takenBy(a.at[1]) + sold(a));
  });
  return refused.length + swapped.length + gaps.length + sum(reads);
}

test('on any history and any rows, every count is what its definition says', () => {
  fc.assert(
    fc.property(anyLane, (lane) => {
      const counts: Partial<Record<FindingKind, number>> = {
        ...countRows(lane),
        'duplicate-unit': countSharedUnits(lane),
        'non-linearizable': countOutOfOrder(lane),
      };
      const expected = Object.entries(counts).filter(([, count]) => count > 0);
      const { findings, status } = auditLane(lane).verdict;
      expect(Object.fromEntries(findings.map(({ kind, count }) => [kind, count]))).toEqual(
        Object.fromEntries(expected),
      );
      expect(status === 'violated').toBe(expected.length > 0);
    }),
    { numRuns: 5_000 },
  );
});
