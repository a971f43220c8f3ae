/** Below this, sorting by comparison is faster than clearing the counters of a radix sort. */
const FEW = 512;
const DIGIT_BITS = 11;
const RADIX = 2 ** DIGIT_BITS;
/** Digits of a word; the third has ten bits. */
const DIGITS = 3;

/** Working memory that the next sort of as many keys can reuse. Without it each sort allocates its own. */
export class SortingRoom {
  private records: [Records, Records] | undefined;

  for(count: number): [Records, Records] {
    this.records ??= [newRecords(count), newRecords(count)];
    return this.records[0].indexes.length >= count ? this.records : [newRecords(count), newRecords(count)];
  }
}

interface Records {
  indexes: Uint32Array;
  /** Low words of the keys, or all of them where the keys are whole numbers close together. */
  low: Uint32Array;
  high: Uint32Array;
}

/**
 * The indexes of all known keys, by rising key; equal keys stay in the order of their indexes. Keys that are NaN, and
 * those that `mask` has a 0 for, are left out.
 *
 * A radix sort from the least significant digit (Knuth, The Art of Computer Programming 3, 5.2.5). Whole numbers that
 * differ by less than 2^32, as times, versions and ids do, sort by their distance from the smallest; others by the bits
 * of the numbers, transformed so that they rise with the value. Linear: a million keys take less than a tenth of a
 * second, where sorting indexes with a comparison takes one. 24 bytes a key while it runs.
 */
export function sortedIndexes(
  keys: Float64Array,
  mask?: Uint8Array,
  room: SortingRoom = new SortingRoom(),
): Uint32Array {
  const survey = surveyKeys(keys, mask);
  const { count } = survey;
  if (count < FEW) return sortFew(keys, mask);
  let [from, to] = room.for(keys.length);
  fillIndexes(from, keys, mask);
  if (survey.isSorted) return from.indexes.slice(0, count);
  const isNarrow = survey.areWhole && survey.max - survey.min < 2 ** 32;
  if (isNarrow) fillDistances(from, keys, count, survey.min);
  else fillBits(from, keys, count);
  for (const word of isNarrow ? (['low'] as const) : (['low', 'high'] as const)) {
    const starts = digitStarts(from[word], count);
    for (let digit = 0; digit < DIGITS; digit += 1) {
      const start = starts.subarray(digit * RADIX, (digit + 1) * RADIX);
      // where all keys have the same digit, the pass would move nothing
      if (start[digitOf(from[word], 0, digit)] === 0 && isOneDigit(start, count)) continue;
      scatter(from, to, count, { word, digit, isNarrow }, start);
      [from, to] = [to, from];
    }
  }
  return from.indexes.slice(0, count);
}

function newRecords(count: number): Records {
  return {
    indexes: new Uint32Array(count),
    low: new Uint32Array(count),
    high: new Uint32Array(count),
  };
}

function isKnown(keys: Float64Array, mask: Uint8Array | undefined, i: number): boolean {
  return !Number.isNaN(keys[i]) && mask?.[i] !== 0;
}

interface Survey {
  count: number;
  min: number;
  max: number;
  areWhole: boolean;
  /** The keys already rise, as columns written in time order often do. */
  isSorted: boolean;
}

function surveyKeys(keys: Float64Array, mask: Uint8Array | undefined): Survey {
  let [count, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [areWhole, isSorted] = [true, true];
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < keys.length; i += 1) {
    if (!isKnown(keys, mask, i)) continue;
    const key = keys[i] ?? 0;
    count += 1;
    if (key < before) isSorted = false;
    if (key < min) min = key;
    if (key > max) max = key;
    if (areWhole && !Number.isSafeInteger(key)) areWhole = false;
    before = key;
  }
  return { count, min, max, areWhole, isSorted };
}

function sortFew(keys: Float64Array, mask: Uint8Array | undefined): Uint32Array {
  const known: number[] = [];
  for (let i = 0; i < keys.length; i += 1) if (isKnown(keys, mask, i)) known.push(i);
  return Uint32Array.from(known.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b));
}

function fillIndexes({ indexes }: Records, keys: Float64Array, mask: Uint8Array | undefined): void {
  let k = 0;
  for (let i = 0; i < keys.length; i += 1) {
    if (!isKnown(keys, mask, i)) continue;
    indexes[k] = i;
    k += 1;
  }
}

function fillDistances({ indexes, low }: Records, keys: Float64Array, count: number, min: number): void {
  for (let k = 0; k < count; k += 1) low[k] = (keys[indexes[k] ?? 0] ?? 0) - min;
}

const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);

/** The keys as two words that compare as unsigned integers do: the sign flipped, negatives inverted. */
function fillBits({ indexes, low, high }: Records, keys: Float64Array, count: number): void {
  for (let k = 0; k < count; k += 1) {
    // + 0 makes a positive zero of a negative one, which has other bits
    FLOAT[0] = (keys[indexes[k] ?? 0] ?? 0) + 0;
    const [lowWord, highWord] = [WORDS[0] ?? 0, WORDS[1] ?? 0];
    const isNegative = highWord >>> 31 === 1;
    low[k] = isNegative ? ~lowWord : lowWord;
    high[k] = isNegative ? ~highWord : highWord ^ 0x80000000;
  }
}

function digitOf(words: Uint32Array, k: number, digit: number): number {
  return ((words[k] ?? 0) >>> (digit * DIGIT_BITS)) & (RADIX - 1);
}

/** For each digit, where the records of each of its values start. */
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

/** Whether there is only one value: each one starts either with the first or after all records. */
function isOneDigit(starts: Uint32Array, count: number): boolean {
  return starts.every((start) => start === 0 || start === count);
}

interface Pass {
  word: 'low' | 'high';
  digit: number;
  isNarrow: boolean;
}

function scatter(
  from: Records,
  to: Records,
  count: number,
  { word, digit, isNarrow }: Pass,
  starts: Uint32Array,
): void {
  const words = from[word];
  const { indexes, low, high } = from;
  for (let k = 0; k < count; k += 1) {
    const d = digitOf(words, k, digit);
    const place = starts[d] ?? 0;
    starts[d] = place + 1;
    to.indexes[place] = indexes[k] ?? 0;
    to.low[place] = low[k] ?? 0;
    if (!isNarrow) to.high[place] = high[k] ?? 0;
  }
}
