import { codeOf, meaningOf } from '@/failures/failure-table';
import { accessOf } from '@/model/step-kind';
import type { StepTrace, TakenStep } from './step-trace';

/** How a failed attempt has ended, and what to tell its buyer. */
export interface Failure {
  outcome: 'sold-out' | 'conflict' | 'error' | 'indeterminate';
  /** SQLSTATE, Prisma's or node-redis's code. */
  code: string;
  reason: string;
}

/** Steps after which the stock may have changed, and those after which there may be an order, in any store. */
const WRITES_STOCK = new Set(['write', 'decide']);
const SELLS = new Set([...WRITES_STOCK, 'order', 'commit']);

/**
 * Turns the error that ended an attempt into its outcome. Where an earlier step of the same try may have sold for good,
 * the last one proves nothing about the attempt: the order may exist, and the attempt is indeterminate.
 */
export function classifyFailure(error: unknown, trace: StepTrace): Failure {
  const failure = classifyStep(error, trace);
  return hasPerhapsSold(error, trace) ? { ...failure, outcome: 'indeterminate' } : failure;
}

/**
 * What an error proves about the step that it came from, whatever was done before. A broken connection proves that
 * nothing was sold only where nothing can have been written: before the first writing step, or inside a transaction
 * whose COMMIT was never sent. The same holds for a failure that the table does not know.
 */
export function classifyStep(error: unknown, trace: StepTrace): Failure {
  const code = codeOf(error);
  const { outcome, reason } = meaningOf(code) ?? { outcome: 'broken', reason: messageOf(error) };
  const step = trace.stepOfFailure(error);
  switch (outcome) {
    case 'broken':
      return { outcome: step && sellsByItself(step) ? 'indeterminate' : 'error', code, reason };
    case 'sold-out':
      return { outcome: step && WRITES_STOCK.has(accessOf(step.kind)) ? 'sold-out' : 'error', code, reason };
    default:
      return { outcome, code, reason };
  }
}

/** Whether the whole transaction may be tried again: PostgreSQL aborted it because of another, and rolled it back. */
export function isRetryable(error: unknown): boolean {
  return meaningOf(codeOf(error))?.isRetryable ?? false;
}

/** Whether a step may have sold without a COMMIT that comes later. */
function sellsByItself({ kind, inTransaction }: TakenStep): boolean {
  return !inTransaction && SELLS.has(accessOf(kind));
}

/** Whether a step of this try, other than the one that failed with `error`, may have sold for good. */
function hasPerhapsSold(error: unknown, trace: StepTrace): boolean {
  let hasWritten = false;
  for (const step of trace.stepsOfTry()) {
    if (step.kind === 'begin') hasWritten = false;
    else if (step.inTransaction) hasWritten ||= SELLS.has(accessOf(step.kind));
    else if (!sellsByItself(step) || !mayHaveWorked(step, error)) continue;
    else if (step.kind !== 'commit' || hasWritten) return true;
  }
  return false;
}

/** Whether a step succeeded, still runs, or broke off before `error` without a proof that it did nothing. */
function mayHaveWorked({ failure }: TakenStep, error: unknown): boolean {
  if (!failure) return true;
  return failure.error !== error && (meaningOf(codeOf(failure.error))?.outcome ?? 'broken') === 'broken';
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n').at(-1) ?? 'unknown failure';
}
