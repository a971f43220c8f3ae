const LF = 0x0a;
const CR = 0x0d;
const MINUS = 0x2d;
const ZERO = 0x30;
const STAR = 0x2a;
/** A line of text without a type: a command typed by hand. */
const INLINE = 1;
/** Redis takes no length above 2^32; twelve digits of whatever it says next are still exact. */
const MOST_DIGITS = 12;

/** What a type byte announces: text up to the end of the line; or a number, and then so many bytes, values or pairs. */
const LINE = 1;
const BULK = 2;
const LIST = 3;
const MAP = 4;
/** Pairs, and then the value that they describe. */
const ATTRIBUTE = 5;

const SHAPES = new Uint8Array(256);
for (const [types, shape] of [
  ['+-:_,#(', LINE],
  ['$=!', BULK],
  ['*~>', LIST],
  ['%', MAP],
  ['|', ATTRIBUTE],
] as const) {
  for (const type of types) SHAPES[type.charCodeAt(0)] = shape;
}
SHAPES[INLINE] = LINE;

/** Bytes that are no RESP. */
export class RespSyntaxError extends Error {}

/**
 * Finds where messages of Redis's protocol end (RESP2 and RESP3, https://redis.io/docs/latest/develop/reference/protocol-spec/),
 * in pieces cut anywhere, looking at each byte once and keeping none. A frame is one top-level value with all that is
 * in it, or one inline command. Streamed strings and aggregates (`$?`, `*?`) are in the specification only: no version
 * of Redis sends them, and they count as a syntax error.
 */
export class RespFramer {
  /** Values that the frame still lacks. */
  #open = 1;
  #type = 0;
  #number = 0;
  #digits = 0;
  #isNegative = false;
  /** Bytes of a bulk string that are still to come, with its line end. */
  #skip = 0;
  #hasBegun = false;

  constructor(private readonly reads: 'requests' | 'replies') {}

  get isBetweenFrames(): boolean {
    return !this.#hasBegun;
  }

  /**
   * Reads on at `at`.
   *
   * @returns where the frame ends in `chunk` (the index after its last byte), or -1 if it goes on in the next one
   * @throws RespSyntaxError
   */
  next(chunk: Buffer, at: number): number {
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at);
        this.#skip -= step;
        at += step;
        if (this.#skip === 0 && this.#closeValue()) return at;
      } else if (this.#type === 0) {
        at = this.#begin(chunk, at);
      } else if (SHAPES[this.#type] === LINE) {
        const end = chunk.indexOf(LF, at);
        if (end === -1) return -1;
        at = end + 1;
        this.#type = 0;
        if (this.#closeValue()) return at;
      } else if (this.#readNumber(chunk[at++] ?? 0) && this.#open === 0) {
        this.#reset();
        return at;
      }
    }
    return -1;
  }

  #begin(chunk: Buffer, at: number): number {
    const type = chunk[at] ?? 0;
    const isInline = this.reads === 'requests' && !this.#hasBegun && type !== STAR;
    this.#hasBegun = true;
    this.#type = isInline ? INLINE : type;
    if (SHAPES[this.#type] === 0 || (type === INLINE && !isInline)) {
      throw new RespSyntaxError(`no value of Redis begins with the byte ${type}`);
    }
    return isInline ? at : at + 1;
  }

  /** @returns whether the byte was the last one of the number's line */
  #readNumber(byte: number): boolean {
    if (byte >= ZERO && byte <= ZERO + 9 && this.#digits < MOST_DIGITS) {
      this.#number = this.#number * 10 + byte - ZERO;
      this.#digits += 1;
    } else if (byte === MINUS && this.#digits === 0 && !this.#isNegative) {
      this.#isNegative = true;
    } else if (byte === LF && this.#digits > 0) {
      this.#announce(this.#isNegative ? -1 : this.#number);
      return true;
    } else if (byte !== CR || this.#digits === 0) {
      throw new RespSyntaxError(`the byte ${byte} is not part of a length`);
    }
    return false;
  }

  #announce(count: number): void {
    const shape = SHAPES[this.#type];
    // a null is one value with nothing in it
    if (count === -1) this.#open -= 1;
    else if (shape === BULK) this.#skip = count + 2;
    else if (shape === LIST) this.#open += count - 1;
    else if (shape === MAP) this.#open += 2 * count - 1;
    else this.#open += 2 * count;
    this.#type = 0;
    this.#number = 0;
    this.#digits = 0;
    this.#isNegative = false;
  }

  /** @returns whether that was the last value of the frame */
  #closeValue(): boolean {
    this.#open -= 1;
    if (this.#open > 0) return false;
    this.#reset();
    return true;
  }

  #reset(): void {
    this.#open = 1;
    this.#hasBegun = false;
  }
}
