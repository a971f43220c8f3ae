import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { AnswerParser } from './answer-parser';
import type { RawAnswer } from './answer-parser';
import type { PurchaseAddress } from './purchase-address';

/** The reader of a connection's responses; called exactly once for each request. */
export interface Recipient {
  answered: (answer: RawAnswer) => void;
  /** No response will come. `status` as far as one had come, 0 without any. */
  broken: (status: number) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The buffer that every socket of this thread reads into. One is enough, since each read is parsed before the next: a
 * thousand connections cost no more memory than one.
 */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** One HTTP/1.1 connection for one request after the other, without a queue, retries or anything else of its own. */
export class Connection {
  private readonly parser = new AnswerParser();
  private socket: Socket | undefined;
  private recipient: Recipient | undefined;
  private held = '';

  private constructor() {}

  /** Opens a connection. Rejects when the server does not accept it within five seconds, or `withinMs`. */
  static open(address: PurchaseAddress, withinMs = CONNECT_TIMEOUT_MS): Promise<Connection> {
    const connection = new Connection();
    return new Promise((resolve, reject) => {
      const onread = {
        buffer: readBuffer,
        callback: (length: number) => {
          connection.read(length);
          return true;
        },
      };
      const { host, port, origin } = address;
      const socket = connect({ host, port, noDelay: true, onread });
      const fail = (error: Error) => {
        socket.destroy();
        reject(error);
      };
      const ms = Math.min(withinMs, CONNECT_TIMEOUT_MS);
      const tooLate = setTimeout(() => {
        fail(new Error(`${origin} did not accept a connection within ${ms / 1_000} s`));
      }, ms);
      const refused = (error: NodeJS.ErrnoException) => {
        fail(new Error(explain(error, origin)));
      };
      socket.once('error', refused);
      socket.once('close', () => clearTimeout(tooLate));
      socket.once('connect', () => {
        clearTimeout(tooLate);
        socket.off('error', refused);
        connection.adopt(socket);
        resolve(connection);
      });
    });
  }

  /** Whether a request can be sent: the connection is open and idle. */
  get isFree(): boolean {
    return this.socket !== undefined && this.recipient === undefined;
  }

  /** Status of the response being read, 0 before it has arrived. */
  get status(): number {
    return this.parser.status;
  }

  /** Sends a request, which must be ASCII. The connection must be free. */
  send(request: string, recipient: Recipient): void {
    this.recipient = recipient;
    this.socket?.write(request, 'latin1');
  }

  /** Sends all of a request but its last byte; resolves when the operating system has taken it. */
  hold(request: string, recipient: Recipient): Promise<void> {
    this.recipient = recipient;
    this.held = request.slice(-1);
    return new Promise((resolve) => {
      // the callback gets an error when the connection breaks first
      this.socket?.write(request.slice(0, -1), 'latin1', () => resolve());
    });
  }

  /** Sends the byte that was held back. */
  release(): void {
    this.socket?.write(this.held);
    this.held = '';
  }

  /** Destroys the connection at once, without another call to its recipient. */
  destroy(): void {
    const { socket } = this;
    this.socket = undefined;
    this.recipient = undefined;
    socket?.destroy();
  }

  private adopt(socket: Socket): void {
    this.socket = socket;
    // `close` always follows and reports it
    socket.on('error', () => undefined);
    socket.on('end', () => this.finish(this.parser.end()));
    socket.on('close', () => this.finish(undefined));
  }

  private read(length: number): void {
    // no request is waiting: this is a second response, or one that came too late
    if (!this.recipient) return this.destroy();
    let answer: RawAnswer | undefined;
    try {
      answer = this.parser.take(readBuffer, length);
    } catch {
      return this.finish(undefined);
    }
    if (!answer) return;
    // the response came before the whole request was sent, so the server would take the rest for the next request
    if (!answer.keepAlive || this.held !== '') return this.finish(answer);
    const { recipient } = this;
    this.recipient = undefined;
    recipient.answered(answer);
  }

  /** Drops the connection for good; the recipient gets the response, or learns that there is none. */
  private finish(answer: RawAnswer | undefined): void {
    const { recipient } = this;
    const { status } = this;
    this.destroy();
    if (answer) recipient?.answered(answer);
    else recipient?.broken(status);
  }
}

function explain({ code, message }: NodeJS.ErrnoException, origin: string): string {
  if (code === 'EMFILE' || code === 'ENFILE')
    return `This process may open no more files (${code}), and each buyer needs one here and one on the server. Raise the limit (ulimit -n), or race fewer buyers at once.`;
  const why = code === 'ECONNREFUSED' ? `nothing listens there (${code})` : (code ?? message);
  return `${origin} cannot be reached: ${why}. Start it, or correct the address.`;
}
