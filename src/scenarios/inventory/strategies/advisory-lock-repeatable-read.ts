import type { Strategy, Transaction } from '@/model/strategy';

/*
 * T1  begin repeatable read; take the lock     -> granted
 * T2  begin repeatable read; take the lock     waits, the transaction's snapshot already taken
 * T1  count holds -> 1 left; insert hold; insert order; commit, which frees the lock
 * T2  granted; count holds by the old snapshot -> 1 left
 * T2  insert hold; insert order; commit        two orders for one unit
 *
 * Protected: nobody else holds the lock until the commit. Not protected: every read, since the first statement fixes
 * the snapshot of the whole transaction, and that statement is the wait for the lock. Were the stock one row that all
 * write, PostgreSQL would refuse the second write (40001); holds are rows of their own, and it has nothing to refuse.
 * Hidden cost: a stricter isolation level makes the same code that holds at READ COMMITTED oversell.
 */

/** Units of an item without those on hold; no row for an unknown sku. */
const countAvailable = (db: Transaction, sku: string) => db.$queryRaw<{ stock: number }[]>`
  select (stock - coalesce((select sum(quantity) from holds where holds.sku = items.sku), 0))::int as stock
  from items where sku = ${sku}`;

export default {
  name: 'Advisory lock at Repeatable Read',
  expected: 'unsafe',
  summary:
    'Takes the lock in its first statement at REPEATABLE READ, which fixes the snapshot before the lock was granted.',
  anomaly: 'stale snapshot',
  price: 'All the waiting of a lock, without its protection.',
  usedBy: [],
  references: [
    {
      title: 'PostgreSQL: Repeatable Read Isolation Level',
      url: 'https://www.postgresql.org/docs/18/transaction-iso.html#XACT-REPEATABLE-READ',
    },
    {
      title: 'PostgreSQL: Enforcing Consistency with Explicit Blocking Locks',
      url: 'https://www.postgresql.org/docs/18/applevel-consistency.html#NON-SERIALIZABLE-CONSISTENCY',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: {
    'take lock': 'lock',
    'count holds': 'read',
    think: 'think',
    'insert hold': 'write',
    'insert order': 'order',
  },

  storage: {
    store: 'holds',
    truth: 'own',
    async prepare({ db }, { sku }) {
      await db.hold.deleteMany({ where: { sku } });
    },
    async remaining({ db }, sku) {
      const [available] = await countAvailable(db, sku);
      return available?.stock ?? null;
    },
    async clear({ db }, sku) {
      await db.hold.deleteMany({ where: { sku } });
    },
  },

  async purchase({ step, think, transaction }, { sku, quantity, attemptId }) {
    return transaction(
      async (tx) => {
        await step(
          'take lock',
          () => tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`stock of ${sku}`}, 0))`,
        );
        const [seen] = await step('count holds', () => countAvailable(tx, sku));
        if (!seen) return { outcome: 'unknown-sku' };
        if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

        await step('think', think);

        await step('insert hold', () => tx.hold.create({ data: { sku, quantity, attemptId } }));
        const order = await step('insert order', () =>
          tx.order.create({
            data: { attemptId, sku, quantity, strategy: 'advisory-lock-repeatable-read' },
            select: { id: true },
          }),
        );
        return { outcome: 'accepted', orderId: order.id, remaining: seen.stock - quantity, seen };
      },
      { isolationLevel: 'RepeatableRead' },
    );
  },
} satisfies Strategy;
