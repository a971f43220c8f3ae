/** What a failure means, whichever step it came out of. */
export interface Meaning {
  /**
   * - `sold-out`: the stock itself refused, if the step was one that writes stock; else an `error`.
   * - `conflict`, `error`: certainly sold nothing, whatever the step was.
   * - `broken`: sent, but no complete response arrived; what that proves depends on the step.
   */
  outcome: 'sold-out' | 'conflict' | 'error' | 'broken';
  reason: string;
  /** The database aborted the transaction in favour of another; it may be tried again from its start. */
  isRetryable?: true;
}

/**
 * Failures of PostgreSQL and of the way to it, by SQLSTATE (https://www.postgresql.org/docs/18/errcodes-appendix.html),
 * Prisma's code (https://www.prisma.io/docs/orm/reference/error-reference) or the kind that Prisma's adapter for pg
 * gives it. The last four are named here: pg raises them with a message only.
 */
export const POSTGRES_FAILURES = {
  '40001': { outcome: 'conflict', reason: 'could not serialize access', isRetryable: true },
  '40P01': { outcome: 'conflict', reason: 'deadlock detected', isRetryable: true },
  '55P03': { outcome: 'conflict', reason: 'lock not granted in time' },
  '57014': { outcome: 'conflict', reason: 'statement took too long and was cancelled' },
  '23505': { outcome: 'conflict', reason: 'another purchase has written a row that must be unique' },
  '23514': { outcome: 'sold-out', reason: 'a check constraint refused the row' },
  '53300': { outcome: 'error', reason: 'PostgreSQL accepts no more connections' },
  '57P01': { outcome: 'broken', reason: 'PostgreSQL closed the connection' },
  '57P03': { outcome: 'error', reason: 'PostgreSQL is starting up or shutting down' },
  P2028: { outcome: 'conflict', reason: 'no transaction in time' },
  DatabaseNotReachable: { outcome: 'error', reason: 'PostgreSQL cannot be reached' },
  ConnectionClosed: { outcome: 'broken', reason: 'the connection to PostgreSQL was reset' },
  ConnectionTerminated: { outcome: 'broken', reason: 'the connection to PostgreSQL ended' },
  NotQueryable: { outcome: 'error', reason: 'the connection had ended before the statement was sent' },
  PoolTimeout: { outcome: 'conflict', reason: 'no connection free in time' },
  ConnectTimeout: { outcome: 'error', reason: 'PostgreSQL did not take the connection in time' },
} as const satisfies Record<string, Meaning>;

/** Failures of Redis and of the way to it, by socket code or by the name of node-redis's error class. */
export const REDIS_FAILURES = {
  ClientOfflineError: { outcome: 'error', reason: 'Redis cannot be reached' },
  ClientClosedError: { outcome: 'error', reason: 'the Redis client is closed' },
  SocketClosedUnexpectedlyError: { outcome: 'broken', reason: 'Redis closed the connection' },
  DisconnectsClientError: { outcome: 'broken', reason: 'the Redis client was closed before the answer' },
  ECONNRESET: { outcome: 'broken', reason: 'the connection to Redis was reset' },
  SocketTimeoutError: { outcome: 'broken', reason: 'Redis did not answer in time' },
  TimeoutError: { outcome: 'conflict', reason: 'no Redis connection free in time' },
  SimpleError: { outcome: 'error', reason: 'Redis refused the command' },
  // named here: a script is not rolled back, and what it wrote before the command that failed stays written
  // (https://redis.io/docs/latest/develop/programmability/eval-intro/)
  ScriptError: { outcome: 'broken', reason: 'a Redis script failed half-way' },
} as const satisfies Record<string, Meaning>;

/** Every failure whose meaning is known; docs/failures.md says why each is what it is. */
export const FAILURES = { ...POSTGRES_FAILURES, ...REDIS_FAILURES };

export type PostgresFailureCode = keyof typeof POSTGRES_FAILURES;
export type RedisFailureCode = keyof typeof REDIS_FAILURES;
export type FailureCode = PostgresFailureCode | RedisFailureCode;
/** Codes of the rows that a strategy may try again. */
export type RetryableCode = {
  [Code in FailureCode]: (typeof FAILURES)[Code] extends { isRetryable: true } ? Code : never;
}[FailureCode];

/** The meaning of a code; `undefined` if the table has no such row. */
export function meaningOf(code: string): Meaning | undefined {
  return isFailureCode(code) ? FAILURES[code] : undefined;
}

export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(FAILURES, code);
}

/** Failures that pg, and node-redis for scripts, report only by their text. */
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

/** What Prisma's driver adapter knew about the failure: on raw queries under `meta`, elsewhere as the cause. */
function adapterCause(error: Error): { originalCode?: unknown; kind?: unknown } | undefined {
  const meta =
    'meta' in error ? (error.meta as { driverAdapterError?: { cause?: unknown } } | undefined) : undefined;
  const cause = meta?.driverAdapterError?.cause ?? error.cause;
  return typeof cause === 'object' && cause !== null ? cause : undefined;
}
