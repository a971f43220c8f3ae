import type { Strategy } from '@/model/strategy';

/*
 * T1  begin; select … for update   -> 1, row locked
 * T2  begin; select … for update   waits, for a quarter of a second at most
 * T2  55P03: gives up, conflict    though there may be units left
 * T1  write stock = 0; insert order; commit
 *
 * Protected: as with any lock on the row, nobody else writes it between read and commit. Not protected: buyers who
 * come while it is held, and are turned away from an item that may not be sold out (false "busy").
 * Cost: the lock is still held over the application's own work, but nobody's connection waits for long.
 */
export default {
  name: 'Lock, or fail fast',
  expected: 'safe',
  summary:
    'Locks the row before reading it, but waits for it only briefly and answers "busy" instead of queueing.',
  anomaly: 'lost update',
  price: 'Buyers are turned away while units are left; in return, a slow buyer cannot exhaust the pool.',
  usedBy: ['pretix (3 s)', 'Medusa (pull request 16575)', 'Solidus'],
  references: [
    {
      title: 'PostgreSQL: lock_timeout',
      url: 'https://www.postgresql.org/docs/18/runtime-config-client.html#GUC-LOCK-TIMEOUT',
    },
    { title: 'Medusa, pull request 16575', url: 'https://github.com/medusajs/medusa/pull/16575' },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'lock row': 'lock', think: 'think', 'write stock': 'write', 'insert order': 'order' },

  async purchase({ step, think, transaction }, { sku, quantity, attemptId }) {
    return transaction(async (tx) => {
      // 55P03 is left to the table of failures, which calls it a conflict
      const [seen] = await step('lock row', async () => {
        await tx.$executeRaw`set local lock_timeout = '250ms'`;
        return tx.$queryRaw<{ stock: number; version: number }[]>`
          select stock, version from items where sku = ${sku} for update`;
      });
      if (!seen) return { outcome: 'unknown-sku' };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      await step('think', think);

      const remaining = seen.stock - quantity;
      await step('write stock', () =>
        tx.item.updateMany({ where: { sku }, data: { stock: remaining, version: { increment: 1 } } }),
      );
      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'lock-fail-fast' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining, seen };
    });
  },
} satisfies Strategy;
