import { OUTCOMES } from '@/model/outcome';
import type { Bounds, LogQuery } from './log-query';
import { SequenceList } from './sequence-list';

/** The columns of a batch that a log keeps. */
export interface AttemptColumns {
  count: number;
  n: ArrayLike<number>;
  call: ArrayLike<number>;
  took: ArrayLike<number>;
  outcome: ArrayLike<number>;
  remaining: ArrayLike<number | null>;
  retries: ArrayLike<number>;
}

/** One attempt of the log. Times in microseconds, `call` since the lane's start. */
export interface AttemptRow {
  seq: number;
  n: number;
  call: number;
  took: number;
  /** Index into `OUTCOMES`. */
  outcome: number;
  remaining: number | null;
  /** Tries thrown away; 255 stands for more as well. */
  retries: number;
}

/** What rows have to be; `outcome` as an index into `OUTCOMES`, null for any. */
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

/** Where to begin the log of a lane that has so many attempts already: rows before would be overwritten at once. */
export function logStart(attempts: number, capacity: number = LOG_CAPACITY): number {
  return Math.max(0, attempts - capacity);
}

const FIRST_SIZE = 4_096;
const UNKNOWN = -2_147_483_648;
const MOST_RETRIES = 255;

/**
 * Every attempt of one lane in typed-array rings, outside React state: memory grows by doubling up to the capacity,
 * then the oldest rows are overwritten. The sequence number of a row is its place, so rows arrive without holes.
 */
export class AttemptLog {
  readonly #capacity: number;
  readonly #start: number;
  #size: number;
  #total: number;
  #n: Uint32Array;
  #call: Uint32Array;
  #took: Uint32Array;
  #outcome: Uint8Array;
  #remaining: Int32Array;
  #retries: Uint8Array;
  readonly #byOutcome = OUTCOMES.map(() => new SequenceList());

  /** `start`: sequence number of the first attempt that it will be given. */
  constructor(capacity: number = LOG_CAPACITY, start = 0) {
    this.#capacity = capacity;
    this.#start = start;
    this.#total = start;
    this.#size = Math.min(FIRST_SIZE, capacity);
    this.#n = new Uint32Array(this.#size);
    this.#call = new Uint32Array(this.#size);
    this.#took = new Uint32Array(this.#size);
    this.#outcome = new Uint8Array(this.#size);
    this.#remaining = new Int32Array(this.#size);
    this.#retries = new Uint8Array(this.#size);
  }

  /** Sequence number of the next attempt, which is also the number of attempts so far, those before the start among them. */
  get next(): number {
    return this.#total;
  }

  /** Sequence number of the first attempt that it was to be given. */
  get start(): number {
    return this.#start;
  }

  /** Sequence number of the oldest row still kept. */
  get first(): number {
    return Math.max(this.#start, this.#total - this.#capacity);
  }

  /** Appends the attempts of a batch after its first `skip`. */
  append(batch: AttemptColumns, skip = 0): void {
    for (let i = skip; i < batch.count; i += 1) {
      if (this.#total - this.#start >= this.#size && this.#size < this.#capacity) this.#grow();
      const at = (this.#total - this.#start) % this.#size;
      const outcome = batch.outcome[i] ?? 0;
      this.#n[at] = batch.n[i] ?? 0;
      this.#call[at] = batch.call[i] ?? 0;
      this.#took[at] = batch.took[i] ?? 0;
      this.#outcome[at] = outcome;
      this.#remaining[at] = batch.remaining[i] ?? UNKNOWN;
      this.#retries[at] = Math.min(MOST_RETRIES, batch.retries[i] ?? 0);
      this.#byOutcome[outcome]?.push(this.#total, this.first);
      this.#total += 1;
    }
  }

  /** The row of a sequence number; null when it is not there yet or no longer. */
  row(seq: number): AttemptRow | null {
    if (seq < this.first || seq >= this.#total) return null;
    const at = (seq - this.#start) % this.#size;
    const remaining = this.#remaining[at] ?? UNKNOWN;
    return {
      seq,
      n: this.#n[at] ?? 0,
      call: this.#call[at] ?? 0,
      took: this.#took[at] ?? 0,
      outcome: this.#outcome[at] ?? 0,
      remaining: remaining === UNKNOWN ? null : remaining,
      retries: this.#retries[at] ?? 0,
    };
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
   * Hands on the sequence numbers from `from` up to `to` whose rows pass. Reads the columns alone: a million rows take
   * some 10 ms.
   */
  scan(from: number, to: number, { outcome, query }: RowFilter, found: (seq: number) => void): void {
    const { n, retries, took, left } = query;
    for (let seq = Math.max(from, this.first); seq < Math.min(to, this.#total); seq += 1) {
      const at = (seq - this.#start) % this.#size;
      if (outcome !== null && this.#outcome[at] !== outcome) continue;
      if (n !== undefined && this.#n[at] !== n) continue;
      if (retries && !lies(this.#retries[at] ?? 0, retries)) continue;
      if (took && !lies(this.#took[at] ?? 0, took)) continue;
      const remaining = this.#remaining[at] ?? UNKNOWN;
      if (left && (remaining === UNKNOWN || !lies(remaining, left))) continue;
      found(seq);
    }
  }

  #grow(): void {
    this.#size = Math.min(this.#size * 2, this.#capacity);
    this.#n = enlarge(this.#n, new Uint32Array(this.#size));
    this.#call = enlarge(this.#call, new Uint32Array(this.#size));
    this.#took = enlarge(this.#took, new Uint32Array(this.#size));
    this.#outcome = enlarge(this.#outcome, new Uint8Array(this.#size));
    this.#remaining = enlarge(this.#remaining, new Int32Array(this.#size));
    this.#retries = enlarge(this.#retries, new Uint8Array(this.#size));
  }
}

function enlarge<A extends Uint32Array | Uint8Array | Int32Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}

function lies(value: number, { least, most }: Bounds): boolean {
  return value >= least && value <= most;
}
