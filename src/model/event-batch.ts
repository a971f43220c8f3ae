/** Attempts of one lane as columns, in the order of their sequence numbers: `seq` to `seq + count - 1`. */
export interface LiveBatch {
  raceId: string;
  lane: number;
  /** Sequence number of the first attempt here; counts from 0 in each lane. */
  seq: number;
  count: number;
  /** Attempt number; the attempt id is `${raceId}.${lane}.${n}`. */
  n: number[];
  /** When it was sent, in microseconds since the lane's start. */
  call: number[];
  /** How long until its outcome was known, in microseconds. */
  took: number[];
  /** Index into `OUTCOMES`. */
  outcome: number[];
  /** Units left as the buyer was told; null where unknown. */
  remaining: (number | null)[];
  /** Tries that were thrown away. */
  retries: number[];
}

/** A batch as `GET /api/races/:id/events` answers it: with everything that was recorded. */
export interface StoredBatch extends LiveBatch {
  status: number[];
  quantity: number[];
  seenStock: (number | null)[];
  seenVersion: (number | null)[];
  orderId: (string | null)[];
  /** Fencing token of a sale; absent in logs from before it was recorded, as are the times that follow. */
  token?: (number | null)[];
  /** From the first read of the stock to the last write, in microseconds since the lane's start. */
  windowStart?: (number | null)[];
  windowEnd?: (number | null)[];
  /** While it certainly held a lock on the item, in microseconds since the lane's start. */
  holdStart?: (number | null)[];
  holdEnd?: (number | null)[];
  /** The step in which it asked for a lock on the item, in microseconds since the lane's start. */
  waitStart?: (number | null)[];
  waitEnd?: (number | null)[];
  /** While its write of the stock was certainly not committed yet, in microseconds since the lane's start. */
  pendingStart?: (number | null)[];
  pendingEnd?: (number | null)[];
  /** When the load plan said to send it, in microseconds since the lane's start; only in the open model. */
  due?: number[];
  /** Names that `steps` refers to. */
  stepNames: string[];
  /** Per attempt: [index into stepNames, start in µs after call, duration in µs, …], flat. */
  steps: number[][];
}
