export const FINDING_KINDS = [
  'oversold',
  'lost-update',
  'negative-stock',
  'stock-leak',
  'duplicate-unit',
  'duplicate-order',
  'lost-order',
  'phantom-order',
  'false-sold-out',
  'non-linearizable',
  'drift',
  'zombie-write',
  'lock-overlap',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** One piece of evidence that a person can check by hand: an attempt, an order, or both. */
export interface Evidence {
  attemptId?: string;
  /** The attempt that `attemptId` collided with, where it takes two to show it. */
  otherAttemptId?: string;
  orderId?: string;
  note: string;
}

export interface Finding {
  kind: FindingKind;
  count: number;
  message: string;
  evidence: Evidence[];
}

export interface Verdict {
  status: 'ok' | 'violated' | 'inconclusive';
  /** One sentence for a person. */
  reason: string;
  findings: Finding[];
}

/** What an audit computes; the numbers of a lane view come from here. */
export interface AuditResult {
  verdict: Verdict;
  /** Units sold beyond the stock; from the orders table. */
  oversold: number;
  /** Units that orders took but the stock never lost; negative when stock leaked. */
  lostUpdates: number;
  orders: { count: number; quantity: number };
  /** Attempts whose outcome the client could not know, but whose order exists. */
  recovered: number;
  overlap: Overlap;
}

/** Proof that requests really raced. */
export interface Overlap {
  /** Most attempts between call and return at one time. */
  peakInFlight: number;
  /** Attempts whose read-to-write window shared time with another attempt's. */
  overlappingWindows: number;
  /** Attempts whose read-to-write window is known; 0 for an endpoint that does not tell. */
  knownWindows: number;
  /**
   * Attempts that sold and shared time with another attempt (where none sold: attempts that shared time), by their
   * read-to-write windows where those are known, otherwise in flight. 0: nothing raced, so the verdict is not `ok`.
   */
  raced: number;
}
