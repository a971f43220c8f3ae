import type { Strategy } from '@/model/strategy';

/*
 * T1  begin; select … for update   -> 1, row locked
 * T2  begin; select … for update   waits
 * T1  write stock = 0; insert order; commit
 * T2  gets the lock and reads the row as T1 left it -> 0
 * T2  sold out
 *
 * Protected: from the read to the commit nobody else can read for update or write the row (pessimistic lock).
 * Not protected: buyers of other rows taken in another order (deadlock), and everybody's patience.
 * Cost: the lock is held across the application's own work and three round trips; waiting buyers hold a pooled
 * connection each (lock convoy, pool exhaustion).
 */
export default {
  name: 'Select for update',
  expected: 'safe',
  summary: 'Locks the row before reading it and holds the lock until commit: one buyer at a time.',
  anomaly: 'lost update',
  price:
    'The lock is held over the application’s own work and several round trips, and each waiting buyer holds a connection.',
  usedBy: ['Saleor', 'Spree', 'Vendure'],
  references: [
    {
      title: 'PostgreSQL: Row-Level Locks',
      url: 'https://www.postgresql.org/docs/18/explicit-locking.html#LOCKING-ROWS',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'lock row': 'lock', think: 'think', 'write stock': 'write', 'insert order': 'order' },

  async purchase({ step, think, transaction }, { sku, quantity, attemptId }) {
    return transaction(async (tx) => {
      const rows = await step(
        'lock row',
        () => tx.$queryRaw<{ stock: number; version: number }[]>`
          select stock, version from items where sku = ${sku} for update`,
      );
      const seen = rows[0];
      if (!seen) return { outcome: 'unknown-sku' };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      await step('think', think);

      const remaining = seen.stock - quantity;
      await step('write stock', () =>
        tx.item.updateMany({ where: { sku }, data: { stock: remaining, version: { increment: 1 } } }),
      );
      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'select-for-update' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining, seen };
    });
  },
} satisfies Strategy;
