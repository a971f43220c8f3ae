import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcome } from '@/model/outcome';
import type { FindingKind } from '@/model/verdict';
import { anyLane, type AnyAttempt as Attempt, type AnyLane } from '../../../../tests/fixtures/lanes/any-lane';
import { auditLane, PREFIX } from '../../../../tests/fixtures/lanes/history';

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
  const told = (outcomes: Outcome[]) =>
    count(({ outcome }, i) => outcomes.includes(outcome) && of[i]!.length > 0);
  const offBy = (sign: number) =>
    count(
      ({ outcome, quantity }, i) =>
        (outcome === 'accepted' || outcome === 'indeterminate') &&
        of[i]!.length === 1 &&
        Math.sign(of[i]![0]!.quantity - quantity) === sign,
    );
  const isAbove = final.finalStock > final.initialStock;
  return {
    oversold: Math.max(0, ordered - final.initialStock),
    'lost-update': isAbove ? 0 : Math.max(0, lost),
    'stock-created': isAbove ? final.finalStock - final.initialStock : 0,
    'stock-leak': Math.max(0, -lost),
    'negative-stock': Math.max(0, -lowest),
    'lost-order': count(({ outcome }, i) => outcome === 'accepted' && of[i]!.length === 0) + offBy(-1),
    'phantom-order': final.orders.length - of.flat().length + told(['conflict', 'error']) + offBy(1),
    'false-sold-out': told(['sold-out']),
    'duplicate-order': sum(of.map((own) => Math.max(0, own.length - 1))),
  };
}

const isTold = ({ outcome, remaining }: Attempt) => outcome === 'accepted' && !Number.isNaN(remaining);

/** Units that an accepted attempt was given: what it asked for, but not more than its smallest order has. */
const given = (lane: AnyLane, attempt: Attempt) =>
  Math.min(attempt.quantity, ...ordersOf(lane, attempt).map(({ quantity }) => quantity));

/** Sales whose lowest unit had been given to a sale that left fewer, or that left as many and came before (point 5). */
function countSharers(lane: AnyLane): number {
  const told = lane.attempts.filter(isTold);
  return told.filter((b) =>
    told.some(
      (a) =>
        (a.remaining < b.remaining || (a.remaining === b.remaining && a.n < b.n)) &&
        a.remaining + given(lane, a) > b.remaining,
    ),
  ).length;
}

/** Attempts that contradict real time, each against all others (points 6, 7 and 9). */
function countOutOfOrder(lane: AnyLane): number {
  const { attempts, final } = lane;
  const stock = final.initialStock;
  const isTimed = ({ at: [call, back] }: Attempt) => call <= back;
  const from = (a: Attempt) => (isTimed(a) ? a.at[0] : -Infinity);
  const until = (a: Attempt) => (isTimed(a) && a.outcome !== 'indeterminate' ? a.at[1] : Infinity);
  const units = (a: Attempt) => ordersOf(lane, a).map(({ quantity }) => quantity);
  const isSale = (a: Attempt) => a.outcome === 'accepted' || units(a).length > 0;
  const most = (a: Attempt) => (isSale(a) ? Math.max(a.quantity, sum(units(a))) : 0);
  const certain = (a: Attempt) => (a.outcome === 'accepted' && units(a).length > 0 ? given(lane, a) : 0);
  const owned = new Set(attempts.map(({ n }) => PREFIX + String(n)));
  const unowned = sum(final.orders.map(({ attemptId, quantity }) => (owned.has(attemptId) ? 0 : quantity)));
  const ordered = sum(final.orders.map(({ quantity }) => quantity));
  const leaked = Math.max(0, stock - final.finalStock - ordered);
  const takenBy = (t: number) => unowned + leaked + sum(attempts.map((a) => (from(a) <= t ? most(a) : 0)));
  // a lane of single units that were not all sold leaves no room for a refusal that a later sale contradicts
  const sales = attempts.filter((a) => units(a).length > 0);
  const isOfUnits = attempts.every(
    (a) =>
      Math.max(units(a).length > 0 ? most(a) : 0, isSale(a) ? most(a) : 0) <= 1 &&
      (a.outcome !== 'sold-out' || units(a).length > 0 || a.quantity === 1),
  );
  const isNotOversold = unowned + leaked + sum(sales.map(most)) <= stock;

  const refused = attempts.filter(
    (r) =>
      r.outcome === 'sold-out' &&
      units(r).length === 0 &&
      (takenBy(until(r)) <= stock - r.quantity || (isOfUnits && isNotOversold)) &&
      sales.some((a) => from(a) > until(r)),
  );
  const told = attempts.filter(isTold);
  const swapped = told.filter((b) => told.some((a) => a.remaining > b.remaining && from(a) > until(b)));
  const isAsAsked = (a: Attempt) =>
    isTold(a) && (units(a).length === 0 || (units(a).length === 1 && units(a)[0] === a.quantity));
  const mayLack = !attempts.filter(isSale).every(isAsAsked) || unowned !== 0 || leaked > 0;
  const gaps = told.filter((b) => {
    const isBefore = (a: Attempt) => a.remaining > b.remaining || (a.remaining === b.remaining && a.n > b.n);
    const left = Math.min(stock, ...told.filter(isBefore).map(({ remaining }) => remaining));
    return b.remaining + b.quantity < left && !mayLack;
  });
  const isOff = (a: Attempt) => {
    const upper = stock - sum(attempts.map((b) => (until(b) < from(a) ? certain(b) : 0)));
    const lower = stock - takenBy(until(a));
    const left = a.outcome === 'accepted' || a.outcome === 'sold-out' ? a.remaining : NaN;
    const own = units(a).length > 1 ? 0 : most(a);
    return a.seenStock > upper || left + certain(a) > upper || a.seenStock < lower + own || left < lower;
  };
  return new Set([...refused, ...swapped, ...gaps, ...attempts.filter(isOff)]).size;
}

test('on any history and any rows, every count is what its definition says', () => {
  fc.assert(
    fc.property(anyLane, (lane) => {
      const mayRise = lane.final.finalStock > lane.final.initialStock;
      const counts: Partial<Record<FindingKind, number>> = {
        ...countRows(lane),
        'duplicate-unit': mayRise ? 0 : countSharers(lane),
        'non-linearizable': mayRise ? 0 : countOutOfOrder(lane),
      };
      const expected = Object.entries(counts).filter(([, count]) => count > 0);
      const { findings, status } = auditLane(lane).verdict;
      expect(Object.fromEntries(findings.map(({ kind, count }) => [kind, count]))).toEqual(
        Object.fromEntries(expected),
      );
      expect(status === 'violated').toBe(expected.length > 0);
    }),
    { numRuns: 1_500 },
  );
});
