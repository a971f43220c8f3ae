import type { FinalState, OrderRow } from './final-state';
import { EVIDENCE_LIMIT } from './evidence';
import { HELD, type Invariant } from './invariant';
import { NumberIndex } from './number-index';
import type { Settlement } from './settlement';
import type { Evidence } from './verdict';
import { countOf, formatNumber } from './wording';

/**
 * Units sold beyond the stock, max(0, A - S): audit.md 1. A comes from the orders table, so that an attempt whose
 * answer was lost counts exactly when it sold.
 */
export function unitsOversold(final: FinalState, settlement: Settlement): number {
  return Math.max(0, settlement.orders.quantity - final.initialStock);
}

/** No more units may be sold than there were. Count: units. Evidence: the first orders past the last unit. */
export const oversold: Invariant = ({ final, settlement }) => {
  const count = unitsOversold(final, settlement);
  if (count === 0) return HELD;
  const stock = final.initialStock;
  const { orders } = settlement;
  const taken =
    orders.count === orders.quantity
      ? `${countOf(orders.count, 'order')} for ${countOf(stock, 'unit')}`
      : `${countOf(orders.count, 'order')} of ${formatNumber(orders.quantity)} units in total for ${countOf(stock, 'unit')}`;
  const excess = count <= stock ? 'sold twice over' : 'sold that did not exist';
  const message = `${taken}: ${countOf(count, 'unit')} ${excess}.`;
  return { findings: [{ kind: 'oversold', count, message, evidence: ordersPastTheLastUnit(final) }] };
};

/** The first orders, by order id, at which the units sold so far pass the stock. */
function ordersPastTheLastUnit(final: FinalState): Evidence[] {
  const evidence: Evidence[] = [];
  let sold = 0;
  for (const o of byOrderId(final.orders)) {
    const order = final.orders[o];
    if (order === undefined) continue;
    sold += order.quantity;
    if (sold <= final.initialStock) continue;
    const note = `after this order ${formatNumber(sold)} of ${formatNumber(final.initialStock)} units were sold`;
    evidence.push({ attemptId: order.attemptId, orderId: order.orderId, note });
    if (evidence.length === EVIDENCE_LIMIT) break;
  }
  return evidence;
}

/** Indexes of the orders by rising id; in the order of the rows where ids are not distinct numbers. */
function* byOrderId(orders: readonly OrderRow[]): Generator<number> {
  const ids = Float64Array.from(orders, (order) => Number(order.orderId));
  const rowOf = new NumberIndex(ids.length);
  const areDistinctNumbers = ids.every((id, o) => !Number.isNaN(id) && rowOf.claim(id, o) === -1);
  // Sorting plain numbers and looking their rows up is twice as fast as sorting the rows by a comparison.
  if (areDistinctNumbers) for (const id of ids.sort()) yield rowOf.find(id);
  else yield* orders.keys();
}
