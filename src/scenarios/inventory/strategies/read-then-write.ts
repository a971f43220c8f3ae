import type { Strategy } from '@/model/strategy';

/*
 * T1  read stock            -> 1, enough
 * T2  read stock            -> 1, enough
 * T1  write stock = 1 - 1
 * T2  write stock = 1 - 1   overwrites T1's write: its unit is never deducted
 * T1  insert order
 * T2  insert order          two orders for one unit, stock reads 0
 *
 * Protected: nothing. The value written is computed from a value that may be stale by then (lost update, P4).
 * Hidden cost: stock falls too slowly, so the shop goes on selling long after the last unit has gone.
 */
export default {
  name: 'Read, then write',
  expected: 'unsafe',
  summary:
    'Reads the stock, decides in the application, writes back the new value: concurrent buyers overwrite each other.',
  anomaly: 'lost update',
  price: 'Nothing to pay at the till; the price is units sold that do not exist.',
  usedBy: ['Bagisto order items', 'Vendure until PR #4930', 'most first drafts'],
  references: [
    {
      title: 'A Critique of ANSI SQL Isolation Levels (P4)',
      url: 'https://www.microsoft.com/en-us/research/publication/a-critique-of-ansi-sql-isolation-levels/',
    },
    { title: 'Vendure, pull request 4930', url: 'https://github.com/vendure-ecommerce/vendure/pull/4930' },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'read stock': 'read', think: 'think', 'write stock': 'write', 'insert order': 'order' },

  async purchase({ db, step, think }, { sku, quantity, attemptId }) {
    // findFirst, because Prisma merges concurrent findUnique calls into one query and would change the race
    const seen = await step('read stock', () =>
      db.item.findFirst({ where: { sku }, select: { stock: true, version: true } }),
    );
    if (!seen) return { outcome: 'unknown-sku' };
    if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

    await step('think', think);

    const remaining = seen.stock - quantity;
    await step('write stock', () =>
      db.item.updateMany({ where: { sku }, data: { stock: remaining, version: { increment: 1 } } }),
    );
    const order = await step('insert order', () =>
      db.order.create({
        data: { attemptId, sku, quantity, strategy: 'read-then-write' },
        select: { id: true },
      }),
    );
    return { outcome: 'accepted', orderId: order.id, remaining, seen };
  },
} satisfies Strategy;
