import { describe, expect, onTestFinished } from 'vitest';
import { purchase } from '@/scenarios/inventory/purchase/purchase';
import { createPrisma } from '@/services/postgres/prisma';
import { findLeftovers } from '../fixtures/server/leftovers';
import { inContext } from '../fixtures/shop/mutate';
import { shopTest as test } from '../fixtures/shop/shop';
import { startStepped } from '../fixtures/shop/stepped-purchase';

/** Unsafe and conditional strategies that use Redis, under the schedules of their opening comments. */

describe('redis-get-decr', () => {
  test('two buyers read one unit and both take it: the counter goes below zero', async ({ shop }) => {
    const strategy = shop.strategy('redis-get-decr');
    const sku = await shop.createItem(strategy, 1);
    const t1 = shop.step(strategy, sku, 't1');
    const t2 = shop.step(strategy, sku, 't2');

    await t1.runUntil('decrement counter');
    await t2.runUntil('decrement counter');

    const seen = { stock: 1 };
    expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 0, seen });
    expect(await t2.finish()).toMatchObject({ outcome: 'accepted', remaining: -1, seen });
    const { stock, orders } = await shop.rows(strategy, sku);
    expect(stock).toBe(-1);
    expect(orders.map(({ attemptId }) => attemptId)).toEqual(['t1', 't2']);
  });
});

describe('redis-lock-naive', () => {
  test('a holder past its lease deletes the lock of the next, and lets a third one in', async ({ shop }) => {
    const strategy = shop.strategy('redis-lock-naive');
    const sku = await shop.createItem(strategy, 2);
    const lock = `naive-lock:{${sku}}`;
    const t1 = shop.step(strategy, sku, 't1');
    const t2 = shop.step(strategy, sku, 't2');
    const t3 = shop.step(strategy, sku, 't3');

    await t1.runUntil('write stock');
    // its lease runs out
    await shop.redis.del(lock);
    await t2.runUntil('write stock');
    // that of T2 does not: this is its lock, as the value names no holder
    await shop.redis.set(lock, 'locked');
    expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 1, seen: { stock: 2 } });
    expect(await shop.redis.exists(lock)).toBe(0);
    await t3.runUntil('write stock');

    expect(await t2.finish()).toMatchObject({ outcome: 'accepted', remaining: 1, seen: { stock: 2 } });
    expect(await t3.finish()).toMatchObject({ outcome: 'accepted', remaining: 0, seen: { stock: 1 } });
    const { stock, orders } = await shop.rows(strategy, sku);
    expect(stock).toBe(0);
    expect(orders.map(({ attemptId }) => attemptId)).toEqual(['t1', 't2', 't3']);
  });
});

describe('redis-lock-token', () => {
  test('holds while no holder stands still past its lease: the second waits, and reads what is left', async ({
    shop,
  }) => {
    const strategy = shop.strategy('redis-lock-token');
    const sku = await shop.createItem(strategy, 1);
    const t1 = shop.step(strategy, sku, 't1');
    const t2 = shop.step(strategy, sku, 't2');
    await t1.runUntil('write stock');

    const second = t2.finish();
    await shop.waitForRedis();
    expect(t2.at()).toBe('take lock');

    expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 0 });
    expect(await second).toMatchObject({ outcome: 'sold-out', remaining: 0 });
    expect(await shop.rows(strategy, sku)).toMatchObject({ stock: 0, orders: [{ attemptId: 't1' }] });
  });

  test('breaks when one does: two holders sell the last unit, although neither deletes the other’s lock', async ({
    shop,
  }) => {
    const strategy = shop.strategy('redis-lock-token');
    const sku = await shop.createItem(strategy, 1);
    const lock = `token-lock:{${sku}}`;
    const t1 = shop.step(strategy, sku, 't1', { renewsLocks: false });
    const t2 = shop.step(strategy, sku, 't2');
    await t1.runUntil('write stock');
    await shop.redis.pExpire(lock, 0);
    await t2.runUntil('write stock');

    expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 0, seen: { version: 0 } });
    expect(await shop.redis.exists(lock)).toBe(1);
    expect(await t2.finish()).toMatchObject({ outcome: 'accepted', remaining: 0, seen: { version: 0 } });
    const { stock, orders } = await shop.rows(strategy, sku);
    expect(stock).toBe(0);
    expect(orders.map(({ attemptId }) => attemptId)).toEqual(['t1', 't2']);
  });

  test('gives up before writing when it is told in time that its lock is lost', async ({ shop }) => {
    const strategy = shop.strategy('redis-lock-token');
    const sku = await shop.createItem(strategy, 1);
    const toldSo = inContext((context) => ({
      ...context,
      acquireLock: async () => ({ isLost: () => true, release: async () => false }),
    }))(strategy);

    const result = await shop.buy(toldSo, sku);

    expect(result).toMatchObject({ outcome: 'conflict' });
    expect(await shop.rows(strategy, sku)).toMatchObject({ stock: 1, orders: [] });
  });

  test('a write that breaks off stays indeterminate, whatever becomes of the lock afterwards', async ({
    shop,
    database,
  }) => {
    const strategy = shop.strategy('redis-lock-token');
    const sku = await shop.createItem(strategy, 1);
    const victim = createPrisma(database.url, { size: 1, name: 'victim' });
    onTestFinished(() => victim.$disconnect());
    const t1 = startStepped({ ...shop, db: victim }, strategy, { sku, quantity: 1, attemptId: 't1' });
    await t1.runUntil('write stock');

    const result = await shop.db.$transaction(async (tx) => {
      await tx.$executeRaw`select from items where sku = ${sku} for update`;
      const blocked = t1.finish();
      await shop.waitUntilBlocked();
      await tx.$queryRaw`
        select pg_terminate_backend(pid)::text from pg_stat_activity
        where application_name = 'victim' and datname = current_database()`;
      return blocked;
    });

    expect(result).toMatchObject({ outcome: 'indeterminate' });
    expect(await findLeftovers(shop, sku)).toMatchObject({ keys: [] });
  });
});

test.for(['redis-lock-naive', 'redis-lock-token', 'redis-lock-fenced', 'process-mutex'])(
  '%s frees its lock when PostgreSQL fails it',
  async (id, { shop }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 1);
    const db = createPrisma('postgresql://nobody:nothing@127.0.0.1:1/none', { size: 1, name: 'nowhere' });
    const request = { sku, quantity: 1, attemptId: 't1' };

    const { result } = await purchase({ ...shop, db }, strategy, request, { thinkMs: 0 });

    expect(result).toMatchObject({ outcome: 'error' });
    expect((await findLeftovers(shop, sku)).keys).toEqual([]);
    expect(await shop.buy(strategy, sku)).toMatchObject({ outcome: 'accepted', remaining: 0 });
  },
);

test.for(['redis-get-decr', 'redis-watch-multi'])(
  '%s gives the unit back when PostgreSQL certainly has no order',
  async (id, { shop }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 1);
    const db = createPrisma('postgresql://nobody:nothing@127.0.0.1:1/none', { size: 1, name: 'nowhere' });
    const request = { sku, quantity: 1, attemptId: 't1' };

    const { result } = await purchase({ ...shop, db }, strategy, request, { thinkMs: 0 });

    expect(result).toMatchObject({ outcome: 'error' });
    expect(await shop.rows(strategy, sku)).toEqual({ stock: 1, orders: [] });
  },
);

test.for(['redis-get-decr', 'redis-watch-multi', 'gate-queue'])(
  '%s calls a missing key an error, and neither sells nor refills',
  async (id, { shop }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 1);
    await strategy.storage?.clear(shop, sku);

    const result = await shop.buy(strategy, sku);

    expect(result).toEqual({
      outcome: 'error',
      reason: expect.stringContaining('create the item again') as string,
    });
    expect(await findLeftovers(shop, sku)).toMatchObject({ keys: [] });
    expect(await shop.db.order.count({ where: { sku } })).toBe(0);
  },
);
