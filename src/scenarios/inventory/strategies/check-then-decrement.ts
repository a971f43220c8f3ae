import type { Strategy } from '@/model/strategy';

/*
 * T1  read stock              -> 1, enough
 * T2  read stock              -> 1, enough
 * T1  stock = stock - 1       -> 0
 * T2  stock = stock - 1       -> -1
 * T1  insert order
 * T2  insert order            two orders for one unit, and the row says so
 *
 * Protected: no decrement is lost, since the database computes it. Not protected: the check, which is out of date
 * when the decrement runs (time of check to time of use).
 * Hidden cost: stock goes negative, and somebody has to cancel the orders it cannot serve.
 */
export default {
  name: 'Check, then decrement',
  expected: 'unsafe',
  summary:
    'Checks the stock first and decrements it in the database afterwards: the check is stale by then, stock goes negative.',
  anomaly: 'check-then-act race',
  price: 'Nothing to pay at the till; stock goes below zero and the last orders cannot be served.',
  usedBy: ['Shopware stock storage'],
  references: [
    {
      title: 'CWE-367: Time-of-check Time-of-use Race Condition',
      url: 'https://cwe.mitre.org/data/definitions/367.html',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'check stock': 'read', think: 'think', 'decrement stock': 'write', 'insert order': 'order' },

  async purchase({ db, step, think }, { sku, quantity, attemptId }) {
    const seen = await step('check stock', () =>
      db.item.findFirst({ where: { sku }, select: { stock: true, version: true } }),
    );
    if (!seen) return { outcome: 'unknown-sku' };
    if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

    await step('think', think);

    const [after] = await step('decrement stock', () =>
      db.item.updateManyAndReturn({
        where: { sku },
        data: { stock: { decrement: quantity }, version: { increment: 1 } },
        select: { stock: true },
      }),
    );
    if (!after) return { outcome: 'unknown-sku' };
    const order = await step('insert order', () =>
      db.order.create({
        data: { attemptId, sku, quantity, strategy: 'check-then-decrement' },
        select: { id: true },
      }),
    );
    return { outcome: 'accepted', orderId: order.id, remaining: after.stock, seen };
  },
} satisfies Strategy;
