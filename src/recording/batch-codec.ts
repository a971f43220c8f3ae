import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { StoredBatch } from '@/model/event-batch';
import type { AttemptBatch, TimedColumns } from '@/model/history';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/**
 * Columns as they are stored and sent: whole microseconds, `null` for unknown. Each moment is rounded by itself and
 * `took` is the difference, so that no two of them change places and an audit of the log finds what the first one did.
 */
export function toStoredBatch(
  place: { raceId: string; lane: number; seq: number },
  batch: AttemptBatch,
  stepNames: string[],
): StoredBatch {
  const { count } = batch;
  const ints = (column: ArrayLike<number>) =>
    Array.from({ length: count }, (_, i) => Math.round(column[i] ?? 0));
  const known = (column: ArrayLike<number>) =>
    Array.from({ length: count }, (_, i) => {
      const value = column[i];
      return value === undefined || Number.isNaN(value) ? null : value;
    });
  const moments = (column: ArrayLike<number>) =>
    known(column).map((us) => (us === null ? null : Math.round(us)));
  return {
    ...place,
    count,
    n: ints(batch.n),
    call: ints(batch.call),
    took: Array.from(
      { length: count },
      (_, i) => Math.round(batch.return[i] ?? 0) - Math.round(batch.call[i] ?? 0),
    ),
    outcome: ints(batch.outcome),
    remaining: known(batch.remaining),
    status: ints(batch.status),
    retries: ints(batch.retries),
    quantity: ints(batch.quantity),
    seenStock: known(batch.seenStock),
    seenVersion: known(batch.seenVersion),
    orderId: known(batch.orderId).map((id) => (id === null ? null : String(id))),
    token: known(batch.token),
    windowStart: moments(batch.windowStart),
    windowEnd: moments(batch.windowEnd),
    holdStart: moments(batch.holdStart),
    holdEnd: moments(batch.holdEnd),
    waitStart: moments(batch.waitStart),
    waitEnd: moments(batch.waitEnd),
    pendingStart: moments(batch.pendingStart),
    pendingEnd: moments(batch.pendingEnd),
    ...(batch.due && { due: ints(batch.due) }),
    stepNames,
    steps: Array.from({ length: count }, (_, i) => [
      ...batch.steps.subarray(batch.stepOffset[i] ?? 0, batch.stepOffset[i + 1] ?? 0),
    ]),
  };
}

/** The inverse of `toStoredBatch`, without the steps, and to the microsecond. */
export function fromStoredBatch(batch: StoredBatch): TimedColumns {
  const { count } = batch;
  const known = (column: (number | string | null)[] | undefined) =>
    Float64Array.from(column ?? Array.from({ length: count }, () => null), (value) =>
      value === null ? Number.NaN : Number(value),
    );
  return {
    count,
    n: Uint32Array.from(batch.n),
    call: Float64Array.from(batch.call),
    return: Float64Array.from(batch.call, (call, i) => call + (batch.took[i] ?? 0)),
    outcome: Uint8Array.from(batch.outcome),
    status: Uint16Array.from(batch.status),
    retries: Uint16Array.from(batch.retries),
    quantity: Uint32Array.from(batch.quantity),
    seenStock: known(batch.seenStock),
    seenVersion: known(batch.seenVersion),
    remaining: known(batch.remaining),
    orderId: known(batch.orderId),
    token: known(batch.token),
    windowStart: known(batch.windowStart),
    windowEnd: known(batch.windowEnd),
    holdStart: known(batch.holdStart),
    holdEnd: known(batch.holdEnd),
    waitStart: known(batch.waitStart),
    waitEnd: known(batch.waitEnd),
    pendingStart: known(batch.pendingStart),
    pendingEnd: known(batch.pendingEnd),
    ...(batch.due && { due: Float64Array.from(batch.due) }),
  };
}

/** The part of a batch from sequence number `seq` on. `seq` must lie within the batch. */
export function sliceBatch(batch: StoredBatch, seq: number): StoredBatch {
  const skip = seq - batch.seq;
  if (skip <= 0) return batch;
  const columns = Object.entries(batch).map(([name, value]: [string, unknown]) => [
    name,
    Array.isArray(value) && name !== 'stepNames' ? value.slice(skip) : value,
  ]);
  return { ...(Object.fromEntries(columns) as StoredBatch), seq, count: batch.count - skip };
}

/** 20 to 130 bytes an attempt, by the number of its steps; see docs/performance.md. */
export async function encodeBatch(batch: StoredBatch): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await deflate(JSON.stringify(batch), { level: 1 }));
}

/** The inverse of `encodeBatch`; only ever given what that wrote. */
export async function decodeBatch(bytes: Uint8Array): Promise<StoredBatch> {
  return JSON.parse((await inflate(bytes)).toString()) as StoredBatch;
}
