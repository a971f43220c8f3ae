import { Mutex } from 'async-mutex';
import type { PrismaClient } from '@/generated/prisma/client';
import { withTimeout } from '@/lib/with-timeout';

/** Class of the advisory lock under which servers of one database create and reset items ("ITEM" in ASCII). */
export const ITEM_LOCK_CLASS = 0x4954454d;
/** How long the work may take, and how long another server's is waited for. */
const WORK_MS = 15_000;

/** One at a time in this process too: whoever waits for the lock has a connection of the pool that the work needs. */
const here = new Mutex();

/**
 * Runs work that creates or resets an item while nothing else does, on this server or another one of the database: an
 * item is in several stores, which two at once would leave at odds. A server that stands still meanwhile loses the lock
 * with its connection.
 *
 * @throws what the work throws; Error when it takes longer than 15 s, or another server's does
 */
export function withItemLock<T>(db: PrismaClient, work: () => Promise<T>): Promise<T> {
  return here.runExclusive(() =>
    db.$transaction(
      async (holder) => {
        await holder.$executeRaw`
          select set_config('lock_timeout', ${String(WORK_MS)}, true),
            set_config('idle_in_transaction_session_timeout', ${String(2 * WORK_MS)}, true)`;
        await holder.$executeRaw`select pg_advisory_xact_lock(${ITEM_LOCK_CLASS}::int, 0)`;
        return withTimeout(work(), WORK_MS);
      },
      { maxWait: WORK_MS, timeout: 3 * WORK_MS },
    ),
  );
}
