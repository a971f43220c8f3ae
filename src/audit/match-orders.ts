import { at, intAt } from '@/lib/column';
import { sortedIndexes } from '@/lib/sorted-indexes';
import type { FinalState } from '@/model/final-state';
import type { History } from '@/model/history';
import { orderAttempt, type OrderColumns } from '@/model/order-columns';
import type { AttemptIndex } from './attempt-index';
import { INDETERMINATE } from './outcome-code';

/** Which attempt owns which order. Index i is an attempt of the history, index o an order of the final rows. */
export interface MatchedOrders {
  /**
   * Orders in the table and the units in them: what was really sold, as opposed to what buyers were told. Each id once.
   */
  orders: { count: number; quantity: number };
  /** The attempt that order o belongs to; -1 when no attempt of the history has its id. */
  ownerOf: Int32Array;
  /** Number of orders that attempt i has; it sold when this is not 0. */
  ordersOf: Uint32Array;
  /** Units in the orders of attempt i; many orders of one attempt may have more than 2^31. */
  unitsOf: Float64Array;
  /** Units in orders that no attempt of the history owns. */
  unownedUnits: number;
  /** The first order of attempt i in the order of the rows; -1 when it has none. */
  firstOrderOf: Int32Array;
  /** Units in the smallest order of attempt i; 0 when it has none. */
  smallestOrderOf: Int32Array;
  /**
   * 1 where order o has the id of an earlier row; `undefined` where none has. No table has two rows of one id, so these
   * are the recorder's fault and count nowhere.
   */
  repeatedOrder: Uint8Array | undefined;
  repeatedOrders: number;
  /** Units in rows that repeat an id. */
  repeatedUnits: number;
  /** 1 where such a row names attempt i, which may have its order in it; `undefined` where no row repeats an id. */
  namedByRepeated: Uint8Array | undefined;
  /** Indeterminate attempts that have an order: they sold, though no client could know. */
  recovered: number;
  /** Indeterminate attempts without an order: they sold nothing, provided that everything had drained. */
  notSold: number;
  /**
   * Units that purchases still running may have moved by half when the rows were read (stock written, order not
   * yet, or the reverse). Differences up to this prove nothing. 0 once everything had drained.
   */
  slackUnits: number;
  /** Units that purchases still running may yet sell: those of attempts without a response and without an order. */
  pendingUnits: number;
}

/**
 * Joins attempts and orders by attempt id, and decides by its order whether each indeterminate attempt sold. A hash
 * join: time and memory grow with attempts + orders (audit.md 6 and 8).
 */
export function matchOrders({ history, find }: AttemptIndex, final: FinalState): MatchedOrders {
  const { orders } = final;
  const repeatedOrder = findRepeatedOrders(orders);
  const ownerOf = new Int32Array(orders.count).fill(-1);
  const ordersOf = new Uint32Array(history.count);
  const unitsOf = new Float64Array(history.count);
  const firstOrderOf = new Int32Array(history.count).fill(-1);
  const smallestOrderOf = new Int32Array(history.count);
  let count = 0;
  let quantity = 0;
  let unownedUnits = 0;
  const namedByRepeated = repeatedOrder && new Uint8Array(history.count);
  let repeatedUnits = 0;
  for (let o = 0; o < orders.count; o += 1) {
    const units = intAt(orders.quantity, o);
    const number = orderAttempt(orders, o, history.attemptPrefix);
    const owner = Number.isNaN(number) ? -1 : find(number);
    if (repeatedOrder?.[o] === 1) {
      repeatedUnits += units;
      if (namedByRepeated && owner !== -1) namedByRepeated[owner] = 1;
      continue;
    }
    count += 1;
    quantity += units;
    if (owner === -1) {
      unownedUnits += units;
      continue;
    }
    ownerOf[o] = owner;
    if (ordersOf[owner] === 0) firstOrderOf[owner] = o;
    const smallest = intAt(smallestOrderOf, owner);
    smallestOrderOf[owner] = ordersOf[owner] === 0 ? units : Math.min(smallest, units);
    ordersOf[owner] = intAt(ordersOf, owner) + 1;
    unitsOf[owner] = at(unitsOf, owner) + units;
  }
  const unanswered = countUnanswered(history, ordersOf, final.stillRunning ?? 0);
  return {
    orders: { count, quantity },
    ...{ ownerOf, ordersOf, unitsOf, unownedUnits, firstOrderOf, smallestOrderOf },
    ...{ repeatedOrder, repeatedOrders: orders.count - count, repeatedUnits, namedByRepeated },
    ...unanswered,
  };
}

/** Linear where ids rise, as they do when read from a table. */
function findRepeatedOrders({ count, orderId, orderText }: OrderColumns): Uint8Array | undefined {
  const isRising = orderId.every((id, o) => o === 0 || id > at(orderId, o - 1));
  if (isRising && orderText.size === 0) return undefined;
  const isRepeated = new Uint8Array(count);
  const texts = new Set<string>();
  for (const [o, text] of orderText) {
    if (texts.has(text)) isRepeated[o] = 1;
    texts.add(text);
  }
  let before = Number.NaN;
  // equal ids stay in the order of their rows
  for (const o of sortedIndexes(orderId)) {
    if (at(orderId, o) === before) isRepeated[o] = 1;
    before = at(orderId, o);
  }
  return isRepeated;
}

function countUnanswered(
  history: History,
  ordersOf: Uint32Array,
  stillRunning: number,
): Pick<MatchedOrders, 'recovered' | 'notSold' | 'slackUnits' | 'pendingUnits'> {
  const counts = { recovered: 0, notSold: 0 };
  const isUnanswered = (i: number) => history.outcome[i] === INDETERMINATE;
  for (let i = 0; i < history.count; i += 1) {
    if (!isUnanswered(i)) continue;
    if (ordersOf[i] === 0) counts.notSold += 1;
    else counts.recovered += 1;
  }
  if (stillRunning === 0) return { ...counts, slackUnits: 0, pendingUnits: 0 };
  // an attempt that got its response is done on the server too, so only those without one can still be running
  const asked = history.quantity.filter((_, i) => isUnanswered(i));
  const unsold = history.quantity.filter((_, i) => isUnanswered(i) && ordersOf[i] === 0);
  return {
    ...counts,
    slackUnits: sumOfLargest(asked, stillRunning),
    pendingUnits: sumOfLargest(unsold, stillRunning),
  };
}

function sumOfLargest(units: Uint32Array, count: number): number {
  return units
    .sort()
    .subarray(Math.max(0, units.length - count))
    .reduce((sum, one) => sum + one, 0);
}
