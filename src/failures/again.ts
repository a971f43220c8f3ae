import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './failure-table';

/** The connection failed, or PostgreSQL was shutting down or starting up: the statement itself was not refused. */
const LOST = new Set([
  '57P01',
  '57P02',
  '57P03',
  '53300',
  'ConnectionClosed',
  'ConnectionTerminated',
  'ConnectTimeout',
  'DatabaseNotReachable',
  'NotQueryable',
  'TooManyConnections',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
]);

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/** For statements that a user or a probe waits for: long enough for a new connection. */
export const BRIEFLY_MS = 400;
/** For what a race cannot do without: the dependency watch reports sooner that it is lost. */
export const PATIENTLY_MS = 5_000;

/** Whether the failure is one of the connection, so that a retry over another connection may help. */
export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error);
  return LOST.has(code) || /^08[0-9A-Z]{3}$/.test(code);
}

/**
 * Repeats the work while its connection is lost, for at most `forMs`. The lost work may have been carried out, so this
 * is only for work that may be done twice.
 *
 * @throws what the last try threw; a failure that is not one of the connection at once
 */
export async function again<T>(
  work: () => Promise<T>,
  { forMs, signal }: { forMs: number; signal?: AbortSignal },
): Promise<T> {
  const start = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      const isTooLate = performance.now() - start + pauseMs > forMs || signal?.aborted === true;
      if (isTooLate || !isConnectionLoss(error)) throw error;
      await sleep(pauseMs);
    }
  }
}
