import type { Strategy } from '@/model/strategy';

/*
 * T1  begin; lock and read stock, one statement    -> 1
 * T2  begin; lock and read stock, one statement    waits, its snapshot already taken
 * T1  write stock = 1 - 1; insert order; commit    frees the lock
 * T2  granted; reads stock by its old snapshot     -> 1
 * T2  write stock = 1 - 1; insert order; commit    two orders for one unit, stock reads 0
 *
 * Protected: nobody else holds the lock from here to the commit. Not protected: the read. A statement's snapshot is
 * taken when it starts, before it waits, and an advisory lock changes no row that PostgreSQL would read again.
 * Hidden cost: buyers wait for each other with a connection each, and the shop oversells all the same.
 */
export default {
  name: 'Advisory lock and read in one statement',
  expected: 'unsafe',
  summary:
    'Takes the lock and reads in the same statement: the read belongs to the moment before the lock was granted.',
  anomaly: 'stale snapshot',
  price: 'All the waiting of a lock, without its protection.',
  usedBy: [],
  references: [
    {
      title: 'PostgreSQL: Advisory Locks',
      url: 'https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS',
    },
    {
      title: 'PostgreSQL: Read Committed Isolation Level',
      url: 'https://www.postgresql.org/docs/18/transaction-iso.html#XACT-READ-COMMITTED',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'lock and read stock': 'lock', think: 'think', 'write stock': 'write', 'insert order': 'order' },

  async purchase({ step, think, transaction }, { sku, quantity, attemptId }) {
    return transaction(async (tx) => {
      const rows = await step(
        'lock and read stock',
        // ::text, because Prisma cannot read the function's result, which is void
        () => tx.$queryRaw<{ stock: number; version: number }[]>`
          select stock, version, pg_advisory_xact_lock(hashtextextended(${`stock of ${sku}`}, 0))::text
          from items where sku = ${sku}`,
      );
      const [row] = rows;
      if (!row) return { outcome: 'unknown-sku' };
      const seen = { stock: row.stock, version: row.version };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      await step('think', think);

      const remaining = seen.stock - quantity;
      await step('write stock', () =>
        tx.item.updateMany({ where: { sku }, data: { stock: remaining, version: { increment: 1 } } }),
      );
      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'advisory-lock-one-statement' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining, seen };
    });
  },
} satisfies Strategy;
