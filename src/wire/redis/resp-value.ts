const CRLF_LENGTH = 2;
const STAR = 0x2a;
const LF = 0x0a;
const CR = 0x0d;

/** An error that Redis returned, at the top or inside an array. */
export class RespError {
  constructor(readonly message: string) {}
}

/** A message that belongs to no command (RESP3). */
export class RespPush {
  constructor(readonly items: readonly RespValue[]) {}
}

/**
 * A value of RESP2 or RESP3. Bulk and verbatim strings are bytes, simple strings are text, integers beyond 2^53 and big
 * numbers are bigints, and every null is null. Attributes are left out.
 */
export type RespValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Buffer
  | RespError
  | RespPush
  | RespValue[]
  | Map<RespValue, RespValue>
  | Set<RespValue>;

/** @param frame one whole frame, as RespFramer finds it */
export function decodeResp(frame: Buffer): RespValue {
  return new Decoder(frame).value();
}

/** @returns the words of a command: an array of bulk strings, or an inline line. Empty if there is no command in it */
export function decodeRequest(frame: Buffer): Buffer[] {
  if (frame[0] !== STAR) return splitInline(frame.toString('latin1'));
  return new Decoder(frame).words();
}

/** @returns the name of the command in a frame, in upper case; undefined if there is none in it */
export function nameOfRequest(buffer: Buffer, start: number, end: number): string | undefined {
  if (buffer[start] !== STAR)
    return decodeRequest(buffer.subarray(start, end))[0]?.toString('latin1').toUpperCase();
  const length = buffer.indexOf(LF, start) + 1;
  if (length >= end) return undefined;
  const name = buffer.indexOf(LF, length) + 1;
  return buffer.toString('latin1', name, buffer.indexOf(CR, name)).toUpperCase();
}

/** @returns the text of a string, simple or bulk; empty for anything else */
export function textOf(value: RespValue | undefined): string {
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  return typeof value === 'string' ? value : '';
}

/** @returns the items of an array; none for anything else */
export function listOf(value: RespValue | undefined): RespValue[] {
  return Array.isArray(value) ? value : [];
}

class Decoder {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  value(): RespValue {
    const type = String.fromCharCode(this.bytes[this.#at] ?? 0);
    const line = this.#line();
    switch (type) {
      case '+':
        return line;
      case '-':
        return new RespError(line);
      case ':':
        return toInteger(line);
      case '(':
        return BigInt(line);
      case ',':
        return toDouble(line);
      case '#':
        return line === 't';
      case '_':
        return null;
      case '$':
        return line === '-1' ? null : this.#bulk(Number(line));
      case '!':
        return new RespError(this.#bulk(Number(line)).toString());
      case '=':
        // three letters say the format, then a colon
        return this.#bulk(Number(line)).subarray(4);
      case '*':
        return line === '-1' ? null : this.#items(Number(line));
      case '~':
        return new Set(this.#items(Number(line)));
      case '>':
        return new RespPush(this.#items(Number(line)));
      case '%':
        return this.#map(Number(line));
      case '|':
        this.#map(Number(line));
        return this.value();
      default:
        throw new Error(`no value of Redis begins with ${JSON.stringify(type)}`);
    }
  }

  /** Stops where a frame that was cut off ends. */
  words(): Buffer[] {
    const words: Buffer[] = [];
    const count = Number(this.#line());
    while (words.length < count && this.#at < this.bytes.length) {
      const length = Number(this.#line());
      if (!(length >= 0) || this.#at >= this.bytes.length) break;
      words.push(this.#bulk(length));
    }
    return words;
  }

  #line(): string {
    const end = this.bytes.indexOf('\r\n', this.#at, 'latin1');
    const line = this.bytes.toString('utf8', this.#at + 1, end === -1 ? this.bytes.length : end);
    this.#at = end === -1 ? this.bytes.length : end + CRLF_LENGTH;
    return line;
  }

  #bulk(length: number): Buffer {
    const bulk = this.bytes.subarray(this.#at, this.#at + length);
    this.#at += length + CRLF_LENGTH;
    return bulk;
  }

  #items(count: number): RespValue[] {
    return Array.from({ length: count }, () => this.value());
  }

  #map(count: number): Map<RespValue, RespValue> {
    const map = new Map<RespValue, RespValue>();
    for (let i = 0; i < count; i += 1) map.set(this.value(), this.value());
    return map;
  }
}

function toInteger(line: string): number | bigint {
  const number = Number(line);
  return Number.isSafeInteger(number) ? number : BigInt(line);
}

function toDouble(line: string): number {
  if (line === 'inf') return Infinity;
  if (line === '-inf') return -Infinity;
  return Number(line);
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };
/** A word in double quotes, in single quotes, or up to the next blank. */
const WORDS = /"((?:[^"\\]|\\[^])*)"(?=\s|$)|'((?:[^'\\]|\\[^])*)'(?=\s|$)|([^\s"']\S*)/g;

/** Redis returns a protocol error where quotes do not match: then the line is taken as one word. */
function splitInline(line: string): Buffer[] {
  if (line.replaceAll(WORDS, '').trim() !== '') return [Buffer.from(line.trim(), 'latin1')];
  return Array.from(line.matchAll(WORDS), ([, double, single, bare = '']) => {
    if (single !== undefined) return Buffer.from(single.replaceAll("\\'", "'"), 'latin1');
    const unescaped = double?.replaceAll(
      /\\(?:x([0-9a-fA-F]{2})|([^]))/g,
      (_, hex: string | undefined, letter: string) =>
        hex ? String.fromCharCode(parseInt(hex, 16)) : (ESCAPES[letter] ?? letter),
    );
    return Buffer.from(unescaped ?? bare, 'latin1');
  });
}
