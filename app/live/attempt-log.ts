import { OUTCOMES } from '~/lab/outcome';
import { SequenceList } from './sequence-list';

/** The columns of a batch that a log keeps. */
export interface AttemptColumns {
  count: number;
  n: ArrayLike<number>;
  call: ArrayLike<number>;
  took: ArrayLike<number>;
  outcome: ArrayLike<number>;
  remaining: ArrayLike<number | null>;
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
}

/** Rows of a log that pass a filter, in order of sequence number. */
export interface RowSelection {
  length: number;
  seqAt: (index: number) => number;
}

/**
 * Rows kept per lane: 21 bytes each, so about 11 MB. A list of more rows would also be taller than browsers lay
 * out (Firefox stops near 17.9 million pixels).
 */
export const LOG_CAPACITY = 500_000;

const FIRST_SIZE = 4_096;
const UNKNOWN = -2_147_483_648;

/**
 * Every attempt of one lane in typed-array rings, outside React state: memory grows by doubling up to the capacity,
 * then the oldest rows are overwritten. The sequence number of a row is its place, so rows arrive without holes.
 */
export class AttemptLog {
  readonly #capacity: number;
  #size: number;
  #total = 0;
  #n: Uint32Array;
  #call: Uint32Array;
  #took: Uint32Array;
  #outcome: Uint8Array;
  #remaining: Int32Array;
  readonly #byOutcome = OUTCOMES.map(() => new SequenceList());

  constructor(capacity: number = LOG_CAPACITY) {
    this.#capacity = capacity;
    this.#size = Math.min(FIRST_SIZE, capacity);
    this.#n = new Uint32Array(this.#size);
    this.#call = new Uint32Array(this.#size);
    this.#took = new Uint32Array(this.#size);
    this.#outcome = new Uint8Array(this.#size);
    this.#remaining = new Int32Array(this.#size);
  }

  /** Sequence number of the next attempt, which is also the number of attempts taken in so far. */
  get next(): number {
    return this.#total;
  }

  /** Sequence number of the oldest row still kept. */
  get first(): number {
    return Math.max(0, this.#total - this.#capacity);
  }

  /** Appends the attempts of a batch after its first `skip`. */
  append(batch: AttemptColumns, skip = 0): void {
    for (let i = skip; i < batch.count; i += 1) {
      if (this.#total >= this.#size && this.#size < this.#capacity) this.#grow();
      const at = this.#total % this.#size;
      const outcome = batch.outcome[i] ?? 0;
      this.#n[at] = batch.n[i] ?? 0;
      this.#call[at] = batch.call[i] ?? 0;
      this.#took[at] = batch.took[i] ?? 0;
      this.#outcome[at] = outcome;
      this.#remaining[at] = batch.remaining[i] ?? UNKNOWN;
      this.#byOutcome[outcome]?.push(this.#total, this.first);
      this.#total += 1;
    }
  }

  /** The row of a sequence number; null when it is not there yet or no longer. */
  row(seq: number): AttemptRow | null {
    if (seq < this.first || seq >= this.#total) return null;
    const at = seq % this.#size;
    const remaining = this.#remaining[at] ?? UNKNOWN;
    return {
      seq,
      n: this.#n[at] ?? 0,
      call: this.#call[at] ?? 0,
      took: this.#took[at] ?? 0,
      outcome: this.#outcome[at] ?? 0,
      remaining: remaining === UNKNOWN ? null : remaining,
    };
  }

  /** Sequence number of attempt `n`; null when it is not among the rows kept. */
  find(n: number): number | null {
    for (let seq = this.first; seq < this.#total; seq += 1) {
      if (this.#n[seq % this.#size] === n) return seq;
    }
    return null;
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

  #grow(): void {
    this.#size = Math.min(this.#size * 2, this.#capacity);
    this.#n = enlarge(this.#n, new Uint32Array(this.#size));
    this.#call = enlarge(this.#call, new Uint32Array(this.#size));
    this.#took = enlarge(this.#took, new Uint32Array(this.#size));
    this.#outcome = enlarge(this.#outcome, new Uint8Array(this.#size));
    this.#remaining = enlarge(this.#remaining, new Int32Array(this.#size));
  }
}

function enlarge<A extends Uint32Array | Uint8Array | Int32Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}
