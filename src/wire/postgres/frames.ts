/** The type and the length of a message, which counts itself but not the type. */
export const HEADER_BYTES = 5;

/** One message: the bytes of `buffer` from `start` up to `end`, its header included. */
export type OnFrame = (type: number, buffer: Buffer, start: number, end: number) => void;

/** A length that no message can have. Where the next message begins is unknown from there on. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

/**
 * Finds the messages in one direction of a connection, however they are cut into chunks. A message that lies within a
 * chunk is handed over in place; one that does not is put together first.
 */
export class FrameReader {
  private pieces: Buffer[] = [];
  private kept = 0;
  private total = 0;
  private seen = 0;

  /**
   * @param keeps how many bytes of a message cut by a chunk's end are worth keeping: `onFrame` gets a prefix of that
   *   length at least, or all of it
   */
  constructor(
    private readonly onFrame: OnFrame,
    private readonly keeps: (type: number) => number = () => Infinity,
  ) {}

  /** How many bytes of an incomplete message have been read. 0 at a boundary between messages. */
  get partialBytes(): number {
    return this.seen;
  }

  /** @throws FramingError; the reader is of no use afterwards */
  push(chunk: Buffer): void {
    let at = 0;
    while (this.seen > 0 && at < chunk.length) at = this.continueFrame(chunk, at);
    while (chunk.length - at >= HEADER_BYTES) {
      const end = at + frameBytes(chunk, at);
      if (end > chunk.length) break;
      this.onFrame(chunk.readUInt8(at), chunk, at, end);
      at = end;
    }
    while (at < chunk.length) at = this.continueFrame(chunk, at);
  }

  /** Takes what `chunk` holds of one message from `at` on. @returns where it stopped */
  private continueFrame(chunk: Buffer, at: number): number {
    if (this.total === 0) {
      const end = Math.min(chunk.length, at + HEADER_BYTES - this.seen);
      this.keep(chunk.subarray(at, end));
      if (this.seen === HEADER_BYTES) this.total = frameBytes(Buffer.concat(this.pieces), 0);
      if (this.total !== HEADER_BYTES) return end;
      this.complete();
      return end;
    }
    const end = Math.min(chunk.length, at + this.total - this.seen);
    this.keep(chunk.subarray(at, end));
    if (this.seen === this.total) this.complete();
    return end;
  }

  private keep(piece: Buffer): void {
    this.seen += piece.length;
    const limit = this.total === 0 ? HEADER_BYTES : this.keeps(this.pieces[0]?.readUInt8(0) ?? 0);
    if (this.kept >= limit) return;
    this.pieces.push(piece);
    this.kept += piece.length;
  }

  private complete(): void {
    const frame = this.pieces.length === 1 && this.pieces[0] ? this.pieces[0] : Buffer.concat(this.pieces);
    this.pieces = [];
    this.kept = this.total = this.seen = 0;
    this.onFrame(frame.readUInt8(0), frame, 0, frame.length);
  }
}

/** Bytes of the message that begins at `at`, its header included. */
export function frameBytes(buffer: Buffer, at: number): number {
  const length = buffer.readUInt32BE(at + 1);
  if (length < 4) throw new FramingError(`a message of length ${length}`);
  return length + 1;
}

/** A message of that type. A string ends with a zero byte; a number has 32 bits. */
export function makeFrame(type: number, ...parts: (string | number | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map(toBytes));
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

function toBytes(part: string | number | Buffer): Buffer {
  if (typeof part === 'string') return Buffer.from(`${part}\0`);
  if (typeof part !== 'number') return part;
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(part, 0);
  return bytes;
}

/** Walks over whole messages that lie one after the other. */
export function* framesIn(buffer: Buffer): Generator<Buffer> {
  for (let at = 0; at < buffer.length;) {
    const end = at + frameBytes(buffer, at);
    yield buffer.subarray(at, end);
    at = end;
  }
}
