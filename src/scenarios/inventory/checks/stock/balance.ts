import type { MatchedOrders } from '@/audit/match-orders';
import { unitsInStock, type FinalState } from '@/model/final-state';

/**
 * L = A - (S - F), in units: the units in orders minus those that left the stock (audit.md 2). Positive: more is left
 * than the orders leave, because updates were lost or units were created. Negative: units left the stock without an
 * order. A net figure, in which these cancel.
 */
export function unitsLost(final: FinalState, matched: MatchedOrders): number {
  return matched.orders.quantity - (unitsInStock(final) - final.finalStock);
}
