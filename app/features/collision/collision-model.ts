import type { AttemptRecord, StepRecord } from '@/model/attempt-record';
import { accessOf } from '@/model/step-kind';

/** What a step does to the stock. The timeline draws each of these in its own way. */
export type StepCategory = 'read' | 'write' | 'lock' | 'think' | 'other';

/** One step of one of the attempts; times in ms since the first of them was called. */
export interface TimelineStep {
  /** Index of the attempt. */
  who: number;
  name: string;
  category: StepCategory;
  fromMs: number;
  toMs: number;
  /** The value that the step read or left, where known. */
  value: string | null;
}

export interface CollisionLane {
  attemptId: string;
  /** From sending the request to its response. */
  callMs: number;
  returnMs: number;
  beats: TimelineStep[];
}

/** Two attempts (or one) on one time axis that starts when the first of them was called; ms. */
export interface Collision {
  lanes: CollisionLane[];
  spanMs: number;
  /** Every step in the order in which it began. */
  beats: TimelineStep[];
}

/** Puts attempts on one time axis. */
export function toCollision(attempts: readonly AttemptRecord[]): Collision {
  const startUs = Math.min(...attempts.map(({ callUs }) => callUs));
  const ms = (us: number) => (us - startUs) / 1_000;
  const lanes = attempts.map((attempt, who) => ({
    attemptId: attempt.attemptId,
    callMs: ms(attempt.callUs),
    returnMs: ms(attempt.returnUs),
    beats: toBeats(attempt, who, ms),
  }));
  const ends = lanes.flatMap(({ returnMs, beats }) => [returnMs, ...beats.map(({ toMs }) => toMs)]);
  return {
    lanes,
    spanMs: Math.max(0.001, ...ends),
    beats: lanes.flatMap(({ beats }) => beats).sort((a, b) => a.fromMs - b.fromMs || a.who - b.who),
  };
}

function toBeats(attempt: AttemptRecord, who: number, ms: (us: number) => number): TimelineStep[] {
  const { steps } = attempt;
  // an earlier try saw something else, which was not recorded
  const lastTry = steps.findLastIndex(({ kind }) => kind === 'retry') + 1;
  const firstRead = steps.findIndex((step, i) => i >= lastTry && READS.has(categoryOf(step)));
  const lastWrite = steps.findLastIndex((step) => WRITES.has(accessOfStep(step)));
  return steps.map((step, i) => ({
    who,
    name: step.name,
    category: categoryOf(step),
    fromMs: ms(step.fromUs),
    toMs: ms(step.toUs),
    value:
      i === lastWrite
        ? valueWritten(attempt, i === firstRead || accessOfStep(step) === 'decide')
        : i === firstRead
          ? valueRead(attempt)
          : null,
  }));
}

const READS = new Set<StepCategory>(['read']);
const WRITES = new Set(['write', 'decide']);

function accessOfStep({ kind }: StepRecord): string {
  return kind === null ? '' : accessOf(kind);
}

function categoryOf(step: StepRecord): StepCategory {
  switch (accessOfStep(step)) {
    case 'read':
      return 'read';
    case 'write':
    case 'decide':
      return 'write';
    case 'lock':
    case 'unlock':
      return 'lock';
    case 'think':
    case 'retry':
      return 'think';
    default:
      return 'other';
  }
}

function valueRead({ seenStock, seenVersion }: AttemptRecord): string | null {
  if (seenStock === null) return seenVersion === null ? null : `saw version ${seenVersion}`;
  return `saw ${seenStock}${seenVersion === null ? '' : ` at version ${seenVersion}`}`;
}

function valueWritten(attempt: AttemptRecord, alsoReads: boolean): string | null {
  if (attempt.outcome !== 'accepted' || attempt.remaining === null)
    return alsoReads ? valueRead(attempt) : null;
  return `left ${attempt.remaining}`;
}

/**
 * What went wrong between two attempts, in a self-contained sentence; null where the records do not show it, and the
 * audit's own note has to do.
 */
export function explainCollision([a, b]: readonly AttemptRecord[]): string | null {
  if (!a || !b || a.outcome !== 'accepted' || b.outcome !== 'accepted') return null;
  const saw = a.seenStock;
  if (saw === null || saw !== b.seenStock) return null;
  const units = saw === 1 ? '1 unit' : `${saw.toLocaleString('en-US')} units`;
  const isSameVersion = a.seenVersion !== null && a.seenVersion === b.seenVersion;
  const where = isSameVersion ? ` in version ${a.seenVersion} of the row` : '';
  if (a.remaining !== null && a.remaining === b.remaining) {
    const wrote = a.remaining.toLocaleString('en-US');
    return `Both saw ${units}${where} and both wrote ${wrote}: two orders, and the stock fell only once.`;
  }
  return `Both saw ${units}${where} before either had written: the second decided on a number that was gone.`;
}
