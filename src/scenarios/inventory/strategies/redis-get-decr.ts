import type { Strategy } from '@/model/strategy';

/*
 * T1  Redis: GET counter      -> 1, enough
 * T2  Redis: GET counter      -> 1, enough
 * T1  Redis: DECRBY counter   -> 0
 * T2  Redis: DECRBY counter   -> -1
 * T1  PostgreSQL: insert order
 * T2  PostgreSQL: insert order   two orders for one unit, and the counter says so
 *
 * Protected: each command by itself, since Redis runs one at a time. Not protected: the gap between the two, in
 * which the answer of GET grows old (time of check to time of use). One Lua script instead of two commands closes it.
 * Hidden cost: the counter goes below zero, and nobody can serve the last orders.
 */

/** The braces are a hash tag: every key of an item stays on one node of a cluster. */
const counterKey = (sku: string) => `stock:{${sku}}`;

export default {
  name: 'Redis GET, then DECRBY',
  expected: 'unsafe',
  summary:
    'Asks Redis how many are left and takes them with a second command: others get in between, the counter goes negative.',
  anomaly: 'check-then-act race',
  price: 'Nothing to pay at the till; the counter goes below zero and the last orders cannot be served.',
  usedBy: ['many tutorials on flash sales'],
  references: [
    { title: 'Redis: DECRBY', url: 'https://redis.io/docs/latest/commands/decrby/' },
    {
      title: 'CWE-367: Time-of-check Time-of-use Race Condition',
      url: 'https://cwe.mitre.org/data/definitions/367.html',
    },
  ],
  idempotent: false,
  stores: ['redis', 'postgres'],
  steps: {
    'read counter': 'redis read',
    'look up item': 'sql',
    think: 'think',
    'decrement counter': 'redis write',
    'insert order': 'order',
    'give back': 'redis',
  },

  storage: {
    store: 'redis',
    truth: 'own',
    async prepare({ redis }, { sku, stock }) {
      await redis.set(counterKey(sku), stock);
    },
    async remaining({ redis }, sku) {
      const left = await redis.get(counterKey(sku));
      return left === null ? null : Number(left);
    },
    async clear({ redis }, sku) {
      await redis.del(counterKey(sku));
    },
  },

  async purchase({ db, redis, step, think, isDefinite }, { sku, quantity, attemptId }) {
    const left = await step('read counter', () => redis.get(counterKey(sku)));
    if (left === null) {
      const item = await step('look up item', () => db.item.findFirst({ where: { sku } }));
      if (!item) return { outcome: 'unknown-sku' };
      return { outcome: 'error', reason: `Redis has no counter for ${sku}; create the item again` };
    }
    const seen = { stock: Number(left) };
    if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

    await step('think', think);

    const remaining = await step('decrement counter', () => redis.decrBy(counterKey(sku), quantity));
    const insert = () =>
      db.order.create({
        data: { attemptId, sku, quantity, strategy: 'redis-get-decr' },
        select: { id: true },
      });
    const order = await step('insert order', insert).catch(async (error: unknown) => {
      // an order that may exist keeps its units: giving back on a guess would sell them twice
      if (isDefinite(error)) await step('give back', () => redis.incrBy(counterKey(sku), quantity));
      throw error;
    });
    return { outcome: 'accepted', orderId: order.id, remaining, seen };
  },
} satisfies Strategy;
