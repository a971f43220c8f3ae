import { attemptIdOf, inFlight } from '@/audit/evidence';
import { HELD, type Violation, type Invariant } from '@/audit/invariant';
import type { AuditContext } from '@/audit/audit-context';
import { PairList } from '@/audit/evidence-list';
import { at, intAt } from '@/lib/column';
import { unitsInStock } from '@/model/final-state';
import { countOf, formatNumber } from '@/model/wording';
import { measureLosses } from './stock/lost-units';
import { whyStockMayRise } from './stock/restock';

/**
 * The units left put the sales in an order, the only possible one, and it must agree with real time (audit.md 7): no
 * buyer called after another's response may have been served before. Where every sale reported what it left, the
 * numbers must also fall from the stock without a gap. Count: attempts. Evidence: the two that changed places, or that
 * stand on either side of a gap. Holds for any quantities. Linear after sorting.
 */
export const saleOrder: Invariant = (context) => {
  if (context.byRemaining.length === 0) {
    return { found: [], notApplicable: 'No sale told how many units it left.' };
  }
  const mayRise = whyStockMayRise(context);
  if (mayRise !== undefined) return { found: [], notApplicable: mayRise };
  const found = [...findOutOfOrder(context), ...findGaps(context)];
  return found.length === 0 ? HELD : { found };
};

/** Sales whose response was back before the call of a sale that left more units and so must have come first. */
function findOutOfOrder(context: AuditContext): Violation[] {
  const { history, byRemaining } = context;
  const { from, until } = context.spans;
  const attempts = new Uint8Array(history.count);
  const pairs = new PairList((later, earlier) => ({
    attemptId: attemptIdOf(history, later),
    otherAttemptId: attemptIdOf(history, earlier),
    times: inFlight(history, later, earlier),
    note: `left ${at(history.remaining, later)} and had its answer before ${attemptIdOf(history, earlier)} was called, which left ${at(history.remaining, earlier)}`,
  }));
  let lastCalled = -1;
  for (let end = byRemaining.length; end > 0;) {
    const start = startOfTie(context, end);
    for (let k = start; k < end; k += 1) {
      const i = intAt(byRemaining, k);
      if (lastCalled === -1 || !(at(from, lastCalled) > at(until, i))) continue;
      pairs.add(i, lastCalled);
      attempts[i] = 1;
    }
    for (let k = start; k < end; k += 1) {
      const i = intAt(byRemaining, k);
      if (lastCalled === -1 || at(from, i) > at(from, lastCalled)) lastCalled = i;
    }
    end = start;
  }
  if (pairs.size === 0) return [];
  const message = `${countOf(pairs.size, 'sale was', 'sales were')} served in the wrong order: a later request had got its units first.`;
  return [{ kind: 'non-linearizable', count: pairs.size, message, witnesses: [pairs], attempts }];
}

/** The first of the sales that left as many units as the one before `end`. */
function startOfTie({ history, byRemaining }: AuditContext, end: number): number {
  const left = history.remaining[intAt(byRemaining, end - 1)];
  let start = end - 1;
  while (start > 0 && history.remaining[intAt(byRemaining, start - 1)] === left) start -= 1;
  return start;
}

/** Sales before which units were skipped. */
function findGaps(context: AuditContext): Violation[] {
  // units that left the stock without an order also leave gaps, but the balance reports them
  if (!isEverySaleTold(context) || measureLosses(context).leaked > 0) return [];
  const { history, final, byRemaining } = context;
  const stock = unitsInStock(final);
  const attempts = new Uint8Array(history.count);
  const pairs = new PairList((i, before) => ({
    attemptId: attemptIdOf(history, i),
    ...(before !== -1 && { otherAttemptId: attemptIdOf(history, before) }),
    note: `left ${at(history.remaining, i)} after taking ${intAt(history.quantity, i)}; before it, ${before === -1 ? `the stock was ${formatNumber(stock)}` : `${countOf(at(history.remaining, before), 'unit was', 'units were')} left`}`,
  }));
  let left = stock;
  let before = -1;
  for (let k = byRemaining.length - 1; k >= 0; k -= 1) {
    const i = intAt(byRemaining, k);
    if (at(history.remaining, i) + intAt(history.quantity, i) < left) {
      pairs.add(i, before);
      attempts[i] = 1;
    }
    if (at(history.remaining, i) < left) [left, before] = [at(history.remaining, i), i];
  }
  if (pairs.size === 0) return [];
  const message = `${countOf(pairs.size, 'sale')} skipped units that no other sale took.`;
  return [{ kind: 'non-linearizable', count: pairs.size, message, witnesses: [pairs], attempts }];
}

/** Whether every sale reported what it left, and no order has other units than its attempt asked for. */
function isEverySaleTold(context: AuditContext): boolean {
  const { history, matched } = context;
  if (matched.unownedUnits !== 0) return false;
  for (let i = 0; i < history.count; i += 1) {
    if (at(context.taken, i) + intAt(context.open, i) === 0) continue;
    if (!context.isAccepted(i) || Number.isNaN(history.remaining[i])) return false;
    const orders = intAt(matched.ordersOf, i);
    const isAsAsked = orders === 1 && matched.unitsOf[i] === history.quantity[i];
    if (orders !== 0 && !isAsAsked) return false;
  }
  return true;
}
