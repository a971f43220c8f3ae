/**
 * A history: what every attempt of a lane did, as columns. Times are microseconds on the lane's own monotonic
 * clock, which starts when the load does; whole ones where they were recorded, and rounding never changes an order.
 * NaN stands for "not known". One batch is what the load generator hands over at a time; a history is all of them.
 */
export interface AttemptBatch {
  count: number;
  /** Number of the attempt within the lane; with the lane's prefix it makes the attempt id. */
  n: Uint32Array;
  /** When the request was sent. */
  call: Float64Array;
  /** When its outcome was known, or when it was given up. */
  return: Float64Array;
  /** Index into `OUTCOMES`. */
  outcome: Uint8Array;
  /** HTTP status; 0 when there was no answer. */
  status: Uint16Array;
  retries: Uint16Array;
  quantity: Uint32Array;
  seenStock: Float64Array;
  seenVersion: Float64Array;
  /** Units left after this attempt, as the strategy told the buyer. */
  remaining: Float64Array;
  orderId: Float64Array;
  /** From the start of the first step that read stock to the end of the last that wrote it, as the server saw it. */
  windowStart: Float64Array;
  windowEnd: Float64Array;
  /** While the attempt certainly held a lock on the item: from the lock's being granted to its being given back. */
  holdStart: Float64Array;
  holdEnd: Float64Array;
  /** The step in which the attempt asked for a lock on the item: until the lock was granted, or was not. */
  waitStart: Float64Array;
  waitEnd: Float64Array;
  /** While the attempt had certainly written the stock and not yet committed: from the write's answer to the COMMIT. */
  pendingStart: Float64Array;
  pendingEnd: Float64Array;
  /** The fencing token that the attempt held its lock under; a sale was let through with it. */
  token: Float64Array;
  /** When the load plan said to send it, which may be before `call`; only in the open model. */
  due?: Float64Array;
  /** Steps, flat: index into `stepNames`, start after `call`, duration; three entries a step. */
  steps: Int32Array;
  /** `steps` of attempt i are entries `stepOffset[i]` to `stepOffset[i + 1]`; length `count + 1`. */
  stepOffset: Uint32Array;
}

/** A batch without its steps and without what the load plan meant: what attempts did. */
export type AttemptColumns = Omit<AttemptBatch, 'steps' | 'stepOffset' | 'due'>;

/** The same with what the load plan meant: what latencies are measured from. */
export type TimedColumns = AttemptColumns & Pick<AttemptBatch, 'due'>;

/** The columns of a whole lane, without steps: what the audit needs. */
export type History = AttemptColumns & {
  /** Attempt i's id is `attemptPrefix + n[i]`. */
  attemptPrefix: string;
};

/** What the ids of a lane's attempts begin with; the rest is the attempt's number. */
export function attemptPrefixOf(raceId: string, lane: number): string {
  return `${raceId}.${lane}.`;
}

const FLOAT_COLUMNS = [
  'call',
  'return',
  'seenStock',
  'seenVersion',
  'remaining',
  'orderId',
  'windowStart',
  'windowEnd',
  'holdStart',
  'holdEnd',
  'waitStart',
  'waitEnd',
  'pendingStart',
  'pendingEnd',
  'token',
] as const;

/** Joins batches into one history. Memory: about 147 bytes an attempt. */
export function joinBatches(batches: readonly AttemptColumns[], attemptPrefix: string): History {
  const count = batches.reduce((sum, batch) => sum + batch.count, 0);
  const history: History = { attemptPrefix, ...emptyColumns(count) };
  let at = 0;
  for (const batch of batches) {
    for (const column of FLOAT_COLUMNS) history[column].set(batch[column].subarray(0, batch.count), at);
    history.n.set(batch.n.subarray(0, batch.count), at);
    history.outcome.set(batch.outcome.subarray(0, batch.count), at);
    history.status.set(batch.status.subarray(0, batch.count), at);
    history.retries.set(batch.retries.subarray(0, batch.count), at);
    history.quantity.set(batch.quantity.subarray(0, batch.count), at);
    at += batch.count;
  }
  return history;
}

/** The attempts of a history for which `keep` is 1, in their order. */
export function selectAttempts(history: History, keep: Uint8Array): History {
  const isKept = (_: number, i: number) => keep[i] === 1;
  const n = history.n.filter(isKept);
  const selected: History = { attemptPrefix: history.attemptPrefix, ...emptyColumns(n.length) };
  for (const column of FLOAT_COLUMNS) selected[column].set(history[column].filter(isKept));
  selected.n.set(n);
  selected.outcome.set(history.outcome.filter(isKept));
  selected.status.set(history.status.filter(isKept));
  selected.retries.set(history.retries.filter(isKept));
  selected.quantity.set(history.quantity.filter(isKept));
  return selected;
}

/** Columns for `count` attempts, with every unknown as NaN. */
export function emptyColumns(count: number): AttemptColumns {
  const unknown = () => new Float64Array(count).fill(Number.NaN);
  return {
    count,
    n: new Uint32Array(count),
    call: unknown(),
    return: unknown(),
    outcome: new Uint8Array(count),
    status: new Uint16Array(count),
    retries: new Uint16Array(count),
    quantity: new Uint32Array(count).fill(1),
    seenStock: unknown(),
    seenVersion: unknown(),
    remaining: unknown(),
    orderId: unknown(),
    windowStart: unknown(),
    windowEnd: unknown(),
    holdStart: unknown(),
    holdEnd: unknown(),
    waitStart: unknown(),
    waitEnd: unknown(),
    pendingStart: unknown(),
    pendingEnd: unknown(),
    token: unknown(),
  };
}
