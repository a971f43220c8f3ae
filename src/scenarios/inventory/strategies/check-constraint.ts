import type { Strategy } from '@/model/strategy';

/*
 * T1  begin; update … set stock = stock - 1   -> 0, row locked
 * T2  begin; update … set stock = stock - 1   waits for T1's row lock
 * T1  insert order; commit
 * T2  computes 0 - 1 on the row as T1 left it -> 23514: check (stock >= 0) refuses it
 * T2  rolls back: sold out
 *
 * Protected: the table refuses a negative stock whoever writes it, so that no forgotten WHERE can oversell. The
 * database computes the decrement, so none is lost. Not protected: a write of an absolute value.
 * Cost: every buyer after the last unit is an error, in the answer and in the server's log.
 */
export default {
  name: 'Check constraint',
  expected: 'safe',
  summary: 'Decrements without asking; the table’s check (stock >= 0) refuses a value below zero.',
  anomaly: 'check-then-act race',
  price: 'A storm of errors once the item has sold out; buyers of one item queue on its row lock.',
  usedBy: [],
  references: [
    {
      title: 'PostgreSQL: Check Constraints',
      url: 'https://www.postgresql.org/docs/18/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'decrement stock': 'decide', 'insert order': 'order' },

  storage: {
    store: 'guarded stock',
    truth: 'own',
    async prepare({ db }, { sku, stock }) {
      await db.guardedStock.upsert({ where: { sku }, create: { sku, stock }, update: { stock } });
    },
    async remaining({ db }, sku) {
      const guarded = await db.guardedStock.findFirst({ where: { sku }, select: { stock: true } });
      return guarded && guarded.stock;
    },
    async clear({ db }, sku) {
      await db.guardedStock.deleteMany({ where: { sku } });
    },
  },

  async purchase({ step, transaction }, { sku, quantity, attemptId }) {
    return transaction(async (tx) => {
      const [row] = await step(
        'decrement stock',
        // the constraint's 23514 is left to the table of failures, which calls it sold out
        () => tx.$queryRaw<{ remaining: number }[]>`
          update guarded_stock set stock = stock - ${quantity} where sku = ${sku}
          returning stock as remaining`,
      );
      if (!row) return { outcome: 'unknown-sku' };
      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'check-constraint' },
          select: { id: true },
        }),
      );
      const { remaining } = row;
      return { outcome: 'accepted', orderId: order.id, remaining, seen: { stock: remaining + quantity } };
    });
  },
} satisfies Strategy;
