import type { History } from '../history';
import { at } from './column';
import type { FinalState, OrderRow } from './final-state';
import { NumberIndex } from './number-index';
import { INDETERMINATE } from './outcome-code';

/** Which attempt owns which order. Index i is an attempt of the history, index o an order of the final rows. */
export interface Settlement {
  /** Orders in the table and the units in them: what was really sold, whatever buyers were told. */
  orders: { count: number; quantity: number };
  /** The attempt that order o belongs to; -1 when no attempt of the history has its id. */
  ownerOf: Int32Array;
  /** Number of orders that attempt i has; it sold when this is not 0. */
  ordersOf: Uint32Array;
  /** The first order of attempt i in the order of the rows; -1 when it has none. */
  firstOrderOf: Int32Array;
  /** Indeterminate attempts that have an order: sold, though no client could know. */
  recovered: number;
  /** Indeterminate attempts without an order: they sold nothing, provided that everything had drained. */
  notSold: number;
  /**
   * 1 where attempt i has an id that an earlier one has, which makes it the recorder's fault and not evidence; its
   * orders are the earlier one's. All 0 in a sound history.
   */
  repeated: Uint8Array;
  repeatedCount: number;
  /**
   * Units that purchases still running may have moved by half when the rows were read (stock written, order not
   * yet, or the reverse). Differences up to this prove nothing. 0 once everything had drained.
   */
  slackUnits: number;
}

/**
 * Joins attempts and orders by attempt id, and settles indeterminate attempts by whether an order exists.
 * A hash join: time and memory grow with attempts + orders (audit.md 6 and 8).
 */
export function settle(history: History, final: FinalState): Settlement {
  const byNumber = new NumberIndex(history.count);
  const repeated = new Uint8Array(history.count);
  let repeatedCount = 0;
  for (let i = 0; i < history.count; i += 1) {
    if (byNumber.claim(at(history.n, i), i) === -1) continue;
    repeated[i] = 1;
    repeatedCount += 1;
  }
  const ownerOf = new Int32Array(final.orders.length).fill(-1);
  const ordersOf = new Uint32Array(history.count);
  const firstOrderOf = new Int32Array(history.count).fill(-1);
  let quantity = 0;
  for (const [o, order] of final.orders.entries()) {
    quantity += order.quantity;
    const number = attemptNumber(order, history.attemptPrefix);
    const owner = number === undefined ? -1 : byNumber.find(number);
    if (owner === -1) continue;
    ownerOf[o] = owner;
    if (ordersOf[owner] === 0) firstOrderOf[owner] = o;
    ordersOf[owner] = at(ordersOf, owner) + 1;
  }
  const orders = { count: final.orders.length, quantity };
  const indeterminate = settleIndeterminate(history, ordersOf, final.stillRunning ?? 0);
  return { orders, ownerOf, ordersOf, firstOrderOf, repeated, repeatedCount, ...indeterminate };
}

function settleIndeterminate(
  history: History,
  ordersOf: Uint32Array,
  stillRunning: number,
): Pick<Settlement, 'recovered' | 'notSold' | 'slackUnits'> {
  let recovered = 0;
  let notSold = 0;
  let units = 0;
  let largest = 0;
  for (let i = 0; i < history.count; i += 1) {
    if (history.outcome[i] !== INDETERMINATE) continue;
    if (ordersOf[i] === 0) notSold += 1;
    else recovered += 1;
    const quantity = at(history.quantity, i);
    units += quantity;
    if (quantity > largest) largest = quantity;
  }
  // Whoever had an answer is done on the server too, so only indeterminate attempts can still be running.
  return { recovered, notSold, slackUnits: Math.min(units, stillRunning * largest) };
}

const ZERO = 48;

/**
 * The attempt number in an order's attempt id, or undefined if the id is not of this lane. Only the exact spelling
 * counts ("7", not "07", "7.0" or "1e3"): a differently spelled id is one that no attempt sent.
 */
function attemptNumber(order: OrderRow, prefix: string): number | undefined {
  const id = order.attemptId;
  const digits = id.length - prefix.length;
  if (digits < 1 || !id.startsWith(prefix)) return undefined;
  if (digits > 1 && id.charCodeAt(prefix.length) === ZERO) return undefined;
  let number = 0;
  for (let at = prefix.length; at < id.length; at += 1) {
    const digit = id.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}
