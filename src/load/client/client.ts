import type { Answer } from './answer';

/** A purchase of which all but the last byte has been sent. */
export interface HeldPurchase {
  /** Resolves when the system has taken what was sent. */
  written: Promise<void>;
  /** Sends the last byte. */
  release: () => void;
  answer: Promise<Answer>;
}

/** Makes one purchase at a time, wherever it is served. */
export interface Client {
  /** Makes one purchase and resolves with what is known of it; never rejects. `body` is that of a purchase route. */
  purchase: (attemptId: string, body: string) => Promise<Answer>;
  /** Sends all but the last byte of one purchase. */
  hold: (attemptId: string, body: string) => HeldPurchase;
  /** Waits no longer: what is in flight becomes indeterminate, or an error where nothing was sent. */
  abort: () => void;
  /** Gives up what is in flight, and frees what the buyer holds. */
  close: () => void;
}
