import { describe, expect, onTestFinished } from 'vitest';
import { Explorer } from '@/explorer/explore';
import type { PurchaseContext } from '@/model/strategy';
import { PLAN_DEFAULTS } from '@/plan/catalogue-plans';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { watchedServices } from '@/services/health';
import { connectRedis } from '@/services/redis/redis-client';
import { testRedisUrl } from '../fixtures/database/database';
import type { TestDatabase } from '../fixtures/database/database';
import { openTcpGate } from '../fixtures/database/tcp-gate';
import type { TcpGate } from '../fixtures/database/tcp-gate';
import { explorerTest as test } from '../fixtures/explorer/explorer';
import type { Lab } from '../fixtures/explorer/explorer';
import type { Shop } from '../fixtures/shop/shop';
import { tinyStrategy } from '../fixtures/shop/tiny-strategy';

/** An explorer that reaches Redis by way of a gate. */
async function openGatedExplorer(
  { deps }: Lab,
  ...more: RegisteredStrategy[]
): Promise<{ explorer: Explorer; redisGate: TcpGate; away: Promise<void> }> {
  const redisGate = await openTcpGate(testRedisUrl());
  const redis = await connectRedis(redisGate.url, () => undefined);
  const away = new Promise<void>((resolve) => redis.once('reconnecting', resolve));
  const strategies = new Map([...deps.strategies, ...more.map((one) => [one.id, one] as const)]);
  const watched = watchedServices({ db: deps.db, redis, incident: () => undefined });
  const explorer = new Explorer({ ...deps, redis, watched, strategies });
  onTestFinished(async () => {
    await explorer.close();
    redis.destroy();
    await redisGate.close();
  });
  return { explorer, redisGate, away };
}

interface Loss {
  redisGate: TcpGate;
  database: TestDatabase;
  shop: Shop;
  context: PurchaseContext;
  sku: string;
}

/** Sells, and in a step of the attempt that it is armed for loses a service, of which it notices nothing. */
function losing(
  shop: Shop,
  lose: (context: PurchaseContext, sku: string) => Promise<unknown>,
): { strategy: RegisteredStrategy; arm: (attempt: number) => void } {
  let left = 0;
  const strategy = tinyStrategy(shop, 'loses a service', {
    steps: { lose: 'read', sell: 'write' },
    purchase: async (context, { sku, quantity }) => {
      const { db, step } = context;
      left -= 1;
      const isArmed = left === 0;
      await step('lose', async () => {
        await db.item.findFirst({ where: { sku } });
        if (isArmed) await lose(context, sku).catch(() => undefined);
      });
      const where = { sku, stock: { gte: quantity } };
      const data = { stock: { decrement: quantity } };
      const { count } = await step('sell', () => db.item.updateMany({ where, data }));
      return count === 0
        ? { outcome: 'sold-out', remaining: 0 }
        : { outcome: 'accepted', orderId: 'none', remaining: null };
    },
  });
  return { strategy: { ...strategy, stores: ['postgres', 'redis'] }, arm: (attempt) => (left = attempt) };
}

const LOSSES: [what: string, reason: RegExp, lose: (loss: Loss) => Promise<unknown>][] = [
  [
    'the connection to Redis, under a command',
    /^Redis was lost during the exploration: .+\.$/,
    async ({ redisGate, context: { redis }, sku }) => {
      redisGate.reset();
      await redis.get(sku);
    },
  ],
  [
    'the connection to Redis that an attempt has for itself',
    /^Redis was lost during the exploration: Redis (closed the connection|cannot be reached)\.$/,
    async ({ shop, context: { isolatedRedis }, sku }) =>
      isolatedRedis(async (own) => {
        const id = await own.clientId();
        await shop.redis.clientKill({ filter: 'ID', id });
        await own.get(sku);
      }),
  ],
  ['everything in Redis', /^Redis was emptied during the exploration\.$/, ({ shop }) => shop.redis.flushDb()],
  [
    'the connection to PostgreSQL, under a statement',
    /^PostgreSQL was lost during the exploration: PostgreSQL closed the connection\.$/,
    ({ context: { db } }) => db.$queryRaw`select pg_terminate_backend(pg_backend_pid())::text`,
  ],
  [
    'connections to PostgreSQL that nothing is sent over',
    /^PostgreSQL was lost during the exploration: PostgreSQL closed the connection\.$/,
    ({ database }) =>
      database.query(
        `select pg_terminate_backend(pid, 10000) from pg_stat_activity
         where datname = current_database() and application_name = 'oversell explored attempt'`,
      ),
  ],
];

describe('an exploration has no result, and a replay is no schedule, that has lost', () => {
  test.for(LOSSES)('%s', async ([, reason, lose], { lab, shop, database }) => {
    const { strategy, arm } = losing(shop, (context, sku) =>
      lose({ redisGate, database, shop, context, sku }),
    );
    const { explorer, redisGate } = await openGatedExplorer(lab, strategy);
    const plan = { ...PLAN_DEFAULTS, strategy: strategy.id };

    const { outcomes } = await explorer.explore(plan);
    expect(outcomes.map((row) => row.outcomes)).toEqual([['accepted', 'sold-out']]);
    const id = outcomes[0]?.example ?? '';
    arm(3);
    await expect(explorer.explore(plan)).rejects.toThrow(reason);
    // the loss is over
    expect(await explorer.replay(plan, id)).toMatchObject({ id });
    arm(1);
    await expect(explorer.replay(plan, id)).rejects.toThrow(reason);
  });
});

test('an exploration does not begin without Redis, unless its strategy needs none', async ({ lab }) => {
  const { explorer, redisGate, away } = await openGatedExplorer(lab);
  await redisGate.shut();
  await away;
  for (const strategy of ['redis-lock-naive', 'redis-lock-token', 'redis-lock-fenced'])
    await expect(explorer.explore({ ...PLAN_DEFAULTS, strategy, leaseExpiry: true })).rejects.toThrow(
      'Redis was lost before the exploration: Redis cannot be reached.',
    );
  const { verdict } = await explorer.explore({ ...PLAN_DEFAULTS, strategy: 'conditional-update' });
  expect(verdict).toBe('none-found');
});
