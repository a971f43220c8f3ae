import type { MatchedOrders } from '@/audit/match-orders';
import { unitsInStock, type FinalState } from '@/model/final-state';
import type { Range } from '@/model/verdict';
import { countOf } from '@/model/wording';
import type { Losses } from './lost-units';

/** The doubt that unfinished purchases leave, as a sentence; `undefined` once everything had drained. */
export function whyStillOpen(final: FinalState, matched: MatchedOrders): string | undefined {
  const running = final.stillRunning ?? 0;
  if (running === 0) return undefined;
  const purchases = countOf(running, 'purchase was', 'purchases were');
  const { slackUnits } = matched;
  const open = slackUnits > 0 ? `: up to ${countOf(slackUnits, 'unit')} may still move` : '';
  return `${purchases} still running when the final rows were read${open}.`;
}

/** The possible range of units sold beyond the stock, as each purchase still running may sell or not. */
export function rangeOfOversold(stock: number, { orders, pendingUnits }: MatchedOrders): Range {
  return {
    low: Math.max(0, orders.quantity - stock),
    high: Math.max(0, orders.quantity + pendingUnits - stock),
  };
}

/**
 * The possible range of lost units, when each purchase still running has written at most one of stock and order. Not a
 * bound for purchases that write the stock as an absolute value, which may still undo any number of others.
 */
export function rangeOfLost(
  final: FinalState,
  { net, proven }: Losses,
  { slackUnits }: MatchedOrders,
): Range {
  const least = proven > 0 ? proven : -Infinity;
  const low = Math.max(least, net - slackUnits);
  // where the row may end above the stock, the excess was created and not lost
  const mayEndAbove = final.finalStock + slackUnits > unitsInStock(final);
  return { low: mayEndAbove ? Math.min(0, low) : low, high: Math.max(least, net + slackUnits) };
}
