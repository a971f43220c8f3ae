import { createArray, HISTORY_NAMES, pickColumns, specOf } from '@/model/columns';
import type { Batch, Columns, HistoryName, NullableName } from '@/model/columns';
import type { History } from '@/model/history';

type SparseName = Extract<HistoryName, NullableName>;
type DenseName = Exclude<HistoryName, NullableName>;

/** Columns in which many lanes have no known value; which ones depends on the strategy. */
const SPARSE = HISTORY_NAMES.filter((name): name is SparseName => specOf(name).isNullable === true);
const DENSE = HISTORY_NAMES.filter((name): name is DenseName => !specOf(name).isNullable);

/**
 * Builds a history from stored batches as they arrive, in memory of its final size from the start. Columns without a
 * single known value share one column of unknowns, so that a lane pays for what it has: 37 to 133 bytes an attempt.
 */
export class HistoryBuilder {
  private readonly dense: Columns<DenseName>;
  private readonly sparse: Partial<Columns<SparseName>> = {};
  private filled = 0;

  constructor(
    private readonly count: number,
    private readonly attemptPrefix: string,
  ) {
    this.dense = pickColumns(DENSE, ({ array }) => createArray(array, count));
  }

  /** Adds the next batch. @throws Error when it does not follow the one before it, or has too many attempts */
  add(batch: Batch): void {
    const at = this.filled;
    if (batch.seq !== at || at + batch.count > this.count) {
      const place = `attempts ${batch.seq} to ${batch.seq + batch.count - 1}`;
      throw new Error(`the event log has ${place} after ${at} of ${this.count}`);
    }
    for (const name of DENSE) this.dense[name].set(batch[name], at);
    for (const name of SPARSE) {
      const isKnown = this.sparse[name] !== undefined || !batch[name].every(Number.isNaN);
      if (isKnown) (this.sparse[name] ??= unknowns(this.count)).set(batch[name], at);
    }
    this.filled = at + batch.count;
  }

  /** The history. @throws Error while attempts are missing */
  build(): History {
    const { attemptPrefix, count, dense, filled, sparse } = this;
    if (filled !== count) throw new Error(`the event log has ${filled} of ${count} attempts`);
    const unknown = unknowns(SPARSE.every((name) => sparse[name]) ? 0 : count);
    const columns = pickColumns(SPARSE, (_, name) => sparse[name] ?? unknown);
    return { attemptPrefix, count, ...dense, ...columns };
  }
}

function unknowns(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN);
}
