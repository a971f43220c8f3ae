export const FINDING_KINDS = [
  'oversold',
  'lost-update',
  'negative-stock',
  'stock-leak',
  'stock-created',
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
  /** The version of the row that both attempts wrote from. */
  version?: number;
  /**
   * Number of units: those that the order sold past the stock, that the pair lost or sold twice, or the stock that was
   * seen.
   */
  units?: number;
  /** When the attempts named here did it. */
  times?: EvidenceTimes[];
  note: string;
}

/** A span on the lane's clock, microseconds since its load started. */
export interface EvidenceTimes {
  attemptId: string;
  what: 'in flight' | 'held the lock';
  fromUs: number;
  toUs: number;
}

/** A page of evidence, and the number of all pieces. */
export interface EvidencePage {
  total: number;
  evidence: Evidence[];
}

/** The pieces that name one attempt, and the number of all. `piece` counts from 0 within its kind. */
export interface NamingPage {
  total: number;
  /** Whether every piece was searched; of very many, only the first of each kind are. */
  isComplete: boolean;
  pieces: { kind: FindingKind | 'losses'; piece: number; evidence: Evidence }[];
}

export interface Finding {
  kind: FindingKind;
  count: number;
  /** Whether `count` is the least that is proven, because purchases still ran or one damage hides another. */
  isAtLeast?: boolean;
  message: string;
  /** The first pieces; `listEvidence` pages through all of them. */
  evidence: Evidence[];
  /** Pieces of evidence in all. Not always `count`: two units may be lost by one pair. */
  pieces: number;
}

export interface Verdict {
  status: 'ok' | 'violated' | 'inconclusive';
  /** One sentence for a person. */
  reason: string;
  findings: Finding[];
}

/** The result of one of the thirteen checks of docs/audit.md. */
export interface CheckSummary {
  id: string;
  /** Its number in docs/audit.md, 1 to 13. */
  no: number;
  title: string;
  /**
   * `broken` comes with a finding, except for `liveness`, which never makes a verdict violated. `undecided` keeps a
   * verdict from `ok`. `not-applicable` does neither.
   */
  status: 'held' | 'broken' | 'not-applicable' | 'undecided';
  /** A sentence, always there unless the check simply held. */
  why?: string;
}

/** How well buyers were served; none of it makes a verdict violated. */
export interface Liveness {
  /** Attempts told sold out although enough units for them were left at the end; 0 where the stock may have risen. */
  undersold: number;
  /** Attempts that gave up in conflict, or failed, although enough units for them were left; likewise. */
  turnedAway: number;
  failedInStock: number;
  /** Units that all attempts asked for together. If at most the stock, overselling was not put to the test. */
  demand: number;
  /** Attempts told sold out although enough units provably remained at that moment. */
  falseSoldOut: number;
  /** Attempts that gave up: retries used up, lock not granted in time. */
  conflicts: number;
  /** Retries of all attempts for each one that sold; null when none sold. */
  retriesPerSale: number | null;
  /** The attempt that waited longest for its response, and how many times the median that is; null without attempts. */
  worstAttempt: { attemptId: string; latencyUs: number; timesMedian: number; retries: number } | null;
  /** The attempt that retried most often; null when none retried. */
  mostRetries: { attemptId: string; retries: number } | null;
}

/** The units between orders and stock by cause: attributed + unattributed + created + leaked is always `units`. */
export interface LossLedger {
  /** L: the units in orders minus those that left the stock. */
  units: number;
  /** Lost units that two sales from the same state explain. */
  attributed: number;
  /** Lost units that nothing in the history explains. */
  unattributed: number;
  /** Units too many in the stock, from no known source. */
  created: number;
  /** Units that left the stock without an order, as a negative number. */
  leaked: number;
  /** The first entries; all entries together are `attributed` units, and `listLosses` pages through every one. */
  entries: Evidence[];
  /** Entries in all. */
  pieces: number;
}

/** Smallest and largest possible value while purchases still run. */
export interface Range {
  low: number;
  high: number;
}

/** The result of an audit; the numbers of a lane view come from here. */
export interface AuditResult {
  verdict: Verdict;
  /** Units sold beyond the stock; from the orders table. */
  oversold: number;
  /**
   * Units of updates that were lost: `attributed` + `unattributed` of the ledger. Where none were, `leaked`, which is
   * negative when stock leaked and 0 otherwise.
   */
  lostUpdates: number;
  orders: { count: number; quantity: number };
  /** Indeterminate attempts whose order exists. */
  recovered: number;
  overlap: Overlap;
  /** All thirteen checks of docs/audit.md, in their order. */
  checks: CheckSummary[];
  liveness: Liveness;
  ledger: LossLedger;
  /** Only while purchases still ran: the range of `oversold` once they are done. */
  oversoldRange?: Range;
  /** The same for `lostUpdates`, if every purchase still running moves its own units and no others. */
  lostUpdatesRange?: Range;
}

/** Proof that requests really raced. */
export interface Overlap {
  /** Most attempts between call and return at one moment. */
  peakInFlight: number;
  /** Attempts whose read-to-write window shared time with another attempt's. */
  overlappingWindows: number;
  /** Attempts whose read-to-write window is known; 0 for an endpoint that does not report it. */
  knownWindows: number;
  /**
   * Attempts that asked for a lock while another attempt, which sold, certainly held it: they waited for it or failed.
   */
  waited: number;
  /** Attempts whose read-to-write window shared time with the uncommitted write of another attempt, which sold. */
  metWrites: number;
  /**
   * Attempts that sold and that another attempt met in one of the three ways. 0: no sale is known to have been
   * contested, so the verdict is not `ok`.
   */
  raced: number;
}

/**
 * The visual tone of a state. `ok`: held and proven. `held`: nothing broke, but less than that was shown. `caution`:
 * nothing broke, but buyers went without. `waiting`: not judged yet.
 */
export type VerdictTone = 'violated' | 'ok' | 'held' | 'caution' | 'inconclusive' | 'waiting';

/** The result of a lane, in words. */
export interface LaneWords {
  /** The key in the table of states. */
  id: string;
  tone: VerdictTone;
  /** In capitals: OVERSOLD, LOST UPDATES, EXACT, … */
  word: string;
  /** The number beside it, with its sign; empty when there is none. */
  figure: string;
  /** True while a lane runs: only its final rows decide. */
  provisional: boolean;
  /** What happened, what proves it, and what a sceptic would ask next. */
  reason: string;
}
