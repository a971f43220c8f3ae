import type { AttemptLog, RowFilter, RowSelection } from './attempt-log';
import { SequenceList } from './sequence-list';

/** Rows between two readings of the clock: a fraction of a millisecond. */
const ROWS_A_LOOK = 16_384;

/**
 * The rows of a log that match a filter, found in slices, so that a million rows never block a frame, and extended as
 * the log grows. 4 bytes per matching row.
 */
export class LogFilter {
  readonly #found = new SequenceList();
  #next: number;

  constructor(
    private readonly log: AttemptLog,
    private readonly filter: RowFilter,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.#next = log.first;
  }

  /** Rows before this sequence number have been checked. */
  get next(): number {
    return this.#next;
  }

  /** Continues to row `end` for about `sliceMs`; returns whether it got there. */
  advance(end: number, sliceMs: number): boolean {
    const until = this.clock() + sliceMs;
    this.#next = Math.max(this.#next, this.log.first);
    while (this.#next < end) {
      const to = Math.min(end, this.#next + ROWS_A_LOOK);
      this.log.scan(this.#next, to, this.filter, (seq) => this.#found.push(seq, this.log.first));
      this.#next = to;
      if (this.clock() >= until) break;
    }
    return this.#next >= end;
  }

  /** The matches so far below `end`, without rows that the log no longer holds. */
  select(end: number): RowSelection {
    const from = this.#found.lowerBound(this.log.first);
    const length = Math.max(0, this.#found.lowerBound(end) - from);
    return { length, seqAt: (index) => this.#found.at(from + index) };
  }
}
