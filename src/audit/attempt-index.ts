import { intAt } from '@/lib/column';
import { NumberIndex } from '@/lib/number-index';
import { selectAttempts, type History } from '@/model/history';

/** Where each attempt number stands in a history. */
export interface AttemptIndex {
  /**
   * The history with only the first record of each number. A record that repeats a number is the recorder's fault and
   * not evidence, so it counts nowhere.
   */
  history: History;
  /** Records that were left out. */
  repeatedAttempts: number;
  /** Where in `history` the attempt of that number stands, or -1. */
  find: (number: number) => number;
}

/** Numbers of a lane count from 0, so a plain table is enough; a lane with large holes falls back to a hash table. */
export function indexAttempts(history: History): AttemptIndex {
  const { count } = history;
  const largest = largestNumber(history);
  const table = largest < 4 * count + 1_024 ? new NumberTable(largest + 1) : new NumberIndex(count);
  const isFirst = new Uint8Array(count);
  let firsts = 0;
  for (let i = 0; i < count; i += 1) {
    if (table.claim(intAt(history.n, i), i) !== -1) continue;
    isFirst[i] = 1;
    firsts += 1;
  }
  if (firsts < count) {
    const first = indexAttempts(selectAttempts(history, isFirst));
    return { ...first, repeatedAttempts: count - firsts };
  }
  return { history, repeatedAttempts: 0, find: (number) => table.find(number) };
}

/** As `NumberIndex`, for whole numbers below `size`. */
class NumberTable {
  /** The index stored for each number, plus one; 0 for none. */
  private readonly entries: Int32Array;

  constructor(size: number) {
    this.entries = new Int32Array(size);
  }

  claim(number: number, index: number): number {
    const taken = this.entries[number] ?? 0;
    if (taken !== 0) return taken - 1;
    this.entries[number] = index + 1;
    return -1;
  }

  find(number: number): number {
    return (this.entries[number] ?? 0) - 1;
  }
}

function largestNumber({ n, count }: History): number {
  let largest = -1;
  for (let i = 0; i < count; i += 1) largest = Math.max(largest, intAt(n, i));
  return largest;
}
