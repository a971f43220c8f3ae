import type { Socket } from 'node:net';
import { RespFramer, RespSyntaxError } from './resp-framer';

/** Of a frame that passes, this much is remembered until its end, to be read if it changes the connection's state. */
const PEEKED_BYTES = 64 * 1024;

/** What is decided about frames, and told of them. Everything is called while bytes come in. */
export interface RelayRules {
  /** Whether all frames pass for now, so that a piece can be sent on before it is looked at. */
  passesAll(): boolean;
  /** Whether to keep the frame that begins with this byte. */
  keeps(first: number): boolean;
  /** A frame has passed. It is `buffer` from `start` to `end`, or the beginning of it if not `isWhole`. */
  passed(buffer: Buffer, start: number, end: number, isWhole: boolean): void;
  /**
   * A frame was kept. If not `isWhole`, it is as much as may be, or its bytes are no RESP: nothing more is read then
   * until `passRest`.
   */
  kept(bytes: Buffer, isWhole: boolean): void;
  /** The rest of a frame that was too long to be kept has passed. */
  restPassed(): void;
}

/** One direction of a connection: reads frames from one socket and sends each on to the other one, or keeps it. */
export class FrameRelay {
  readonly #framer: RespFramer;
  /** What becomes of the frame that is being read. `full`: kept up to the limit, and nothing is read. */
  #fate: 'pass' | 'keep' | 'full' | 'rest' = 'pass';
  #pieces: Buffer[] = [];
  #size = 0;
  /** Nothing is read any more, and everything passes: the bytes are no RESP. */
  #isOpaque = false;
  #isBroken = false;
  readonly #pauses = new Set<string>();

  /** @param limit bytes kept of one frame */
  constructor(
    reads: 'requests' | 'replies',
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly limit: number,
    private readonly rules: RelayRules,
  ) {
    this.#framer = new RespFramer(reads);
    from.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  get isBetweenFrames(): boolean {
    return this.#framer.isBetweenFrames;
  }

  /** Sends bytes that were kept, and reads no more while the other side is slow to take them. */
  write(bytes: Buffer | string): void {
    if (!this.to.writable || this.to.write(bytes) || this.#pauses.has('slow')) return;
    this.pause('slow');
    this.to.once('drain', () => this.resume('slow'));
  }

  /** Reads no more until every reason to pause is gone. */
  pause(reason: string): void {
    this.#pauses.add(reason);
    this.from.pause();
  }

  resume(reason: string): void {
    if (this.#pauses.delete(reason) && this.#pauses.size === 0) this.from.resume();
  }

  /** Lets the rest of a frame pass that was too long to be kept. @returns whether there is such a frame */
  passRest(): boolean {
    if (this.#fate !== 'full') return false;
    this.#fate = 'rest';
    this.#isOpaque = this.#isBroken;
    this.resume('full');
    return !this.#isBroken;
  }

  /** Lets everything pass from now on, unread. */
  becomeOpaque(): void {
    this.#isOpaque = true;
  }

  #take(chunk: Buffer): void {
    if (this.#isOpaque) this.write(chunk);
    else if (this.#fate === 'pass' && this.rules.passesAll()) this.#passAll(chunk);
    else this.#sort(chunk);
  }

  /** Sends the piece on first. */
  #passAll(chunk: Buffer): void {
    this.write(chunk);
    for (let at = 0; at < chunk.length && !this.#isOpaque;) {
      const end = this.#findEnd(chunk, at);
      if (end === -1) return this.#remember(chunk.subarray(at));
      this.#passFrame(chunk, at, end);
      at = end;
    }
  }

  /** Decides frame by frame. */
  #sort(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#isOpaque) return this.write(chunk.subarray(at));
      if (this.#framer.isBetweenFrames) this.#fate = this.rules.keeps(chunk[at] ?? 0) ? 'keep' : 'pass';
      const end = this.#findEnd(chunk, at);
      const piece = chunk.subarray(at, end === -1 ? chunk.length : end);
      if (this.#fate === 'keep') this.#keep(piece, end !== -1);
      else {
        this.write(piece);
        if (end === -1) this.#remember(piece);
        else this.#passFrame(chunk, at, end);
      }
      at += piece.length;
    }
  }

  /** Bytes that are no RESP are a frame without an end. */
  #findEnd(chunk: Buffer, at: number): number {
    try {
      return this.#framer.next(chunk, at);
    } catch (error) {
      if (!(error instanceof RespSyntaxError)) throw error;
      this.#isBroken = true;
      if (this.#fate !== 'keep') this.#isOpaque = true;
      return -1;
    }
  }

  #keep(piece: Buffer, isLast: boolean): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (isLast) {
      this.#fate = 'pass';
      this.rules.kept(this.#takePieces(), true);
    } else if (this.#size > this.limit || this.#isBroken) {
      this.#fate = 'full';
      this.pause('full');
      this.rules.kept(this.#takePieces(), false);
    }
  }

  #remember(piece: Buffer): void {
    if (this.#fate === 'rest' || this.#size > PEEKED_BYTES) return;
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  #passFrame(chunk: Buffer, at: number, end: number): void {
    if (this.#fate === 'rest') {
      this.#fate = 'pass';
      this.rules.restPassed();
    } else if (this.#pieces.length === 0) this.rules.passed(chunk, at, end, true);
    else {
      const isWhole = this.#size <= PEEKED_BYTES;
      if (isWhole) this.#pieces.push(chunk.subarray(at, end));
      const bytes = this.#takePieces();
      this.rules.passed(bytes, 0, bytes.length, isWhole);
    }
  }

  /** A copy, so that a short frame does not hold on to the whole piece that it came in. */
  #takePieces(): Buffer {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    return bytes;
  }
}
