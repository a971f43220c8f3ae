import type { StoredBatch } from './event-batch';
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
  /** When it was written, by PostgreSQL's wall clock; ISO 8601. */
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
  /** HTTP status; 0 without an answer. */
  status: number;
  callUs: number;
  returnUs: number;
  retries: number;
  quantity: number;
  /** What it read before it decided. */
  seenStock: number | null;
  seenVersion: number | null;
  /** Units left after it, as its buyer was told. */
  remaining: number | null;
  /** The order that its buyer was told of. */
  orderId: string | null;
  token: number | null;
  steps: StepRecord[];
  /** What its steps run, by their names: each place in the strategy's file that takes such a step. */
  code: Record<string, string[]>;
  /** The rows that name it in the orders table. */
  orders: StoredOrder[];
}

/** What is known of the strategy of an attempt. */
export interface AttemptStrategy {
  /** What its steps do, by their names. */
  kinds: Readonly<Record<string, StepKind>>;
  /** Its file. */
  source: string;
}

/** The attempt at place `at` of a batch. */
export function toAttemptRecord(
  batch: StoredBatch,
  at: number,
  { kinds, source }: AttemptStrategy,
  orders: StoredOrder[],
): AttemptRecord {
  const n = batch.n[at] ?? 0;
  const steps = readSteps(batch.steps[at] ?? [], batch.stepNames, batch.call[at] ?? 0, kinds);
  const callUs = batch.call[at] ?? 0;
  return {
    raceId: batch.raceId,
    lane: batch.lane,
    n,
    attemptId: attemptPrefixOf(batch.raceId, batch.lane) + String(n),
    seq: batch.seq + at,
    outcome: OUTCOMES[batch.outcome[at] ?? 0] ?? 'error',
    status: batch.status[at] ?? 0,
    callUs,
    returnUs: callUs + (batch.took[at] ?? 0),
    retries: batch.retries[at] ?? 0,
    quantity: batch.quantity[at] ?? 1,
    seenStock: batch.seenStock[at] ?? null,
    seenVersion: batch.seenVersion[at] ?? null,
    remaining: batch.remaining[at] ?? null,
    orderId: batch.orderId[at] ?? null,
    token: batch.token?.[at] ?? null,
    steps,
    code: codeOf(steps, source),
    orders,
  };
}

function codeOf(steps: readonly StepRecord[], source: string): Record<string, string[]> {
  const names = new Set(steps.map(({ name }) => name));
  return Object.fromEntries([...names].map((name) => [name, findStepSource(source, name)]));
}

function readSteps(
  flat: readonly number[],
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
