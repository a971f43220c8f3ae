import type { PrismaClient } from '@/generated/prisma/client';
import { deferred } from '@/lib/deferred';
import type { PurchaseContext, Step, Transaction } from '@/model/strategy';
import { REAL_CLOCK } from './attempt-clock';

/** How long a transaction may wait for a connection, and how long it may stay open, in ms. */
const MAX_WAIT_MS = 5_000;
const MAX_OPEN_MS = 9_000;

/**
 * Prisma's interactive transaction with its two ends as steps: `begin` lasts from requesting a connection until BEGIN
 * has run, `commit` from sending COMMIT until its response. An error of the body rolls back.
 */
export function createTransaction(
  db: PrismaClient,
  step: Step,
  timeout = REAL_CLOCK.timeout,
): PurchaseContext['transaction'] {
  return async (body, options) => {
    const begun = deferred<Transaction>();
    const bodyDone = deferred();
    const open = () =>
      db.$transaction(
        (tx) => {
          begun.resolve(tx);
          return bodyDone.promise;
        },
        { maxWait: timeout(MAX_WAIT_MS), timeout: timeout(MAX_OPEN_MS), ...options },
      );

    let running: Promise<void> = Promise.resolve();
    const tx = await step('begin', () => {
      running = open();
      running.catch(begun.reject);
      return begun.promise;
    });
    try {
      const result = await body(tx);
      await step('commit', () => {
        bodyDone.resolve();
        return running;
      });
      return result;
    } catch (error) {
      bodyDone.reject(error);
      await running.catch(() => undefined);
      throw error;
    }
  };
}
