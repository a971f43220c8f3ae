import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { buildConnector, Client } from 'undici';
import type { Dispatcher } from 'undici';
import { nowUs } from '../clock.server';
import { OUTCOMES, outcomeCode } from '../outcome';

/** What one attempt came to, as its buyer saw it. Times from `nowUs`; NaN where the answer did not say. */
export interface Answer {
  callUs: number;
  returnUs: number;
  /** Index into `OUTCOMES`. */
  outcome: number;
  /** HTTP status, 0 without an answer. */
  status: number;
  retries: number;
  orderId: number;
  remaining: number;
  seenStock: number;
  seenVersion: number;
  /** The fencing token that the write was let through with. */
  token: number;
  /** The server's steps, flat: index, start, end. */
  trace: number[];
}

const ERROR = OUTCOMES.indexOf('error');
const INDETERMINATE = OUTCOMES.indexOf('indeterminate');

/** Failures that prove that the request was never sent. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT']);

/** No answer of a purchase route is near this size; one that is longer is cut off. */
const MAX_ANSWER_BYTES = 64 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;

/** A buyer with a connection of its own, open before the first purchase. Closed by `close()`. */
export class Buyer {
  private constructor(
    private readonly client: Client,
    private readonly path: string,
    private readonly timeoutMs: number,
  ) {}

  /** Opens the connection. Rejects when the server does not accept it within five seconds. */
  static async open(url: URL, timeoutMs: number): Promise<Buyer> {
    let opened: Socket | undefined = await openSocket(url);
    const reconnect = buildConnector({ timeout: CONNECT_TIMEOUT_MS });
    const client = new Client(url.origin, {
      pipelining: 1,
      // time-outs are this class's own: undici's are too coarse for a race
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => {
        const socket = opened;
        opened = undefined;
        // undici misses the wake-up when it is called back before its connect has returned
        if (socket && !socket.destroyed) queueMicrotask(() => callback(null, socket));
        else reconnect(options, callback);
      },
    });
    return new Buyer(client, url.pathname, timeoutMs);
  }

  /** Sends one purchase and resolves with what is known of it; never rejects. */
  purchase(body: string): Promise<Answer> {
    return new Promise((resolve) => {
      const handler = new PurchaseHandler(this.timeoutMs, resolve);
      const options: Dispatcher.DispatchOptions = {
        method: 'POST',
        path: this.path,
        headers: { 'content-type': 'application/json' },
        body,
      };
      try {
        this.client.dispatch(options, handler);
      } catch (error) {
        handler.onResponseError(undefined, error as Error);
      }
    });
  }

  close(): Promise<void> {
    return this.client.destroy();
  }
}

function openSocket(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || 80), noDelay: true });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
      fail(new Error(`${url.origin} did not accept a connection within ${CONNECT_TIMEOUT_MS / 1_000} s`));
    });
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0).removeAllListeners('timeout').off('error', fail);
      resolve(socket);
    });
  });
}

/** Follows one request from sending to its answer, time-out or failure: whichever comes first settles it. */
class PurchaseHandler implements Dispatcher.DispatchHandler {
  private readonly callUs = nowUs();
  private readonly timer: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private settled = false;

  constructor(
    timeoutMs: number,
    private readonly resolve: (answer: Answer) => void,
  ) {
    this.timer = setTimeout(() => {
      this.settle(INDETERMINATE);
      this.controller?.abort(new Error('timed out'));
    }, timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > MAX_ANSWER_BYTES) controller.abort(new Error('the answer is too long'));
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const answer = parseAnswer(Buffer.concat(this.chunks).toString());
    const told = answer && typeof answer.outcome === 'string' ? outcomeCode(answer.outcome) : undefined;
    // without a word on the outcome, only a 4xx says that nothing was sold
    this.settle(told ?? (this.status >= 400 && this.status < 500 ? ERROR : INDETERMINATE), answer);
  }

  onResponseError(_controller: unknown, error: Error): void {
    const code = 'code' in error ? String(error.code) : '';
    this.settle(NEVER_SENT.has(code) ? ERROR : INDETERMINATE);
  }

  private settle(outcome: number, answer?: Record<string, unknown>): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    const seen = isRecord(answer?.seen) ? answer.seen : {};
    this.resolve({
      callUs: this.callUs,
      returnUs: nowUs(),
      outcome,
      status: this.status,
      retries: toNumber(answer?.retries) || 0,
      orderId: toNumber(answer?.orderId),
      remaining: toNumber(answer?.remaining),
      seenStock: toNumber(seen.stock),
      seenVersion: toNumber(seen.version),
      token: toNumber(answer?.token),
      trace: Array.isArray(answer?.trace) ? answer.trace.map(toNumber) : [],
    });
  }
}

function parseAnswer(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Order ids come as strings, because they are 64 bits wide in the database. */
function toNumber(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
}
