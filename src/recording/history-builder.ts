import type { StoredBatch } from '@/model/event-batch';
import type { AttemptColumns, History } from '@/model/history';

/** Columns in which many lanes never know anything: which, is up to the strategy. */
const SPARSE = [
  'seenStock',
  'seenVersion',
  'remaining',
  'orderId',
  'token',
  'windowStart',
  'windowEnd',
  'holdStart',
  'holdEnd',
  'waitStart',
  'waitEnd',
  'pendingStart',
  'pendingEnd',
] as const;

/**
 * Makes a history of stored batches as they come, in memory of its final size from the start. Columns without a single
 * known value are one and the same column of unknowns, so that a lane pays for what it has: 37 to 141 bytes an attempt.
 */
export class HistoryBuilder {
  private readonly dense: Pick<
    AttemptColumns,
    'n' | 'call' | 'return' | 'outcome' | 'status' | 'retries' | 'quantity'
  >;
  private readonly sparse: Partial<Record<(typeof SPARSE)[number], Float64Array>> = {};
  private filled = 0;

  constructor(
    private readonly count: number,
    private readonly attemptPrefix: string,
  ) {
    this.dense = {
      n: new Uint32Array(count),
      call: new Float64Array(count),
      return: new Float64Array(count),
      outcome: new Uint8Array(count),
      status: new Uint16Array(count),
      retries: new Uint16Array(count),
      quantity: new Uint32Array(count),
    };
  }

  /** The next batch. @throws Error when it does not follow the one before it, or is one too many */
  add(batch: StoredBatch): void {
    const at = this.filled;
    const { dense } = this;
    if (batch.seq !== at || at + batch.count > this.count) {
      const place = `attempts ${batch.seq} to ${batch.seq + batch.count - 1}`;
      throw new Error(`the event log has ${place} after ${at} of ${this.count}`);
    }
    dense.n.set(batch.n, at);
    dense.call.set(batch.call, at);
    for (let i = 0; i < batch.count; i += 1)
      dense.return[at + i] = (batch.call[i] ?? 0) + (batch.took[i] ?? 0);
    dense.outcome.set(batch.outcome, at);
    dense.status.set(batch.status, at);
    dense.retries.set(batch.retries, at);
    dense.quantity.set(batch.quantity, at);
    for (const name of SPARSE) this.addSparse(name, batch[name], at);
    this.filled = at + batch.count;
  }

  /** The history. @throws Error while attempts are missing */
  build(): History {
    const { attemptPrefix, count, dense, filled, sparse } = this;
    if (filled !== count) throw new Error(`the event log has ${filled} of ${count} attempts`);
    const unknown = unknowns(SPARSE.every((name) => sparse[name]) ? 0 : count);
    const columns = Object.fromEntries(SPARSE.map((name) => [name, sparse[name] ?? unknown]));
    return { attemptPrefix, count, ...dense, ...(columns as Record<(typeof SPARSE)[number], Float64Array>) };
  }

  private addSparse(
    name: (typeof SPARSE)[number],
    values: readonly (number | string | null)[] | undefined,
    at: number,
  ): void {
    if (!values) return;
    for (const [i, value] of values.entries()) {
      if (value !== null) (this.sparse[name] ??= unknowns(this.count))[at + i] = Number(value);
    }
  }
}

function unknowns(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN);
}
