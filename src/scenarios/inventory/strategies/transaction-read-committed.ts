import type { Strategy } from '@/model/strategy';

/*
 * T1  begin; read stock        -> 1, enough
 * T2  begin; read stock        -> 1, enough: reading locks nothing
 * T1  write stock = 1 - 1; insert order; commit
 * T2  write stock = 1 - 1      overwrites T1's write: its unit is never deducted
 * T2  insert order; commit     two orders for one unit, stock reads 0
 *
 * Protected: that stock and order are written together or not at all. Not protected: what was read, which another
 * transaction may change before this one writes; READ COMMITTED, the default, allows it (lost update, P4).
 * Hidden cost: it looks guarded, and pays for a connection held through the application's own work.
 */
export default {
  name: 'Transaction at Read Committed',
  expected: 'unsafe',
  summary:
    'Reads and writes inside a transaction: it makes the writes atomic, but does not keep the value read from changing.',
  anomaly: 'lost update',
  price: 'A connection held through the application’s own work, and units sold that do not exist.',
  usedBy: ['Saleor (issue 543)', 'Magento 2 (issue 6363)', 'several of the shops that ACIDRain attacked'],
  references: [
    {
      title: 'PostgreSQL: Read Committed Isolation Level',
      url: 'https://www.postgresql.org/docs/18/transaction-iso.html#XACT-READ-COMMITTED',
    },
    {
      title: 'ACIDRain: Concurrency-Related Attacks on Database-Backed Web Applications',
      url: 'https://doi.org/10.1145/3035918.3064037',
    },
    { title: 'Saleor, issue 543', url: 'https://github.com/saleor/saleor/issues/543' },
    { title: 'Magento 2, issue 6363', url: 'https://github.com/magento/magento2/issues/6363' },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'read stock': 'read', think: 'think', 'write stock': 'write', 'insert order': 'order' },

  async purchase({ step, think, transaction }, { sku, quantity, attemptId }) {
    return transaction(async (tx) => {
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
          data: { attemptId, sku, quantity, strategy: 'transaction-read-committed' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining, seen };
    });
  },
} satisfies Strategy;
