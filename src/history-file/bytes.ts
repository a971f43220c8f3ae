import { MAX_LINE_BYTES } from './format';
import { HistoryFileError } from './history-file-error';

const LF = 0x0a;

/** Text or bytes in pieces of any size, such as `fs.createReadStream(file)` or the body of a `fetch`. */
export type Source = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/**
 * The lines of a source as bytes, without their LF. The last one may lack it. Holds at most one line and one piece.
 *
 * @throws HistoryFileError for a line of more than MAX_LINE_BYTES
 */
export class LineSplitter {
  private parts: Uint8Array[] = [];
  private held = 0;
  private lines = 0;

  *push(piece: Uint8Array): Generator<Uint8Array> {
    let start = 0;
    for (let end = piece.indexOf(LF); end !== -1; end = piece.indexOf(LF, start)) {
      yield this.complete(piece.subarray(start, end));
      start = end + 1;
    }
    if (start < piece.length) this.hold(piece.subarray(start));
  }

  /** The bytes after the last LF; undefined when there are none. */
  rest(): Uint8Array | undefined {
    return this.held === 0 ? undefined : this.complete(new Uint8Array(0));
  }

  private complete(end: Uint8Array): Uint8Array {
    this.check(end);
    this.lines += 1;
    if (this.held === 0) return end;
    const line = new Uint8Array(this.held + end.length);
    let at = 0;
    for (const part of [...this.parts, end]) {
      line.set(part, at);
      at += part.length;
    }
    this.parts = [];
    this.held = 0;
    return line;
  }

  private hold(part: Uint8Array): void {
    this.check(part);
    // a copy, because the source may use its buffer again
    this.parts.push(part.slice());
    this.held += part.length;
  }

  private check(more: Uint8Array): void {
    if (this.held + more.length <= MAX_LINE_BYTES) return;
    throw new HistoryFileError(this.lines + 1, `is longer than ${MAX_LINE_BYTES} bytes.`);
  }
}

/** A source as bytes. Characters that two pieces of text share (surrogate pairs) stay whole. */
export async function* toBytes(source: Source): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let held = '';
  for await (const piece of source) {
    if (typeof piece !== 'string') {
      yield piece;
      continue;
    }
    const text = held + piece;
    const whole = /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length;
    held = text.slice(whole);
    yield encoder.encode(text.slice(0, whole));
  }
  if (held !== '') yield encoder.encode(held);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A line's bytes as text. @throws HistoryFileError */
export function decodeLine(bytes: Uint8Array, line: number): string {
  if (bytes.length === 0) throw new HistoryFileError(line, 'is empty. Every line is one JSON object.');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    throw new HistoryFileError(line, 'starts with a byte order mark. The file has to be plain UTF-8.');
  if (bytes.at(-1) === 0x0d)
    throw new HistoryFileError(line, 'ends with CR LF. Lines have to end with LF, as they were written.');
  try {
    return decoder.decode(bytes);
  } catch {
    throw new HistoryFileError(line, 'is not UTF-8.');
  }
}
