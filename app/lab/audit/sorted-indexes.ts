/** Below this, sorting by comparison is faster than clearing the counters of a radix sort. */
const FEW = 512;
const DIGIT_BITS = 11;
/** Digits 0 to 2 are of the low word, 3 to 5 of the high one; the third of each has ten bits. */
const DIGITS = 6;
const RADIX = 2 ** DIGIT_BITS;

/** Room to sort in, to be used again by the next sort of as many keys. Without it each sort makes its own. */
export class SortingRoom {
  private records: [Records, Records] | undefined;

  for(count: number): [Records, Records] {
    this.records ??= [newRecords(count), newRecords(count)];
    return this.records[0].indexes.length >= count ? this.records : [newRecords(count), newRecords(count)];
  }
}

interface Records {
  indexes: Uint32Array;
  /** Low and high word of each key. */
  words: Uint32Array;
}

/**
 * The indexes of all known keys, by rising key; equal keys stay in the order of their indexes. Keys that are NaN, and
 * those that `mask` has a 0 for, are left out.
 *
 * A radix sort from the least significant digit (Knuth, The Art of Computer Programming 3, 5.2.5) over the bits of
 * the numbers, turned so that they rise with the value. Linear; a million keys take about a tenth of a second where
 * sorting indexes by a comparison takes one. 24 bytes a key while it runs.
 */
export function sortedIndexes(
  keys: Float64Array,
  mask?: Uint8Array,
  room: SortingRoom = new SortingRoom(),
): Uint32Array {
  const count = countKnown(keys, mask);
  if (count < FEW) return sortFew(keys, mask);
  let [from, to] = room.for(keys.length);
  if (fill(from, keys, mask)) return from.indexes.slice(0, count);
  const starts = digitStarts(from.words, count);
  for (let digit = 0; digit < DIGITS; digit += 1) {
    const start = starts.subarray(digit * RADIX, (digit + 1) * RADIX);
    // where all keys have the same digit nothing would move
    if (start[digitOf(from.words, 0, digit)] === 0 && isOneDigit(start, count)) continue;
    scatter(from, to, count, digit, start);
    [from, to] = [to, from];
  }
  return from.indexes.slice(0, count);
}

function newRecords(count: number): Records {
  return { indexes: new Uint32Array(count), words: new Uint32Array(2 * count) };
}

function isKnown(keys: Float64Array, mask: Uint8Array | undefined, i: number): boolean {
  return !Number.isNaN(keys[i]) && mask?.[i] !== 0;
}

function countKnown(keys: Float64Array, mask: Uint8Array | undefined): number {
  let count = 0;
  for (let i = 0; i < keys.length; i += 1) if (isKnown(keys, mask, i)) count += 1;
  return count;
}

function sortFew(keys: Float64Array, mask: Uint8Array | undefined): Uint32Array {
  const known: number[] = [];
  for (let i = 0; i < keys.length; i += 1) if (isKnown(keys, mask, i)) known.push(i);
  return Uint32Array.from(known.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b));
}

const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);

/**
 * The known keys as two words that compare as unsigned integers do: the sign flipped, negatives inverted. Tells
 * whether they rise already, as columns often do that were written in the order of time.
 */
function fill({ indexes, words }: Records, keys: Float64Array, mask: Uint8Array | undefined): boolean {
  let isSorted = true;
  let before = Number.NEGATIVE_INFINITY;
  let k = 0;
  for (let i = 0; i < keys.length; i += 1) {
    if (!isKnown(keys, mask, i)) continue;
    // + 0 makes a positive zero of a negative one, which has other bits
    const key = (keys[i] ?? 0) + 0;
    if (key < before) isSorted = false;
    before = key;
    FLOAT[0] = key;
    const [low, high] = [WORDS[0] ?? 0, WORDS[1] ?? 0];
    const isNegative = high >>> 31 === 1;
    indexes[k] = i;
    words[2 * k] = isNegative ? ~low : low;
    words[2 * k + 1] = isNegative ? ~high : high ^ 0x80000000;
    k += 1;
  }
  return isSorted;
}

function digitOf(words: Uint32Array, k: number, digit: number): number {
  const word = words[2 * k + (digit < 3 ? 0 : 1)] ?? 0;
  return (word >>> ((digit % 3) * DIGIT_BITS)) & (RADIX - 1);
}

/** For each digit, where the records of each of its values begin. */
function digitStarts(words: Uint32Array, count: number): Uint32Array {
  const starts = new Uint32Array(DIGITS * RADIX);
  for (let k = 0; k < count; k += 1) {
    for (let digit = 0; digit < DIGITS; digit += 1) {
      const place = digit * RADIX + digitOf(words, k, digit);
      starts[place] = (starts[place] ?? 0) + 1;
    }
  }
  let sum = 0;
  for (let place = 0; place < starts.length; place += 1) {
    if (place % RADIX === 0) sum = 0;
    const size = starts[place] ?? 0;
    starts[place] = sum;
    sum += size;
  }
  return starts;
}

/** Whether each value begins either where the first one does or after all records: there is only one. */
function isOneDigit(starts: Uint32Array, count: number): boolean {
  return starts.every((start) => start === 0 || start === count);
}

function scatter(from: Records, to: Records, count: number, digit: number, starts: Uint32Array): void {
  for (let k = 0; k < count; k += 1) {
    const d = digitOf(from.words, k, digit);
    const place = starts[d] ?? 0;
    starts[d] = place + 1;
    to.indexes[place] = from.indexes[k] ?? 0;
    to.words[2 * place] = from.words[2 * k] ?? 0;
    to.words[2 * place + 1] = from.words[2 * k + 1] ?? 0;
  }
}
