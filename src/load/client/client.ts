import type { Answer } from './answer';

/** A purchase of which all but the last byte has been sent. */
export interface HeldPurchase {
  /** Resolves when the operating system has taken what was sent. */
  written: Promise<void>;
  /** Sends the last byte. */
  release: () => void;
  answer: Promise<Answer>;
}

/** Makes one purchase at a time, over HTTP or in this process. */
export interface Client {
  /** Makes one purchase and resolves with its result; never rejects. `body` is that of a purchase route. */
  purchase: (attemptId: string, body: string) => Promise<Answer>;
  /** Sends all but the last byte of one purchase. */
  hold: (attemptId: string, body: string) => HeldPurchase;
  /** Stops waiting: what is in flight becomes indeterminate, or an error where nothing was sent. */
  abort: () => void;
  /** Abandons what is in flight, and frees what the client holds. */
  close: () => void;
}
