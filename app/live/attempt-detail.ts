import { fetchEvents } from './fetch-events';
import type { StoredBatch } from './protocol';

/** One step of an attempt; times in microseconds, `start` since the request was sent. */
export interface StepTiming {
  name: string;
  start: number;
  took: number;
}

/** Everything that was recorded of one attempt. Times in microseconds, `call` since the lane's start. */
export interface AttemptDetail {
  attemptId: string;
  seq: number;
  outcome: number;
  status: number;
  call: number;
  took: number;
  retries: number;
  quantity: number;
  seenStock: number | null;
  seenVersion: number | null;
  remaining: number | null;
  orderId: string | null;
  steps: StepTiming[];
}

/** Fetches one attempt by its sequence number; null when the server does not have it stored yet. */
export async function fetchAttempt(raceId: string, lane: number, seq: number): Promise<AttemptDetail | null> {
  return pickAttempt(await fetchEvents(raceId, lane, seq), seq);
}

/** Finds the attempt of a sequence number in stored batches. */
export function pickAttempt(batches: readonly StoredBatch[], seq: number): AttemptDetail | null {
  const batch = batches.find((candidate) => seq >= candidate.seq && seq < candidate.seq + candidate.count);
  if (!batch) return null;
  const at = seq - batch.seq;
  return {
    attemptId: `${batch.raceId}.${batch.lane}.${batch.n[at] ?? 0}`,
    seq,
    outcome: batch.outcome[at] ?? 0,
    status: batch.status[at] ?? 0,
    call: batch.call[at] ?? 0,
    took: batch.took[at] ?? 0,
    retries: batch.retries[at] ?? 0,
    quantity: batch.quantity[at] ?? 1,
    seenStock: batch.seenStock[at] ?? null,
    seenVersion: batch.seenVersion[at] ?? null,
    remaining: batch.remaining[at] ?? null,
    orderId: batch.orderId[at] ?? null,
    steps: readSteps(batch.steps[at] ?? [], batch.stepNames),
  };
}

function readSteps(flat: readonly number[], names: readonly string[]): StepTiming[] {
  const steps: StepTiming[] = [];
  for (let i = 0; i + 2 < flat.length; i += 3) {
    steps.push({ name: names[flat[i] ?? -1] ?? 'unnamed', start: flat[i + 1] ?? 0, took: flat[i + 2] ?? 0 });
  }
  return steps;
}
