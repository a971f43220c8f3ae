/** One order as a row. */
export interface OrderRow {
  orderId: string | bigint;
  attemptId: string;
  quantity: number;
}

/**
 * Orders as columns. A million rows are a million objects and two million strings, which the garbage collector
 * traverses again and again; a million numbers are one block of memory. Made by `toOrderColumns`.
 */
export interface OrderColumns {
  count: number;
  /** Ids as numbers; NaN for one that is not a whole number below 2^53. */
  orderId: Float64Array;
  /** Ids that are not such numbers, by the index of the order. */
  orderText: ReadonlyMap<number, string>;
  /** The common prefix of attempt ids: the first order's up to its last character that is not a digit. */
  attemptPrefix: string;
  /** The rest of each attempt id as a number; NaN for an id of another shape. */
  attempt: Float64Array;
  /** Attempt ids of another shape, by the index of the order. */
  attemptText: ReadonlyMap<number, string>;
  /** Units. */
  quantity: Int32Array;
}

/** The same orders as columns, in the same order. */
export function toOrderColumns(rows: readonly OrderRow[]): OrderColumns {
  const builder = new OrderColumnsBuilder(rows.length);
  for (const row of rows) builder.add(row);
  return builder.finish();
}

/** Builds columns from orders one by one, when their number is not known in advance. */
export class OrderColumnsBuilder {
  private readonly orderText = new Map<number, string>();
  private readonly attemptText = new Map<number, string>();
  private attemptPrefix = '';
  private orderId: Float64Array;
  private attempt: Float64Array;
  private quantity: Int32Array;
  private added = 0;
  private textLength = 0;

  constructor(capacity = 1_024) {
    this.orderId = new Float64Array(capacity);
    this.attempt = new Float64Array(capacity);
    this.quantity = new Int32Array(capacity);
  }

  get count(): number {
    return this.added;
  }

  /** Characters of ids that do not fit in a column of numbers. */
  get textLengths(): number {
    return this.textLength;
  }

  add({ orderId, attemptId, quantity }: OrderRow): void {
    if (this.added === 0) this.attemptPrefix = /^.*\D/s.exec(attemptId)?.[0] ?? '';
    if (this.added === this.quantity.length) this.grow();
    const number = exactNumber(orderId);
    const attempt = attemptNumber(attemptId, this.attemptPrefix) ?? Number.NaN;
    if (Number.isNaN(number)) this.keep(this.orderText, String(orderId));
    if (Number.isNaN(attempt)) this.keep(this.attemptText, attemptId);
    this.orderId[this.added] = number;
    this.attempt[this.added] = attempt;
    this.quantity[this.added] = quantity;
    this.added += 1;
  }

  finish(): OrderColumns {
    const { added: count, orderText, attemptText, attemptPrefix } = this;
    return {
      count,
      orderId: this.orderId.subarray(0, count),
      orderText,
      attemptPrefix,
      attempt: this.attempt.subarray(0, count),
      attemptText,
      quantity: this.quantity.subarray(0, count),
    };
  }

  private keep(texts: Map<number, string>, text: string): void {
    texts.set(this.added, text);
    this.textLength += text.length;
  }

  private grow(): void {
    const capacity = Math.max(1_024, this.quantity.length * 2);
    const larger = <T extends Float64Array | Int32Array>(wider: T, old: T): T => {
      wider.set(old);
      return wider;
    };
    this.orderId = larger(new Float64Array(capacity), this.orderId);
    this.attempt = larger(new Float64Array(capacity), this.attempt);
    this.quantity = larger(new Int32Array(capacity), this.quantity);
  }
}

/** The orders as rows again, one at a time. */
export function* eachOrder(orders: OrderColumns): Generator<OrderRow & { orderId: string }> {
  for (const [o, quantity] of orders.quantity.entries()) {
    yield { orderId: orderIdOf(orders, o), attemptId: orderAttemptId(orders, o), quantity };
  }
}

/** The largest id, by value; null without orders or where one is no whole number below 2^53. */
export function lastOrderId({ count, orderId, orderText }: OrderColumns): string | null {
  if (count === 0 || orderText.size > 0) return null;
  return String(orderId.reduce((last, id) => Math.max(last, id)));
}

/** The id of order o as it stands in the table. */
export function orderIdOf(orders: OrderColumns, o: number): string {
  return orders.orderText.get(o) ?? String(orders.orderId[o]);
}

/** The attempt id that order o names, as it stands in the table. */
export function orderAttemptId({ attemptText, attemptPrefix, attempt }: OrderColumns, o: number): string {
  return attemptText.get(o) ?? attemptPrefix + String(attempt[o]);
}

/** Number of the attempt that order o names in a lane with this prefix; NaN if its id is not of this lane. */
export function orderAttempt(orders: OrderColumns, o: number, lanePrefix: string): number {
  const { attemptPrefix, attempt } = orders;
  if (attemptPrefix === lanePrefix) return attempt[o] ?? Number.NaN;
  return attemptNumber(orderAttemptId(orders, o), lanePrefix) ?? Number.NaN;
}

/** Only the exact spelling is a number ("7", not "07" or "7.0"), so that the text can be restored from it. */
function exactNumber(id: string | bigint): number {
  const value = Number(id);
  return Number.isSafeInteger(value) && String(value) === String(id) ? value : Number.NaN;
}

const ZERO = 48;

/**
 * The number in an attempt id with this prefix, or undefined if it belongs to another lane. Only the exact spelling
 * counts ("7", not "07", "7.0" or "1e3"): no attempt sent an id that is spelled differently.
 */
export function attemptNumber(id: string, prefix: string): number | undefined {
  const digits = id.length - prefix.length;
  if (digits < 1 || digits > 15 || !id.startsWith(prefix)) return undefined;
  if (digits > 1 && id.charCodeAt(prefix.length) === ZERO) return undefined;
  let number = 0;
  for (let place = prefix.length; place < id.length; place += 1) {
    const digit = id.charCodeAt(place) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}
