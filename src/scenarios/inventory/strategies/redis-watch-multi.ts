import type { RedisUnderTest } from '@/model/redis-under-test';
import type { PurchaseContext, Strategy } from '@/model/strategy';

/*
 * T1  WATCH counter; GET   -> 1        each on a connection of its own
 * T2  WATCH counter; GET   -> 1
 * T1  MULTI; DECRBY; EXEC  -> 0
 * T2  MULTI; DECRBY; EXEC  -> refused: the counter has changed since WATCH
 * T2  backs off; WATCH; GET -> 0: sold out
 *
 * Protected: the decrement runs only if the counter is still the one that was read (optimistic concurrency control).
 * Not protected: fairness; a slow buyer can lose every round. Not the order in PostgreSQL either, which comes after:
 * a process that dies between the two has taken a unit that nobody bought.
 * Cost: a connection for each buyer, since WATCH belongs to the connection; under contention most tries are wasted.
 */
const MAX_TRIES = 30;

/** The braces are a hash tag: every key of an item stays on one node of a cluster. */
const counterKey = (sku: string) => `watched-stock:{${sku}}`;

/** node-redis exports the class, but a strategy imports no client. */
function isWatchError(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === 'WatchError';
}

type Take = Pick<PurchaseContext, 'step' | 'think'> & { sku: string; quantity: number };

/** One try: the units left after and before it, `null` without a counter, or that somebody was faster. */
async function tryToTake(
  redis: RedisUnderTest,
  { step, think, sku, quantity }: Take,
): Promise<{ stock: number; left?: number } | 'overtaken' | null> {
  const key = counterKey(sku);
  const read = await step('watch and read', async () => {
    await redis.watch(key);
    return redis.get(key);
  });
  const stock = Number(read);
  if (read === null || stock < quantity) {
    await step('stop watching', () => redis.unwatch());
    return read === null ? null : { stock };
  }
  await step('think', think);

  try {
    const [left] = await step('write if unchanged', () => redis.multi().decrBy(key, quantity).exec());
    return { stock, left: Number(left) };
  } catch (error) {
    if (isWatchError(error)) return 'overtaken';
    throw error;
  }
}

export default {
  name: 'Redis WATCH and MULTI',
  expected: 'safe',
  summary:
    'Redis runs the decrement only if the counter has not changed since it was read; otherwise the buyer backs off and tries again.',
  anomaly: 'check-then-act race',
  price: 'A Redis connection for each buyer; under contention most tries are wasted.',
  usedBy: ['node-redis documentation'],
  references: [
    {
      title: 'Redis: Transactions (optimistic locking with WATCH)',
      url: 'https://redis.io/docs/latest/develop/using-commands/transactions/',
    },
  ],
  idempotent: false,
  stores: ['redis', 'postgres'],
  steps: {
    'watch and read': 'redis read',
    'stop watching': 'redis',
    'look up item': 'sql',
    think: 'think',
    'write if unchanged': 'redis write',
    'back off': 'retry',
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

  async purchase(context, { sku, quantity, attemptId }) {
    const { db, redis, step, isolatedRedis, backOff, isDefinite } = context;
    let taken = await isolatedRedis((own) => tryToTake(own, { ...context, sku, quantity }));
    for (let tries = 1; taken === 'overtaken'; tries += 1) {
      if (tries === MAX_TRIES) return { outcome: 'conflict', reason: `overtaken ${MAX_TRIES} times` };
      await step('back off', () => backOff(tries));
      taken = await isolatedRedis((own) => tryToTake(own, { ...context, sku, quantity }));
    }
    if (taken === null) {
      const item = await step('look up item', () => db.item.findFirst({ where: { sku } }));
      if (!item) return { outcome: 'unknown-sku' };
      return { outcome: 'error', reason: `Redis has no counter for ${sku}; create the item again` };
    }
    const { stock, left } = taken;
    if (left === undefined) return { outcome: 'sold-out', remaining: stock, seen: { stock } };

    const data = { attemptId, sku, quantity, strategy: 'redis-watch-multi' };
    const insert = () => db.order.create({ data, select: { id: true } });
    const order = await step('insert order', insert).catch(async (error: unknown) => {
      // an order that may exist keeps its units: giving back on a guess would sell them twice
      if (isDefinite(error)) await step('give back', () => redis.incrBy(counterKey(sku), quantity));
      throw error;
    });
    return { outcome: 'accepted', orderId: order.id, remaining: left, seen: { stock } };
  },
} satisfies Strategy;
