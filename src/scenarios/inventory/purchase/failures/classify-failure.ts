import { accessOf } from '@/model/step-kind';
import type { StepTrace } from '../step-trace';
import { isFailureCode, meaningOf } from './failure-table';
import type { FailureCode } from './failure-table';

/** How an attempt that failed has ended, and what to tell its buyer. */
export interface Failure {
  outcome: 'sold-out' | 'conflict' | 'error' | 'indeterminate';
  /** SQLSTATE, Prisma's or node-redis's code. */
  code: string;
  reason: string;
}

/** Steps after which the stock may be another, and those after which there may be an order, in whichever store. */
const WRITES_STOCK = new Set(['write', 'decide']);
const SELLS = new Set([...WRITES_STOCK, 'order', 'commit']);

/**
 * Turns what a strategy threw into an outcome. A broken connection proves that nothing was sold only where nothing
 * can have been written: before the first writing step, or inside a transaction whose COMMIT was never sent. The same
 * holds for a failure that the table does not know.
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

/** Whether the whole transaction may be tried again: PostgreSQL gave it up because of another, and rolled it back. */
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

/** What pg, and node-redis for scripts, say in words only. */
const TEXTS: readonly (readonly [RegExp, FailureCode])[] = [
  [/timeout exceeded when trying to connect/, 'PoolTimeout'],
  [/Connection terminated due to connection timeout|^timeout expired/, 'ConnectTimeout'],
  [/Connection terminated unexpectedly/, 'ConnectionTerminated'],
  [/encountered a connection error and is not queryable/, 'NotQueryable'],
  [/script: [0-9a-f]{40}\b/, 'ScriptError'],
];

/** The most specific code an error carries: SQLSTATE before Prisma's before the class name. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = adapterCause(error);
  if (cause) {
    if (typeof cause.originalCode === 'string') return cause.originalCode;
    if (typeof cause.kind === 'string' && isFailureCode(cause.kind)) return cause.kind;
  }
  if ('code' in error && typeof error.code === 'string') return error.code;
  const text = TEXTS.find(([pattern]) => pattern.test(error.message));
  return text ? text[1] : error.constructor.name;
}

/** What Prisma's driver adapter knew: on raw queries under `meta`, elsewhere as the cause. */
function adapterCause(error: Error): { originalCode?: unknown; kind?: unknown } | undefined {
  const meta =
    'meta' in error ? (error.meta as { driverAdapterError?: { cause?: unknown } } | undefined) : undefined;
  const cause = meta?.driverAdapterError?.cause ?? error.cause;
  return typeof cause === 'object' && cause !== null ? cause : undefined;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n').at(-1) ?? 'unknown failure';
}
