/** Ascending sequence numbers in a typed array that drops the ones too old to matter instead of growing. */
export class SequenceList {
  #values = new Uint32Array(1_024);
  #length = 0;

  /** Adds a number larger than all before it. Numbers below `oldest` may be forgotten. */
  push(seq: number, oldest: number): void {
    if (this.#length === this.#values.length) this.#makeRoom(oldest);
    this.#values[this.#length] = seq;
    this.#length += 1;
  }

  /** The number at an index; -1 outside the list. */
  at(index: number): number {
    return index < this.#length ? (this.#values[index] ?? -1) : -1;
  }

  /** Index of the first number that is `seq` or more. */
  lowerBound(seq: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#values[middle] ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #makeRoom(oldest: number): void {
    const stale = this.lowerBound(oldest);
    const kept = this.#values.subarray(stale, this.#length);
    // Doubling unless half of the array was stale keeps a push at constant cost on average.
    const larger = new Uint32Array(
      kept.length * 2 > this.#values.length ? this.#values.length * 2 : this.#values.length,
    );
    larger.set(kept);
    this.#values = larger;
    this.#length = kept.length;
  }
}
