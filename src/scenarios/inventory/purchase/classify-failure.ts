import { codeOf, meaningOf } from '@/failures/failure-table';
import { accessOf } from '@/model/step-kind';
import type { StepTrace } from './step-trace';

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
 * Turns an error of a strategy into an outcome. A broken connection proves that nothing was sold only where nothing can
 * have been written: before the first writing step, or inside a transaction whose COMMIT was never sent. The same holds
 * for a failure that the table does not know.
 */
export function classifyFailure(error: unknown, trace: StepTrace): Failure {
  const code = codeOf(error);
  const { outcome, reason } = meaningOf(code) ?? { outcome: 'broken', reason: messageOf(error) };
  switch (outcome) {
    case 'broken':
      return { outcome: maySell(error, trace) ? 'indeterminate' : 'error', code, reason };
    case 'sold-out':
      return { outcome: writesStock(error, trace) ? 'sold-out' : 'error', code, reason };
    default:
      return { outcome, code, reason };
  }
}

/** Whether the whole transaction may be tried again: PostgreSQL aborted it because of another, and rolled it back. */
export function isRetryable(error: unknown): boolean {
  return meaningOf(codeOf(error))?.isRetryable ?? false;
}

function writesStock(error: unknown, trace: StepTrace): boolean {
  return WRITES_STOCK.has(accessOfFailure(error, trace));
}

function maySell(error: unknown, trace: StepTrace): boolean {
  return !trace.inTransaction() && SELLS.has(accessOfFailure(error, trace));
}

function accessOfFailure(error: unknown, trace: StepTrace): string {
  const kind = trace.kindOfFailure(error);
  return kind === undefined ? '' : accessOf(kind);
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n').at(-1) ?? 'unknown failure';
}
