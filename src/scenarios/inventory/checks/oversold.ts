import { attemptIdOf, inFlight } from '@/audit/evidence';
import { HELD, type Invariant } from '@/audit/invariant';
import type { MatchedOrders } from '@/audit/match-orders';
import type { AuditContext } from '@/audit/audit-context';
import { PairList } from '@/audit/evidence-list';
import { at, intAt } from '@/lib/column';
import { sortedIndexes } from '@/lib/sorted-indexes';
import { describeStock, unitsInStock, type FinalState } from '@/model/final-state';
import { orderAttemptId, orderIdOf, type OrderColumns } from '@/model/order-columns';
import type { Evidence } from '@/model/verdict';
import { countOf } from '@/model/wording';
import { measureCreated } from './stock/created-units';
import { whyRestockIsUnproven } from './stock/restock-by-design';
import { findRival } from './stock/rivals';
import { rangeOfOversold, whyStillOpen } from './stock/still-running';

/**
 * Units sold beyond the stock, max(0, A - S): audit.md 1. A comes from the orders table, so that an attempt whose
 * response was lost counts exactly when it sold.
 */
export function unitsOversold(final: FinalState, matched: MatchedOrders): number {
  return Math.max(0, matched.orders.quantity - unitsInStock(final));
}

/**
 * No more units may be sold than there were. Count: units. Evidence: every order past the last unit, with the sale
 * that started from the same state, or else the one that took the last unit.
 */
export const oversold: Invariant = (context) => {
  const { final, matched } = context;
  const stock = unitsInStock(final);
  const count = unitsOversold(final, matched);
  if (count === 0) {
    if (rangeOfOversold(stock, matched).high > 0) return { found: [], doubt: whyStillOpen(final, matched) };
    const reliesOnRestock = matched.orders.quantity > final.initialStock;
    return reliesOnRestock ? { found: [], doubt: whyRestockIsUnproven(final) } : HELD;
  }
  const { orders } = matched;
  const taken =
    orders.count === orders.quantity
      ? `${countOf(orders.count, 'order')} for ${describeStock(final, 'unit')}`
      : `${countOf(orders.count, 'order')} of ${countOf(orders.quantity, 'unit')} in total for ${describeStock(final, 'unit')}`;
  const excess =
    measureCreated(context).units > 0
      ? `${countOf(count, 'unit')} more than ${final.restocked ? 'these' : 'there were at the start'}`
      : `${countOf(count, 'unit was', 'units were')} sold that did not exist`;
  const message = `${taken}: ${excess}.`;
  return { found: [{ kind: 'oversold', count, message, witnesses: [ordersPastTheLastUnit(context)] }] };
};

/**
 * The orders, by order id, at which the units sold so far pass the stock. The one that took the last unit may itself
 * pass it, by taking more than were left; it is set beside the order before it.
 */
function ordersPastTheLastUnit(context: AuditContext): PairList {
  const { orders } = context.final;
  const stock = unitsInStock(context.final);
  let lastUnit = -1;
  let beforeLast = -1;
  const list = new PairList((o, soldSoFar) =>
    describeExcess(context, o, soldSoFar, o === lastUnit ? beforeLast : lastUnit),
  );
  let sold = 0;
  for (const o of byOrderId(orders)) {
    if (context.matched.repeatedOrder?.[o] === 1) continue;
    sold += intAt(orders.quantity, o);
    if (sold > stock) list.add(o, sold);
    // of no stock there is no last unit
    if (stock === 0 || lastUnit !== -1) continue;
    if (sold >= stock) lastUnit = o;
    else beforeLast = o;
  }
  return list;
}

/** Indexes of the orders by rising id; in the order of the rows where ids are not numbers. */
function byOrderId(orders: OrderColumns): Iterable<number> {
  const areNumbers = orders.orderText.size === 0;
  return areNumbers ? sortedIndexes(orders.orderId) : Array.from({ length: orders.count }, (_, o) => o);
}

function describeExcess(context: AuditContext, o: number, sold: number, lastUnit: number): Evidence {
  const { history, final, matched } = context;
  const { orders } = final;
  const past = `after this order ${countOf(sold, 'unit was', 'units were')} sold, of a stock of ${describeStock(final)}`;
  const evidence: Evidence = {
    attemptId: orderAttemptId(orders, o),
    orderId: orderIdOf(orders, o),
    units: Math.min(intAt(orders.quantity, o), sold - unitsInStock(final)),
    note: past,
  };
  const owner = intAt(matched.ownerOf, o);
  const rival = owner === -1 ? undefined : findRival(context, owner);
  if (rival !== undefined) {
    evidence.otherAttemptId = attemptIdOf(history, rival.attempt);
    evidence.times = inFlight(history, owner, rival.attempt);
    if (rival.same === 'version') evidence.version = at(history.seenVersion, owner);
    evidence.note = `${past}; ${evidence.otherAttemptId} sold from the same ${rival.same}`;
  } else if (lastUnit !== -1) {
    const before = orderAttemptId(orders, lastUnit);
    const left = unitsInStock(final) - (sold - intAt(orders.quantity, o));
    evidence.otherAttemptId = before;
    evidence.note =
      left > 0
        ? `${past}; ${countOf(left, 'unit was', 'units were')} left after the order of ${before}`
        : `${past}; the last unit had gone to ${before}`;
  }
  return evidence;
}
