import { HTTPParser } from 'http-parser-js';

/** No response of a purchase route is near this size, headers included; the parser cuts off longer ones. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** One response as it arrived. */
export interface RawAnswer {
  status: number;
  body: string;
  /** Whether the connection may carry another request. */
  keepAlive: boolean;
}

/** The parser's state. Not in its types; tests of surplus bytes and of impossible lengths guard it. */
interface ParserState {
  offset: number;
  end: number;
  /** The length that the headers give, null for none. */
  body_bytes: number | null;
}

/** Parses the responses of one connection, one at a time. */
export class AnswerParser {
  private readonly parser = new HTTPParser(HTTPParser.RESPONSE);
  private readonly current = { status: 0, keepAlive: false };
  private parts: Buffer[] = [];
  private bytes = 0;
  private finished: RawAnswer | undefined;

  constructor() {
    this.parser[HTTPParser.kOnHeadersComplete] = (info: Head) => this.takeHead(info);
    this.parser[HTTPParser.kOnBody] = (chunk, offset, length) => {
      if (length < 0) throw new Error('a chunk of negative size');
      const isAll = offset === 0 && length === chunk.length;
      this.parts.push(isAll ? chunk : chunk.subarray(offset, offset + length));
    };
    this.parser[HTTPParser.kOnMessageComplete] = () => this.takeMessage();
  }

  /** Status of the response being read, 0 before it has arrived. */
  get status(): number {
    return this.current.status;
  }

  /**
   * Takes the first `length` bytes; returns the response once it is complete. The bytes may be overwritten afterwards.
   * @throws Error for bytes that are not HTTP, or a response that does not end
   */
  take(buffer: Buffer, length: number): RawAnswer | undefined {
    this.bytes += length;
    const known = this.parts.length;
    const result = this.parser.execute(buffer, 0, length);
    if (result instanceof Error) throw result;
    if (this.finished) return this.handOver();
    if (this.bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    for (let i = known; i < this.parts.length; i += 1) this.parts[i] = Buffer.from(this.parts[i] ?? []);
    return undefined;
  }

  /** The connection has ended, which is how a response without a length ends. */
  end(): RawAnswer | undefined {
    const result = this.parser.finish();
    return result instanceof Error || !this.finished ? undefined : this.handOver();
  }

  private takeHead({ statusCode, shouldKeepAlive, upgrade }: Head): void {
    if (upgrade) throw new Error('the request did not ask for another protocol');
    const { body_bytes: length } = this.parser as unknown as ParserState;
    // the parser takes the first three digits of any number of them
    if (statusCode < 100 || statusCode > 599) throw new Error('an impossible status');
    // the parser would step back by a negative length, possibly for ever
    if (length !== null && !(length >= 0)) throw new Error('an impossible length');
    this.current.status = statusCode;
    this.current.keepAlive = shouldKeepAlive;
  }

  private takeMessage(): void {
    const { status, keepAlive } = this.current;
    // 1xx: the final response is still to come
    if (status < 200) return;
    const { offset, end } = this.parser as unknown as ParserState;
    const isAlone = offset === end && this.finished === undefined;
    const [first] = this.parts;
    const whole = this.parts.length === 1 && first ? first : Buffer.concat(this.parts);
    // the first response is the one that counts; nothing after it can be told from a response to another request
    this.finished ??= { status, keepAlive, body: whole.toString() };
    this.finished.keepAlive &&= isAlone;
    this.parts = [];
  }

  private handOver(): RawAnswer | undefined {
    const { finished } = this;
    this.finished = undefined;
    this.current.status = 0;
    this.bytes = 0;
    return finished;
  }
}

interface Head {
  statusCode: number;
  shouldKeepAlive: boolean;
  upgrade: boolean;
}
