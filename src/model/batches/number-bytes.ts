/**
 * Numbers as bytes, by frame of reference: the distance of each from the smallest, in as few bytes as the largest
 * needs. The lowest bytes of all come first, then the next, because bytes of one rank resemble each other and deflate
 * well. Lossless for every number but -0, which becomes 0.
 *
 * First comes a byte with the encoding (below), then the smallest number and, for numbers relative to those before
 * them, the first.
 */
const WIDTH = 0b1111;
/** Code 0 stands for unknown, and the smallest number has code 1. */
const HAS_UNKNOWN = 0x10;
const IS_PREVIOUS = 0x20;
const IS_REFERENCE = 0x40;
/** Eight bytes per number, unchanged: for fractions, and for numbers that are too far apart. */
const RAW = 8;
const MAX_WIDTH = 6;

export const RELATIVE = { nothing: 0, previous: IS_PREVIOUS, reference: IS_REFERENCE };

export type Numbers = Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** Bytes that `writeNumbers` did not return. */
export class BytesError extends Error {
  override name = 'BytesError';
}

/** Everything is copied here first: loops that meet arrays of many types are ten times as slow. */
let scratch = new Float64Array(512);
let codes = new Uint32Array(512);

/**
 * @param initial the value that `readNumbers` is given for missing bytes
 * @param relative one of `RELATIVE`: to the number before, or to the one at the same index of `reference`
 * @returns undefined when all of them are `initial`
 */
export function writeNumbers(
  values: Numbers,
  initial: number,
  relative: number = RELATIVE.nothing,
  reference: Float64Array = scratch,
): Uint8Array<ArrayBuffer> | undefined {
  const count = values.length;
  if (scratch.length < count) {
    scratch = new Float64Array(count);
    codes = new Uint32Array(count);
  }
  const numbers = scratch.subarray(0, count);
  numbers.set(values);
  if (isAll(numbers, initial)) return undefined;
  const first = numbers[0] ?? 0;
  const isExact =
    relative === IS_PREVIOUS
      ? subtractPrevious(numbers)
      : relative === IS_REFERENCE
        ? subtractReference(numbers, reference)
        : isWhole(numbers);
  const range = rangeOf(numbers);
  const shift = range.hasUnknown ? 1 : 0;
  const width = isExact ? widthOf(range.max - range.min + shift) : RAW;
  if (width !== RAW) {
    const flags = width | (shift && HAS_UNKNOWN) | relative;
    return writeCodes(numbers, { flags, width, min: range.min, shift, first });
  }
  return relative === RELATIVE.nothing ? writeRaw(numbers) : writeNumbers(values, initial);
}

/** The inverse of `writeNumbers`, `count` of them. @throws BytesError */
export function readNumbers(
  bytes: Uint8Array | undefined,
  count: number,
  initial: number,
  reference?: Float64Array | Uint32Array,
): Float64Array {
  const numbers = new Float64Array(count);
  if (!bytes) return numbers.fill(initial);
  const flags = bytes[0] ?? 0;
  const width = flags & WIDTH;
  const header = width === RAW ? 1 : flags & IS_PREVIOUS ? 17 : 9;
  if (bytes.length !== header + width * count || (width > MAX_WIDTH && width !== RAW))
    throw new BytesError(`${bytes.length} bytes are not ${count} numbers of ${width} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === RAW) return numbers.map((_, i) => view.getFloat64(1 + 8 * i, true));
  for (let plane = 0; plane < width; plane += 1) {
    const scale = 2 ** (8 * plane);
    const from = header + plane * count;
    for (let i = 0; i < count; i += 1) numbers[i] = (numbers[i] ?? 0) + (bytes[from + i] ?? 0) * scale;
  }
  addBase(numbers, view.getFloat64(1, true), (flags & HAS_UNKNOWN) !== 0);
  if (flags & IS_PREVIOUS) addPrevious(numbers, view.getFloat64(9, true));
  if (flags & IS_REFERENCE) {
    if (!reference) throw new BytesError('numbers are relative to others that are not there');
    for (let i = 0; i < count; i += 1) numbers[i] = (numbers[i] ?? 0) + (reference[i] ?? 0);
  }
  return numbers;
}

function isAll(numbers: Float64Array, value: number): boolean {
  const isUnknown = Number.isNaN(value);
  for (let i = 0; i < numbers.length; i += 1) {
    const number = numbers[i] ?? 0;
    if (isUnknown ? number === number : number !== value) return false;
  }
  return true;
}

/** Whether differences are exact: whole numbers below 2 ** 53, or unknown. */
function isWhole(numbers: Float64Array): boolean {
  let largest = 0;
  let isWhole = true;
  for (let i = 0; i < numbers.length; i += 1) {
    const number = numbers[i] ?? 0;
    if (number !== number) continue;
    if (number !== Math.floor(number)) isWhole = false;
    largest = Math.max(largest, Math.abs(number));
  }
  return isWhole && largest <= Number.MAX_SAFE_INTEGER;
}

/** Replaces each number by its difference from the one before; false if that could not be undone. */
function subtractPrevious(numbers: Float64Array): boolean {
  let isExact = true;
  let previous = numbers[0] ?? 0;
  for (let i = 0; i < numbers.length; i += 1) {
    const number = numbers[i] ?? 0;
    if (!(number === Math.floor(number) && Math.abs(number) <= EXACT)) isExact = false;
    numbers[i] = number - previous;
    previous = number;
  }
  return isExact;
}

/** The same with the number at the same index of `reference`. Unknown ones stay unknown. */
function subtractReference(numbers: Float64Array, reference: Float64Array): boolean {
  let isExact = true;
  for (let i = 0; i < numbers.length; i += 1) {
    const number = numbers[i] ?? 0;
    const from = reference[i] ?? 0;
    if (!(from === Math.floor(from) && Math.abs(from) <= EXACT)) isExact = false;
    if (number !== number) continue;
    if (!(number === Math.floor(number) && Math.abs(number) <= EXACT)) isExact = false;
    numbers[i] = number - from;
  }
  return isExact;
}

/** The difference of two whole numbers up to this is exact. */
const EXACT = 2 ** 52;

function rangeOf(numbers: Float64Array): { min: number; max: number; hasUnknown: boolean } {
  let min = Infinity;
  let max = -Infinity;
  let hasUnknown = false;
  for (let i = 0; i < numbers.length; i += 1) {
    const number = numbers[i] ?? 0;
    if (number < min) min = number;
    if (number > max) max = number;
    if (number !== number) hasUnknown = true;
  }
  return { min, max, hasUnknown };
}

/** Bytes that numbers from 0 to `most` need. */
function widthOf(most: number): number {
  let width = 0;
  while (width <= MAX_WIDTH && most >= 2 ** (8 * width)) width += 1;
  // without a known number, the range is below 0
  return width > MAX_WIDTH || !(most >= 0) ? RAW : width;
}

interface Frame {
  flags: number;
  width: number;
  min: number;
  shift: number;
  first: number;
}

function writeCodes(
  numbers: Float64Array,
  { flags, width, min, shift, first }: Frame,
): Uint8Array<ArrayBuffer> {
  const count = numbers.length;
  const header = flags & IS_PREVIOUS ? 17 : 9;
  const bytes = new Uint8Array(header + width * count);
  const view = new DataView(bytes.buffer);
  bytes[0] = flags;
  view.setFloat64(1, min, true);
  if (flags & IS_PREVIOUS) view.setFloat64(9, first, true);
  for (let low = 0; low < width; low += 4) {
    const scale = low === 0 ? 1 : 2 ** -32;
    for (let i = 0; i < count; i += 1) {
      const number = numbers[i] ?? 0;
      codes[i] = number === number ? Math.floor((number - min + shift) * scale) : 0;
    }
    for (let plane = low; plane < Math.min(width, low + 4); plane += 1) {
      const from = header + plane * count;
      const by = 8 * (plane - low);
      for (let i = 0; i < count; i += 1) bytes[from + i] = (codes[i] ?? 0) >>> by;
    }
  }
  return bytes;
}

function writeRaw(numbers: Float64Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1 + 8 * numbers.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = RAW;
  for (let i = 0; i < numbers.length; i += 1) view.setFloat64(1 + 8 * i, numbers[i] ?? 0, true);
  return bytes;
}

function addBase(numbers: Float64Array, min: number, hasUnknown: boolean): void {
  // of the two zeros, only one is ever read
  const base = min + 0 - (hasUnknown ? 1 : 0);
  for (let i = 0; i < numbers.length; i += 1) {
    const code = numbers[i] ?? 0;
    numbers[i] = hasUnknown && code === 0 ? Number.NaN : code + base;
  }
}

function addPrevious(numbers: Float64Array, first: number): void {
  let number = first + 0;
  for (let i = 0; i < numbers.length; i += 1) numbers[i] = number += numbers[i] ?? 0;
}
