import type { Strategy } from '@/model/strategy';

/*
 * T1  begin; updateMany where stock >= 1, decrement 1   -> 1 row, locked
 * T2  begin; updateMany where stock >= 1, decrement 1   waits for T1's row lock
 * T1  read what is left -> 0; insert order; commit
 * T2  re-checks its condition on the row as T1 left it  -> 0 rows
 * T2  sold out
 *
 * Protected: Prisma sends one UPDATE with the condition in it, so check and decrement are one statement. A test reads
 * the SQL, because earlier versions have sent a SELECT first. Not protected: against a Prisma that does so again.
 * Cost: three statements and two ends of a transaction, where raw SQL needs one; the row stays locked all the while.
 */
export default {
  name: 'Prisma updateMany',
  expected: 'safe',
  summary:
    'Guards the decrement in the where of Prisma’s updateMany and sells if it counts one row: no SQL by hand.',
  anomaly: 'lost update',
  price:
    'Three statements with the row locked, where raw SQL needs one; the rows must be read to know what is left.',
  usedBy: ['Prisma guides'],
  references: [
    {
      title: 'Prisma: updateMany',
      url: 'https://www.prisma.io/docs/orm/reference/prisma-client-reference#updatemany',
    },
    { title: 'Prisma, issue 8612', url: 'https://github.com/prisma/prisma/issues/8612' },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'guarded update': 'decide', 'read what is left': 'read', 'insert order': 'order' },

  async purchase({ step, transaction }, { sku, quantity, attemptId }) {
    return transaction(async (tx) => {
      const { count } = await step('guarded update', () =>
        tx.item.updateMany({
          where: { sku, stock: { gte: quantity } },
          data: { stock: { decrement: quantity }, version: { increment: 1 } },
        }),
      );
      const left = await step('read what is left', () =>
        tx.item.findFirst({ where: { sku }, select: { stock: true, version: true } }),
      );
      if (!left) return { outcome: 'unknown-sku' };
      if (count === 0) return { outcome: 'sold-out', remaining: left.stock, seen: left };
      // the row is locked since it was written: what was overwritten can be told from what is there now
      const seen = { stock: left.stock + quantity, version: left.version - 1 };
      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'prisma-update-many' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining: left.stock, seen };
    });
  },
} satisfies Strategy;
