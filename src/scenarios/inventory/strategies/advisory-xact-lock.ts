import type { Strategy } from '@/model/strategy';

/*
 * T1  begin; take the lock of this sku       -> granted
 * T2  begin; take the lock of this sku       waits
 * T1  read stock -> 1; write stock = 1 - 1; insert order; commit, which frees the lock
 * T2  granted; read stock, a later statement -> 0
 * T2  sold out
 *
 * Protected: lock first, read in a later statement, so that its snapshot is taken after the lock was granted (READ
 * COMMITTED). The lock lasts until after the commit. Not protected: against writers that do not take the lock.
 * Cost: buyers of one item wait for each other with a pooled connection each.
 */
export default {
  name: 'Advisory lock',
  expected: 'safe',
  summary: 'Takes an advisory lock on the sku until commit, and reads only after it was granted.',
  anomaly: 'lost update',
  price:
    'Buyers of one item wait for each other with a pooled connection each; every writer has to take the lock.',
  usedBy: ['pretix', 'Saleor'],
  references: [
    {
      title: 'PostgreSQL: Advisory Locks',
      url: 'https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS',
    },
    {
      title: 'PostgreSQL: Advisory Lock Functions',
      url: 'https://www.postgresql.org/docs/18/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: {
    'take lock': 'lock',
    'read stock': 'read',
    think: 'think',
    'write stock': 'write',
    'insert order': 'order',
  },

  async purchase({ step, think, transaction }, { sku, quantity, attemptId }) {
    return transaction(async (tx) => {
      // executeRaw, because Prisma cannot read the function's result, which is void
      await step(
        'take lock',
        () => tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`stock of ${sku}`}, 0))`,
      );
      const seen = await step('read stock', () =>
        tx.item.findFirst({ where: { sku }, select: { stock: true, version: true } }),
      );
      if (!seen) return { outcome: 'unknown-sku' };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      await step('think', think);

      const remaining = seen.stock - quantity;
      await step('write stock', () =>
        tx.item.updateMany({ where: { sku }, data: { stock: remaining, version: { increment: 1 } } }),
      );
      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'advisory-xact-lock' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining, seen };
    });
  },
} satisfies Strategy;
