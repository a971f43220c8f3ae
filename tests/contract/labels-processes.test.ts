import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished } from 'vitest';
import { connectRedis } from '@/services/redis/redis-client';
import { startBuyerProcess } from '../fixtures/shop/buyer-process';
import { testRedisUrl } from '../fixtures/database/database';
import { shopTest as test } from '../fixtures/shop/shop';

/** Conditional strategies whose condition is about processes, with a second process that is real. */

describe('process-mutex', () => {
  test('holds in one process: the second buyer waits for the mutex, and reads what is left', async ({
    shop,
  }) => {
    const strategy = shop.strategy('process-mutex');
    const sku = await shop.createItem(strategy, 1);
    const t1 = shop.step(strategy, sku, 't1');
    const t2 = shop.step(strategy, sku, 't2');
    await t1.runUntil('write stock');

    const second = t2.finish();
    // a free mutex is granted within one turn of the event loop
    await nextTurn();
    await nextTurn();
    expect(t2.at()).toBe('take mutex');

    expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 0 });
    expect(await second).toMatchObject({ outcome: 'sold-out', remaining: 0 });
    expect(await shop.rows(strategy, sku)).toMatchObject({ stock: 0, orders: [{ attemptId: 't1' }] });
  });

  test('breaks in two: a buyer in another process sells the unit that this one holds the mutex for', async ({
    shop,
    database,
  }) => {
    const strategy = shop.strategy('process-mutex');
    const sku = await shop.createItem(strategy, 1);
    const other = await startBuyerProcess(database.url, { strategy: strategy.id, sku, attemptId: 't2' });
    const t1 = shop.step(strategy, sku, 't1');
    await t1.runUntil('write stock');

    expect(await other.buy()).toBe('accepted');
    expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 0, seen: { version: 0 } });
    const { stock, orders } = await shop.rows(strategy, sku);
    expect(stock).toBe(0);
    expect(orders.map(({ attemptId }) => attemptId)).toEqual(['t2', 't1']);
  });
});

describe('redis-lua-gate', () => {
  test('holds while no process dies between its two writes: both stores agree', async ({ shop }) => {
    const strategy = shop.strategy('redis-lua-gate');
    const sku = await shop.createItem(strategy, 1);
    const t1 = shop.step(strategy, sku, 't1');
    await t1.runUntil('guarded update');

    expect(await shop.buy(strategy, sku)).toMatchObject({ outcome: 'sold-out' });

    expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 0 });
    expect(await shop.rows(strategy, sku)).toMatchObject({
      stock: 0,
      counter: 0,
      orders: [{ attemptId: 't1' }],
    });
  });

  test('drifts when one does: the unit is gone from Redis and unsold in PostgreSQL', async ({
    shop,
    database,
  }) => {
    const strategy = shop.strategy('redis-lua-gate');
    const sku = await shop.createItem(strategy, 1);
    const buyer = { strategy: strategy.id, sku, attemptId: 't1', holdBefore: 'guarded update' };
    const other = await startBuyerProcess(database.url, buyer);
    expect(await other.buy()).toBe('held');

    await other.kill();

    expect(await shop.buy(strategy, sku)).toMatchObject({ outcome: 'sold-out' });
    expect(await shop.rows(strategy, sku)).toEqual({ stock: 1, orders: [], counter: 0 });
  });
});

describe('gate-queue', () => {
  test('holds while Redis keeps its queue and a consumer writes it: both stores agree', async ({ shop }) => {
    const strategy = shop.strategy('gate-queue');
    const sku = await shop.createItem(strategy, 3);

    const results = await Promise.all(Array.from({ length: 8 }, () => shop.buy(strategy, sku)));
    await shop.drain(strategy, sku);

    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(3);
    expect(results.filter(({ outcome }) => outcome === 'sold-out')).toHaveLength(5);
    const { orders, ...left } = await shop.rows(strategy, sku);
    expect(left).toEqual({ stock: 0, counter: 0 });
    expect(orders).toHaveLength(3);
  });

  test('a consumer that dies has told a buyer of an order that is not there, until the next one comes', async ({
    shop,
    database,
  }) => {
    const strategy = shop.strategy('gate-queue');
    const sku = await shop.createItem(strategy, 1);
    const whileItsRowIsLocked = async (body: () => Promise<void>) =>
      shop.db.$transaction(
        async (tx) => {
          await tx.$executeRaw`select from items where sku = ${sku} for update`;
          await body();
        },
        { timeout: 60_000 },
      );

    const other = await startBuyerProcess(database.url, { strategy: strategy.id, sku, attemptId: 't1' });
    await whileItsRowIsLocked(async () => {
      expect(await other.buy()).toBe('accepted');
      await other.kill();
    });

    expect(await shop.buy(strategy, sku)).toMatchObject({ outcome: 'sold-out' });
    expect(await shop.rows(strategy, sku)).toEqual({ stock: 1, orders: [], counter: 0 });
    await shop.drain(strategy, sku);
    expect(await shop.rows(strategy, sku)).toEqual({
      stock: 0,
      orders: [{ attemptId: 't1', quantity: 1 }],
      counter: 0,
    });
  });

  test('breaks when Redis loses the queue: an accepted buyer never gets an order', async ({ shop }) => {
    const strategy = shop.strategy('gate-queue');
    const sku = await shop.createItem(strategy, 1);

    const sold = await shop.db.$transaction(async (tx) => {
      await tx.$executeRaw`select from items where sku = ${sku} for update`;
      const result = await shop.buy(strategy, sku);
      await shop.waitUntilBlocked();
      // its consumer has read the entry, and dies with it
      await tx.$queryRaw`
        select pg_terminate_backend(pid)::text from pg_stat_activity
        where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;
      await shop.redis.del(`gate-queue:{${sku}}`);
      return result;
    });
    await shop.drain(strategy, sku);

    expect(sold).toMatchObject({ outcome: 'accepted', remaining: 0 });
    expect(await shop.rows(strategy, sku)).toEqual({ stock: 1, orders: [], counter: 0 });
  });

  test('an entry that is read twice is written once, also by two consumers at a time', async ({ shop }) => {
    const strategy = shop.strategy('gate-queue');
    const sku = await shop.createItem(strategy, 2);
    const redis = await connectRedis(testRedisUrl(), () => undefined);
    onTestFinished(() => redis.close());

    const second = await shop.db.$transaction(async (tx) => {
      await tx.$executeRaw`select from items where sku = ${sku} for update`;
      await shop.buy(strategy, sku);
      await shop.waitUntilBlocked();
      const drained = strategy.storage?.drain?.({ ...shop, redis }, sku);
      await shop.waitUntilBlocked(drained, 2);
      return { drained };
    });
    await Promise.all([second.drained, shop.drain(strategy, sku)]);
    const [order] = await shop.db.order.findMany({ where: { sku } });
    // a consumer that died before XDEL leaves the entry
    await shop.redis.xAdd(`gate-queue:{${sku}}`, '*', { attempt: order?.attemptId ?? '', quantity: '1' });
    await shop.drain(strategy, sku);

    expect(await shop.rows(strategy, sku)).toMatchObject({ stock: 1, counter: 1 });
    expect(await shop.db.order.count({ where: { sku } })).toBe(1);
  });
});
