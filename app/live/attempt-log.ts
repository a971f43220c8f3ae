import { createArray, LIVE_NAMES, pickColumns, specOf } from '@/model/columns';
import type {
  ArrayKind,
  ArrayOf,
  COLUMNS,
  LiveBatch,
  LiveName,
  NullableName,
  ToldName,
} from '@/model/columns';
import { OUTCOMES } from '@/model/outcome';
import type { Bounds, LogQuery } from './log-query';
import { SequenceList } from './sequence-list';

/**
 * One attempt of the log, with the columns that a page keeps. Times in microseconds: `call` since the lane's start,
 * `took` since `call`. `outcome` is an index into `OUTCOMES`; 255 `retries` stand for 255 or more.
 */
export type AttemptRow = { seq: number } & {
  [N in LiveName as ToldName<N>]: N extends NullableName ? number | null : number;
};

/** The kept columns, in the arrays that their table names. */
type Rings = { [N in LiveName]: ArrayOf<(typeof COLUMNS)[N]['live']> };

/** The conditions on rows; `outcome` as an index into `OUTCOMES`, null for any. */
export interface RowFilter {
  outcome: number | null;
  query: LogQuery;
}

/** Rows of a log that pass a filter, in order of sequence number. */
export interface RowSelection {
  length: number;
  seqAt: (index: number) => number;
}

/** Most rows kept of a lane: 22 bytes each and 4 for the list of their outcome, so about 26 MB. */
export const LOG_CAPACITY = 1_000_000;
/** Most rows kept of all lanes of a race together: about 100 MB. */
const RACE_CAPACITY = 4_000_000;

/** Rows kept of each lane of a race. */
export function logCapacity(lanes: number): number {
  return Math.min(LOG_CAPACITY, Math.floor(RACE_CAPACITY / Math.max(1, lanes)));
}

/** First sequence number for the log of a lane with this many attempts: earlier rows would be overwritten at once. */
export function logStart(attempts: number, capacity: number = LOG_CAPACITY): number {
  return Math.max(0, attempts - capacity);
}

const FIRST_SIZE = 4_096;
const UNKNOWN = -2_147_483_648;
/** The largest number that an array holds; larger ones are stored as this. */
const LARGEST: Record<ArrayKind, number> = {
  float64: Infinity,
  uint32: 2 ** 32 - 1,
  int32: 2 ** 31 - 1,
  uint16: 2 ** 16 - 1,
  uint8: 2 ** 8 - 1,
};

/**
 * Every attempt of one lane in typed-array rings, outside React state: memory grows by doubling up to the capacity,
 * then the oldest rows are overwritten. The sequence number of a row is its position, so rows must arrive without gaps.
 */
export class AttemptLog {
  readonly #capacity: number;
  readonly #start: number;
  #size: number;
  #total: number;
  #rings: Rings;
  readonly #byOutcome = OUTCOMES.map(() => new SequenceList());

  /** `start`: sequence number of the first attempt that it will receive. */
  constructor(capacity: number = LOG_CAPACITY, start = 0) {
    this.#capacity = capacity;
    this.#start = start;
    this.#total = start;
    this.#size = Math.min(FIRST_SIZE, capacity);
    this.#rings = createRings(this.#size);
  }

  /**
   * Sequence number of the next attempt, which is also the number of attempts so far, including those before the start.
   */
  get next(): number {
    return this.#total;
  }

  /** Sequence number of the first attempt that it was to receive. */
  get start(): number {
    return this.#start;
  }

  /** Sequence number of the oldest row still kept. */
  get first(): number {
    return Math.max(this.#start, this.#total - this.#capacity);
  }

  /** Appends the attempts of a batch after its first `skip`. */
  append(batch: LiveBatch, skip = 0): void {
    const held = this.#total - this.#start;
    const count = batch.count - skip;
    while (held + count > this.#size && this.#size < this.#capacity) this.#grow();
    for (const name of LIVE_NAMES) this.#keep(name, batch, skip, held);
    for (let i = skip; i < batch.count; i += 1) {
      this.#byOutcome[batch.outcome[i] ?? 0]?.push(this.#total, this.first);
      this.#total += 1;
    }
  }

  /** The row of a sequence number; null when it is not there yet or no longer. */
  row(seq: number): AttemptRow | null {
    if (seq < this.first || seq >= this.#total) return null;
    const at = (seq - this.#start) % this.#size;
    const entries = LIVE_NAMES.map((name) => {
      const { isNullable, spanName } = specOf(name);
      const value = this.#rings[name][at] ?? 0;
      return [spanName ?? name, isNullable && value === UNKNOWN ? null : value];
    });
    return { seq, ...(Object.fromEntries(entries) as Omit<AttemptRow, 'seq'>) };
  }

  /** Rows with an outcome (all for null) and a sequence number below `until`. */
  select(outcome: number | null, until: number = this.#total): RowSelection {
    const end = Math.min(until, this.#total);
    const first = this.first;
    if (outcome === null) return { length: Math.max(0, end - first), seqAt: (index) => first + index };
    const list = this.#byOutcome[outcome];
    if (!list) return { length: 0, seqAt: () => -1 };
    const from = list.lowerBound(first);
    return { length: Math.max(0, list.lowerBound(end) - from), seqAt: (index) => list.at(from + index) };
  }

  /**
   * Passes the sequence numbers from `from` up to `to` whose rows match to `found`. Reads only the columns: a million
   * rows take some 10 ms.
   */
  scan(from: number, to: number, { outcome, query }: RowFilter, found: (seq: number) => void): void {
    const { n, retries, took, left } = query;
    const rings = this.#rings;
    for (let seq = Math.max(from, this.first); seq < Math.min(to, this.#total); seq += 1) {
      const at = (seq - this.#start) % this.#size;
      if (outcome !== null && rings.outcome[at] !== outcome) continue;
      if (n !== undefined && rings.n[at] !== n) continue;
      if (retries && !lies(rings.retries[at] ?? 0, retries)) continue;
      if (took && !lies(rings.return[at] ?? 0, took)) continue;
      const remaining = rings.remaining[at] ?? UNKNOWN;
      if (left && (remaining === UNKNOWN || !lies(remaining, left))) continue;
      found(seq);
    }
  }

  #keep(name: LiveName, batch: LiveBatch, skip: number, held: number): void {
    const { live = 'float64', spanName } = specOf(name);
    const [ring, values, most] = [this.#rings[name], batch[name], LARGEST[live]];
    for (let i = skip; i < batch.count; i += 1) {
      const value = (values[i] ?? 0) - (spanName ? (batch.call[i] ?? 0) : 0);
      ring[(held + i - skip) % this.#size] = Number.isNaN(value) ? UNKNOWN : Math.min(most, value);
    }
  }

  #grow(): void {
    this.#size = Math.min(this.#size * 2, this.#capacity);
    const larger = createRings(this.#size);
    for (const name of LIVE_NAMES) larger[name].set(this.#rings[name]);
    this.#rings = larger;
  }
}

function createRings(size: number): Rings {
  return pickColumns(LIVE_NAMES, ({ live = 'float64' }) => createArray(live, size)) as unknown as Rings;
}

function lies(value: number, { least, most }: Bounds): boolean {
  return value >= least && value <= most;
}
