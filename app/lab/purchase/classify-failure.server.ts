import type { StepTrace } from './step-trace.server';

/** How an attempt that failed has ended, and what to tell its buyer. */
export interface Failure {
  outcome: 'sold-out' | 'conflict' | 'error' | 'indeterminate';
  /** SQLSTATE, Prisma's or node-redis's code. */
  code: string;
  reason: string;
}

/** `broken` means that the connection went: what that proves depends on the step it went in. */
interface Meaning {
  outcome: 'sold-out' | 'conflict' | 'error' | 'broken';
  reason: string;
  /** The transaction was given up for another's sake and may be tried again from its start. */
  isRetryable?: true;
}

const MEANINGS: Record<string, Meaning> = {
  // SQLSTATE: https://www.postgresql.org/docs/18/errcodes-appendix.html
  '40001': { outcome: 'conflict', reason: 'could not serialize access', isRetryable: true },
  '40P01': { outcome: 'conflict', reason: 'deadlock detected', isRetryable: true },
  '55P03': { outcome: 'conflict', reason: 'lock not granted in time' },
  '57014': { outcome: 'conflict', reason: 'statement took too long and was cancelled' },
  '23514': { outcome: 'sold-out', reason: 'a check constraint refused to go below zero' },
  '53300': { outcome: 'error', reason: 'PostgreSQL accepts no more connections' },
  '57P01': { outcome: 'broken', reason: 'PostgreSQL closed the connection' },
  '57P02': { outcome: 'broken', reason: 'PostgreSQL crashed' },
  '57P03': { outcome: 'error', reason: 'PostgreSQL is starting up or shutting down' },
  // Prisma: https://www.prisma.io/docs/orm/reference/error-reference
  P2024: { outcome: 'conflict', reason: 'no connection free in time' },
  P2028: { outcome: 'conflict', reason: 'no transaction in time' },
  P2034: { outcome: 'conflict', reason: 'write conflict or deadlock', isRetryable: true },
  P1001: { outcome: 'error', reason: 'PostgreSQL cannot be reached' },
  P1008: { outcome: 'broken', reason: 'PostgreSQL did not answer in time' },
  P1017: { outcome: 'broken', reason: 'PostgreSQL closed the connection' },
  P2037: { outcome: 'error', reason: 'PostgreSQL accepts no more connections' },
  // Prisma's adapter for pg, where it has no P code
  DatabaseNotReachable: { outcome: 'error', reason: 'PostgreSQL cannot be reached' },
  ConnectionClosed: { outcome: 'broken', reason: 'PostgreSQL closed the connection' },
  SocketTimeout: { outcome: 'broken', reason: 'PostgreSQL did not answer in time' },
  TooManyConnections: { outcome: 'error', reason: 'PostgreSQL accepts no more connections' },
  PoolTimeout: { outcome: 'conflict', reason: 'no connection free in time' },
  // Sockets
  ECONNREFUSED: { outcome: 'error', reason: 'connection refused' },
  ECONNRESET: { outcome: 'broken', reason: 'connection reset' },
  EPIPE: { outcome: 'broken', reason: 'connection closed while writing' },
  // node-redis, by the name of the error class
  ClientOfflineError: { outcome: 'error', reason: 'Redis cannot be reached' },
  ClientClosedError: { outcome: 'error', reason: 'the Redis client is closed' },
  SocketClosedUnexpectedlyError: { outcome: 'broken', reason: 'Redis closed the connection' },
  DisconnectsClientError: { outcome: 'broken', reason: 'Redis closed the connection' },
  AbortError: { outcome: 'error', reason: 'the Redis command was never sent' },
  TimeoutError: { outcome: 'broken', reason: 'Redis did not answer in time' },
  ErrorReply: { outcome: 'error', reason: 'Redis refused the command' },
  SimpleError: { outcome: 'error', reason: 'Redis refused the command' },
};

/**
 * Turns what a strategy threw into an outcome. A broken connection proves that nothing was sold only where nothing
 * can have been written: before the first writing step, or inside a transaction whose COMMIT was never sent.
 */
export function classifyFailure(error: unknown, trace: StepTrace): Failure {
  const code = codeOf(error);
  const meaning = MEANINGS[code];
  if (!meaning)
    return { outcome: maySell(error, trace) ? 'indeterminate' : 'error', code, reason: messageOf(error) };
  const { outcome, reason } = meaning;
  if (outcome !== 'broken') return { outcome, code, reason };
  return { outcome: maySell(error, trace) ? 'indeterminate' : 'error', code, reason };
}

/** Whether the whole transaction may be tried again: PostgreSQL gave it up because of another, and rolled it back. */
export function isRetryable(error: unknown): boolean {
  return MEANINGS[codeOf(error)]?.isRetryable ?? false;
}

function maySell(error: unknown, trace: StepTrace): boolean {
  if (trace.inTransaction()) return false;
  const kind = trace.kindOfFailure(error);
  return kind === 'commit' || kind === 'write' || kind === 'decide' || kind === 'order';
}

/** The most specific code an error carries: SQLSTATE before Prisma's before the class name. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (/timeout exceeded when trying to connect/.test(error.message)) return 'PoolTimeout';
  const cause = adapterCause(error);
  if (cause) {
    if (typeof cause.originalCode === 'string') return cause.originalCode;
    if (typeof cause.kind === 'string' && MEANINGS[cause.kind]) return cause.kind;
  }
  if ('code' in error && typeof error.code === 'string') return error.code;
  return MEANINGS[error.name] ? error.name : error.constructor.name;
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
