import type { Evidence } from '@/model/verdict';

/** Pieces of evidence, each described only when it is asked for. */
export interface EvidenceList {
  readonly size: number;
  /** Piece k of `size`. */
  describe: (k: number) => Evidence;
}

/** Two numbers per piece, 16 bytes, so that a million pieces cost little: indexes, or an index and units. */
export class PairList implements EvidenceList {
  size = 0;
  private pairs = new Float64Array(64);

  constructor(private readonly describePair: (first: number, second: number) => Evidence) {}

  /** `second` may be left out where one index is enough; it is then -1. */
  add(first: number, second = -1): void {
    if (this.size * 2 === this.pairs.length) {
      const grown = new Float64Array(this.pairs.length * 2);
      grown.set(this.pairs);
      this.pairs = grown;
    }
    this.pairs[this.size * 2] = first;
    this.pairs[this.size * 2 + 1] = second;
    this.size += 1;
  }

  describe(k: number): Evidence {
    return this.describePair(this.pairs[2 * k] ?? -1, this.pairs[2 * k + 1] ?? -1);
  }
}

/** Evidence that is already described: a sum, a row. */
export function notes(...evidence: Evidence[]): EvidenceList {
  return { size: evidence.length, describe: (k) => evidence[k] ?? { note: '' } };
}

/** Pieces in all the lists together. */
export function countPieces(lists: readonly EvidenceList[]): number {
  return lists.reduce((sum, { size }) => sum + size, 0);
}

export interface Page {
  offset: number;
  limit: number;
}

/** A page of all pieces. The lists take turns, so that the first page shows something of each. */
export function pageOf(lists: readonly EvidenceList[], { offset, limit }: Page): Evidence[] {
  const page: Evidence[] = [];
  const longest = Math.max(0, ...lists.map((list) => list.size));
  let passed = 0;
  for (let k = 0; k < longest && page.length < limit; k += 1) {
    for (const list of lists) {
      if (k >= list.size || page.length >= limit) continue;
      if (passed >= offset) page.push(list.describe(k));
      passed += 1;
    }
  }
  return page;
}
