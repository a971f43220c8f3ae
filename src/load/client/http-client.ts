import { nowUs } from '@/lib/clock';
import { notSent, readAnswer, unanswered } from './answer';
import type { Answer } from './answer';
import type { RawAnswer } from './answer-parser';
import type { Client, HeldPurchase } from './client';
import { Connection } from './connection';
import type { Recipient } from './connection';
import { toRequest } from './purchase-address';
import type { PurchaseAddress } from './purchase-address';

/**
 * How long a purchase may be held before its last byte is sent, ms: twice what reopening a connection may take, since
 * the clients of a burst wait for each other.
 */
export const HOLD_MS = 10_000;

/**
 * A client with its own connection, open before the first purchase, that makes one purchase at a time. A connection
 * that broke, timed out or sent anything unrequested is replaced before the next purchase, so that no response is ever
 * taken for that of another attempt. Closed by `close()`.
 */
export class HttpClient implements Client, Recipient {
  private attemptId = '';
  private callUs = Number.NaN;
  private isSent = false;
  private timer: NodeJS.Timeout | undefined;
  private holding: NodeJS.Timeout | undefined;
  private resolve: ((answer: Answer) => void) | undefined;

  private constructor(
    private connection: Connection,
    private readonly address: PurchaseAddress,
    private readonly timeoutMs: number,
  ) {}

  /** Opens the connection. Rejects when the server does not accept it within five seconds. */
  static async open(address: PurchaseAddress, timeoutMs: number): Promise<HttpClient> {
    return new HttpClient(await Connection.open(address), address, timeoutMs);
  }

  /** Sends one purchase and resolves with its result; never rejects. One at a time. */
  purchase(attemptId: string, body: string): Promise<Answer> {
    const answer = this.begin(attemptId);
    const request = toRequest(this.address, body);
    this.startTimer();
    this.callUs = nowUs();
    if (this.connection.isFree) this.send(request);
    else void this.reconnect(() => this.send(request));
    return answer;
  }

  /**
   * Sends all but the last byte of one purchase. The release counts as its call, and its time-out runs from there:
   * before the last byte no server can have acted on it. A purchase that is not released within `HOLD_MS` is abandoned.
   */
  hold(attemptId: string, body: string): HeldPurchase {
    const answer = this.begin(attemptId);
    const request = toRequest(this.address, body);
    // the timer still runs from the purchase before
    clearTimeout(this.timer);
    this.timer = undefined;
    this.holding = setTimeout(() => this.abort(), HOLD_MS);
    this.callUs = nowUs();
    const written = this.connection.isFree
      ? this.connection.hold(request, this)
      : this.reconnect(() => this.connection.hold(request, this));
    const release = () => {
      if (this.attemptId !== attemptId || !this.resolve) return;
      clearTimeout(this.holding);
      this.startTimer();
      this.callUs = nowUs();
      this.isSent = true;
      this.connection.release();
    };
    return { written, release, answer };
  }

  /** Stops waiting: what is in flight becomes indeterminate, or an error where nothing was sent. */
  abort(): void {
    if (!this.resolve) return;
    const { status } = this.connection;
    this.connection.destroy();
    this.complete(this.isSent ? unanswered(status) : notSent());
  }

  answered({ status, body }: RawAnswer): void {
    this.complete(readAnswer(status, body, this.attemptId));
  }

  broken(status: number): void {
    this.complete(this.isSent ? unanswered(status) : notSent());
  }

  /** Closes the connection, and abandons what is in flight. */
  close(): void {
    this.abort();
    clearTimeout(this.timer);
    this.connection.destroy();
  }

  private send(request: string): void {
    this.isSent = true;
    this.connection.send(request, this);
  }

  private begin(attemptId: string): Promise<Answer> {
    if (this.resolve) throw new Error('a buyer makes one purchase at a time');
    this.attemptId = attemptId;
    this.isSent = false;
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /** One timer for all purchases of a client: setting and clearing one each time costs three times as much. */
  private startTimer(): void {
    if (this.timer) this.timer.refresh();
    else this.timer = setTimeout(() => this.abort(), this.timeoutMs);
  }

  /** Replaces the connection and goes on, unless the purchase has been abandoned by then. */
  private async reconnect(proceed: () => void | Promise<void>): Promise<void> {
    const { attemptId } = this;
    const isCurrent = () => this.attemptId === attemptId && this.resolve !== undefined;
    try {
      const connection = await Connection.open(this.address, this.timeoutMs);
      if (!isCurrent()) return connection.destroy();
      this.connection.destroy();
      this.connection = connection;
    } catch {
      if (isCurrent()) this.complete(notSent());
      return;
    }
    await proceed();
  }

  private complete(told: Answer): void {
    const { resolve } = this;
    this.resolve = undefined;
    clearTimeout(this.holding);
    told.callUs = this.callUs;
    told.returnUs = nowUs();
    resolve?.(told);
  }
}
