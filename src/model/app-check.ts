import type { Coverage } from './exploration';

/** What may be wrong with a schedule of requests to an app. */
export type AppFindingKind =
  /** The rows are those of no order of the requests. */
  | 'not-serial'
  /** A request was accepted and left nothing. */
  | 'lost'
  /** The rows are right, and a request was answered as in no order. */
  | 'wrong-answer'
  /** A statement of the user's own found rows that must not be. */
  | 'invariant';

export type CheckVerdict = 'violated' | 'ok' | 'inconclusive';

/** A known way in which two requests fail each other. */
export type RacePattern = 'lost-update' | 'write-skew' | 'check-then-act' | 'duplicate-insert';

export interface CheckFinding {
  kind: AppFindingKind | 'without-concurrency';
  message: string;
}

/** An HTTP answer, as far as it is shown. */
export interface CheckAnswer {
  /** From 1. */
  request: number;
  /** 0: there was none. */
  status: number;
  body: string;
  isAccepted: boolean;
}

/** A row that differs from the start state, by the columns' values as text. */
export interface CheckRow {
  table: string;
  before: Readonly<Record<string, string | null>> | null;
  after: Readonly<Record<string, string | null>> | null;
}

/** One move of a schedule. */
export interface CheckMove {
  /** From 1. */
  request: number;
  event: 'arrival' | 'statement' | 'commit';
  /** Of a statement, or a command of Redis; several that were sent as one are separated by semicolons. */
  sql?: string;
  /** Where it went, if not to PostgreSQL. */
  store?: 'redis';
  params?: (string | null)[];
  /** What the statement returned: the first rows, by column. */
  rows?: Record<string, string | null>[];
  /** Such as `UPDATE 1`, or what Redis returned. */
  tag?: string;
  /** What PostgreSQL or Redis refused it with. */
  error?: string;
  /** Requests that held the lock which it waited for. */
  waitsFor?: number[];
  /** Requests that could go on because of it, having waited. */
  woke?: number[];
  /** Requests that had their answer after it, and were over. */
  ended?: number[];
  /** Committed rows that differ from the start state after it. */
  state?: CheckRow[];
}

/** How the simplest schedule goes wrong, by the places of moves from 0. */
export interface PatternMatch {
  pattern: RacePattern;
  /** The request that decides by what it has read, from 1. */
  request: number;
  reads: number;
  /** Where another request changes that. */
  changed: number;
  /** Where the first one writes all the same. */
  writes: number;
}

export interface CheckSchedule {
  id: string;
  moves: CheckMove[];
  answers: CheckAnswer[];
  /** How often it came to the same when it was run again. */
  reproduced: { times: number; of: number };
  match: PatternMatch | null;
}

/** What `oversell check` found. */
export interface CheckResult {
  name: string;
  verdict: CheckVerdict;
  reason: string;
  findings: CheckFinding[];
  requests: { request: number; title: string }[];
  explored?: {
    schedules: { possible: number; run: number; pruned: number; violating: number };
    coverage: Coverage;
    outcomes: { outcomes: string[]; findings: AppFindingKind[]; schedules: number; example: string }[];
    simplest?: CheckSchedule;
    /** What came of the requests one after the other, by their order. */
    serialOutcomes: { order: number[]; answers: CheckAnswer[] }[];
    /** Schedules in which fewer requests were accepted than in any serial order. */
    refused: number;
    /** What was left out of comparisons, as it differs between two runs of one order. */
    masks: string[];
  };
  /** The one schedule that was asked for. */
  schedule?: CheckSchedule;
  app: {
    start: string;
    instances: number;
    /** Statements of each request on its own. */
    statements: number[];
  };
  /** What the result does not cover, as sentences. */
  notes: string[];
  seed: number;
  /** The command that runs the simplest schedule again; empty where there is none. */
  replay: string;
}

/** A result as it is kept on this machine. */
export interface StoredCheck extends CheckResult {
  id: string;
  /** When the check was over; ISO 8601. */
  createdAt: string;
}

/** What a list shows of a stored result. */
export type CheckHead = Pick<StoredCheck, 'id' | 'createdAt' | 'name' | 'verdict' | 'reason' | 'requests'> & {
  /** Null: nothing could be explored. */
  schedules: NonNullable<CheckResult['explored']>['schedules'] | null;
};
