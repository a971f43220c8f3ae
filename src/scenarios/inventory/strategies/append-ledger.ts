import type { Strategy } from '@/model/strategy';

/*
 * T1  begin; sum the ledger            -> 1, enough
 * T2  begin; sum the ledger            -> 1, enough
 * T1  append -1; insert order; commit
 * T2  append -1; insert order; commit  the ledger sums to -1: two orders for one unit
 *
 * Protected: no update is ever lost, since nothing is overwritten. Not protected: the sum that was checked. Each
 * buyer writes a row of its own, so no two writes meet and nothing makes one of them wait or fail (write skew).
 * Hidden cost: the sum grows with the ledger, until somebody compacts it.
 */
export default {
  name: 'Append-only ledger',
  expected: 'unsafe',
  summary:
    'Sums the movements of an item, then appends its own: buyers write different rows, so nothing stops the second.',
  anomaly: 'write skew',
  price: 'No buyer waits; reading costs more with every sale, and the sum goes below zero.',
  usedBy: ['Magento MSI reservations'],
  references: [
    { title: 'Magento 2, issue 25653', url: 'https://github.com/magento/magento2/issues/25653' },
    {
      title: 'A Critique of ANSI SQL Isolation Levels (A5B, write skew)',
      url: 'https://www.microsoft.com/en-us/research/publication/a-critique-of-ansi-sql-isolation-levels/',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'sum ledger': 'read', think: 'think', 'append entry': 'write', 'insert order': 'order' },

  storage: {
    store: 'ledger',
    truth: 'own',
    async prepare({ db }, { sku, stock }) {
      await db.$transaction([
        db.ledgerEntry.deleteMany({ where: { sku } }),
        db.ledgerEntry.create({ data: { sku, delta: stock, attemptId: 'opening stock' } }),
      ]);
    },
    async remaining({ db }, sku) {
      const { _sum } = await db.ledgerEntry.aggregate({ where: { sku }, _sum: { delta: true } });
      return _sum.delta;
    },
    async clear({ db }, sku) {
      await db.ledgerEntry.deleteMany({ where: { sku } });
    },
  },

  async purchase({ step, think, transaction }, { sku, quantity, attemptId }) {
    return transaction(async (tx) => {
      const { _sum } = await step('sum ledger', () =>
        tx.ledgerEntry.aggregate({ where: { sku }, _sum: { delta: true } }),
      );
      if (_sum.delta === null) return { outcome: 'unknown-sku' };
      const seen = { stock: _sum.delta };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      await step('think', think);

      await step('append entry', () => tx.ledgerEntry.create({ data: { sku, delta: -quantity, attemptId } }));
      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'append-ledger' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining: seen.stock - quantity, seen };
    });
  },
} satisfies Strategy;
