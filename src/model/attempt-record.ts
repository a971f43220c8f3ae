import type { HistoryColumns, Steps } from './columns';
import { attemptPrefixOf } from './history';
import { OUTCOMES } from './outcome';
import type { Outcome } from './outcome';
import type { StepKind } from './step-kind';
import { findStepSource } from './step-source';

/** One step of an attempt; microseconds since the lane's start. */
export interface StepRecord {
  name: string;
  /** Null where the strategy no longer has a step of this name. */
  kind: StepKind | null;
  fromUs: number;
  toUs: number;
}

/** A row of the orders table, as evidence that a person can look up. */
export interface StoredOrder {
  orderId: string;
  attemptId: string;
  quantity: number;
  strategy: string;
  /** When it was written, by PostgreSQL's wall clock; ISO 8601. Empty in what a history file tells. */
  createdAt: string;
}

/** Everything that is known of one attempt. Times in microseconds since the lane's start. */
export interface AttemptRecord {
  raceId: string;
  lane: number;
  n: number;
  attemptId: string;
  /** Its place in the event log. */
  seq: number;
  outcome: Outcome;
  /** HTTP status; 0 without a response. */
  status: number;
  callUs: number;
  returnUs: number;
  retries: number;
  quantity: number;
  /** The stock that the attempt read before it decided. */
  seenStock: number | null;
  seenVersion: number | null;
  /** Units left after the attempt, as the buyer was told. */
  remaining: number | null;
  /** The order that the buyer was told of. */
  orderId: string | null;
  token: number | null;
  steps: StepRecord[];
  /** The code of its steps, by their names: each place in the strategy's file that takes such a step. Empty without it. */
  code: Record<string, string[]>;
  /** The rows that name it in the orders table. */
  orders: StoredOrder[];
}

/** What is known about an attempt's strategy. */
export interface AttemptStrategy {
  /** What its steps do, by their names. */
  kinds: Readonly<Record<string, StepKind>>;
  /** Its file; null where it is not known. */
  source: string | null;
}

/** Attempts as they are recorded, and where the first of them is in its log. */
type Recorded = HistoryColumns & Steps & { seq: number; stepNames: readonly string[] };

/** The attempt at place `at` of a batch. */
export function toAttemptRecord(
  {
    raceId,
    lane,
    attemptPrefix = attemptPrefixOf(raceId, lane),
  }: { raceId: string; lane: number; attemptPrefix?: string },
  batch: Recorded,
  at: number,
  { kinds, source }: AttemptStrategy,
  orders: StoredOrder[],
): AttemptRecord {
  const n = batch.n[at] ?? 0;
  const callUs = batch.call[at] ?? 0;
  const flat = batch.steps.subarray(batch.stepOffset[at], batch.stepOffset[at + 1]);
  const steps = readSteps(flat, batch.stepNames, callUs, kinds);
  const known = (column: Float64Array) => {
    const value = column[at] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  };
  const orderId = known(batch.orderId);
  return {
    raceId,
    lane,
    n,
    attemptId: attemptPrefix + String(n),
    seq: batch.seq + at,
    outcome: OUTCOMES[batch.outcome[at] ?? 0] ?? 'error',
    status: batch.status[at] ?? 0,
    callUs,
    returnUs: batch.return[at] ?? callUs,
    retries: batch.retries[at] ?? 0,
    quantity: batch.quantity[at] ?? 1,
    seenStock: known(batch.seenStock),
    seenVersion: known(batch.seenVersion),
    remaining: known(batch.remaining),
    orderId: orderId === null ? null : String(orderId),
    token: known(batch.token),
    steps,
    code: source === null ? {} : codeOf(steps, source),
    orders,
  };
}

function codeOf(steps: readonly StepRecord[], source: string): Record<string, string[]> {
  const names = new Set(steps.map(({ name }) => name));
  return Object.fromEntries([...names].map((name) => [name, findStepSource(source, name)]));
}

function readSteps(
  flat: Int32Array,
  names: readonly string[],
  callUs: number,
  kinds: Readonly<Record<string, StepKind>>,
): StepRecord[] {
  const steps: StepRecord[] = [];
  for (let i = 0; i + 2 < flat.length; i += 3) {
    const name = names[flat[i] ?? -1] ?? 'unnamed';
    const fromUs = callUs + (flat[i + 1] ?? 0);
    steps.push({ name, kind: kinds[name] ?? null, fromUs, toUs: fromUs + (flat[i + 2] ?? 0) });
  }
  return steps;
}
