/**
 * Estimates how many leaves a tree has from those that were reached. Each is a share of the tree, split evenly at every
 * choice (after Knuth, Estimating the Efficiency of Backtrack Programs, 1975). Once all leaves have been reached, the
 * estimate is their number.
 */
export class TreeSize {
  private leaves = 0;
  private covered = 0;

  /** Adds leaves, and the share of the tree that they are. */
  add(leaves: number, part: number): void {
    this.leaves += leaves;
    this.covered += part;
  }

  estimate(): number {
    return this.covered === 0 ? 0 : Math.round(this.leaves / this.covered);
  }
}

/** An estimate rounded to the two digits that are reported. */
export function roundEstimate(size: number): number {
  return Number(size.toPrecision(2));
}

/** Rounds like `roundEstimate`, but never below the estimate. */
export function roundUp(size: number): number {
  if (size <= 0) return 0;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(size)) - 1);
  return Math.ceil(size / unit) * unit;
}
