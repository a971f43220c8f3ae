import type { PurchaseContext, Strategy, Transaction } from '@/model/strategy';

/*
 * T1  begin; take the lock                 -> granted
 * T1  read stock -> 1; write stock = 1 - 1; unlock; insert order
 * T2  begin; take the lock                 -> granted, T1 not yet committed
 * T2  read stock                           -> 1, what was committed last
 * T1  commit
 * T2  write stock = 1 - 1; insert order; commit   two orders for one unit, stock reads 0
 *
 * Protected: the read and the write, but not the time between unlock and commit, in which nobody else sees the write.
 * Hidden cost: the lock belongs to the session, so it outlives the transaction that took it: whatever fails before
 * the unlock can leave it on a pooled connection, where it shuts out every later buyer.
 */

/** The lock of an item, for as long as `body` runs; given back also when that fails. */
async function withLock<T>(
  tx: Transaction,
  { step }: PurchaseContext,
  sku: string,
  body: () => Promise<T>,
): Promise<T> {
  const key = `stock of ${sku}`;
  const unlock = () => tx.$executeRaw`select pg_advisory_unlock(hashtextextended(${key}, 0))`;
  await step('take lock', async () => {
    // two such waits end before the transaction's own time-out, after which nobody could unlock any more
    await tx.$executeRaw`set local lock_timeout = '3s'`;
    await tx.$executeRaw`savepoint unlocked`;
    await tx.$executeRaw`select pg_advisory_lock(hashtextextended(${key}, 0))`;
  });
  const result = await body().catch(async (error: unknown) => {
    await step('unlock', async () => {
      // a transaction that failed takes no other statement first, and a session's lock survives this one
      await tx.$executeRaw`rollback to savepoint unlocked`;
      await unlock();
    });
    throw error;
  });
  await step('unlock', unlock);
  return result;
}

export default {
  name: 'Advisory lock, released before commit',
  expected: 'unsafe',
  summary:
    'Holds a session’s advisory lock around read and write, but frees it before COMMIT has made the write visible.',
  anomaly: 'early release',
  price:
    'Oversells in a window no longer than a commit, hard to catch in a test, and locks that can leak with their connection.',
  usedBy: ['Shopper, on MySQL, until v2.12.3'],
  references: [
    {
      title: 'PostgreSQL: Advisory Locks',
      url: 'https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: {
    'take lock': 'lock',
    'read stock': 'read',
    think: 'think',
    'write stock': 'write',
    unlock: 'unlock',
    'insert order': 'order',
  },

  async purchase(context, { sku, quantity, attemptId }) {
    const { step, think, transaction } = context;
    return transaction(async (tx) => {
      const seen = await withLock(tx, context, sku, async () => {
        const item = await step('read stock', () =>
          tx.item.findFirst({ where: { sku }, select: { stock: true, version: true } }),
        );
        if (!item || item.stock < quantity) return item;

        await step('think', think);

        const remaining = item.stock - quantity;
        await step('write stock', () =>
          tx.item.updateMany({ where: { sku }, data: { stock: remaining, version: { increment: 1 } } }),
        );
        return item;
      });
      if (!seen) return { outcome: 'unknown-sku' };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'advisory-lock-early-unlock' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining: seen.stock - quantity, seen };
    });
  },
} satisfies Strategy;
