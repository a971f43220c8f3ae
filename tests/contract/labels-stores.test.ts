import { describe, expect, onTestFinished } from 'vitest';
import { createPrisma } from '@/services/postgres/prisma';
import { inContext } from '../fixtures/shop/mutate';
import { shopTest as test } from '../fixtures/shop/shop';
import { startStepped } from '../fixtures/shop/stepped-purchase';

/** What strategies with stores or queues of their own promise beyond the contract, and what they do not. */

describe('unit-rows-skip-locked', () => {
  test('says sold out too early when a holder rolls back: the unit stays unsold', async ({ shop }) => {
    const strategy = shop.strategy('unit-rows-skip-locked');
    const sku = await shop.createItem(strategy, 1);

    const rolledBack = shop.db.$transaction(async (tx) => {
      await tx.unit.updateMany({ where: { sku }, data: { attemptId: 'holder' } });
      expect(await shop.buy(strategy, sku)).toEqual({ outcome: 'sold-out' });
      throw new Error('the holder changes its mind');
    });
    await expect(rolledBack).rejects.toThrow('changes its mind');

    expect(await shop.rows(strategy, sku)).toEqual({ stock: 1, orders: [] });
    expect(await shop.buy(strategy, sku)).toMatchObject({ outcome: 'accepted' });
  });

  test('marks nothing when there are fewer units than wanted', async ({ shop }) => {
    const strategy = shop.strategy('unit-rows-skip-locked');
    const sku = await shop.createItem(strategy, 2);

    expect(await shop.buy(strategy, sku, 3)).toEqual({ outcome: 'sold-out' });

    expect(await shop.db.unit.count({ where: { sku, attemptId: null } })).toBe(2);
  });

  test('tells an item without stock from one whose units are gone', async ({ shop }) => {
    const strategy = shop.strategy('unit-rows-skip-locked');
    const empty = await shop.createItem(strategy, 0);
    const lost = await shop.createItem(strategy, 2);
    await strategy.storage?.clear(shop, lost);

    expect(await strategy.storage?.remaining(shop, empty)).toBe(0);
    expect(await strategy.storage?.remaining(shop, lost)).toBeNull();
  });
});

describe('sharded-stock', () => {
  test('a quantity that no bucket holds alone is taken from several', async ({ shop }) => {
    const strategy = shop.strategy('sharded-stock');
    const sku = await shop.createItem(strategy, 40);

    expect(await shop.buy(strategy, sku, 21)).toMatchObject({ outcome: 'accepted', remaining: null });
    expect(await shop.buy(strategy, sku, 20)).toEqual({ outcome: 'sold-out', remaining: 19 });
    expect(await shop.buy(strategy, sku, 19)).toMatchObject({ outcome: 'accepted' });

    const buckets = await shop.db.stockBucket.findMany({ where: { sku } });
    expect(buckets.map(({ stock }) => stock)).toEqual(Array.from({ length: 16 }, () => 0));
    expect((await shop.rows(strategy, sku)).orders.map(({ quantity }) => quantity)).toEqual([21, 19]);
  });

  test('sweeps and single buckets together sell exactly the stock, and none deadlocks', async ({ shop }) => {
    const strategy = shop.strategy('sharded-stock');
    const sku = await shop.createItem(strategy, 64);
    const quantities = Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? 5 : 1));

    const results = await Promise.all(quantities.map((quantity) => shop.buy(strategy, sku, quantity)));

    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['accepted', 'sold-out']));
    const { stock, orders } = await shop.rows(strategy, sku);
    const sold = orders.reduce((units, { quantity }) => units + quantity, 0);
    expect(stock).toBe(64 - sold);
    expect(stock).toBeLessThan(5);
  });
});

describe('redis-watch-multi', () => {
  test('a buyer who is overtaken every time gives up, and has taken nothing', async ({ shop }) => {
    const strategy = shop.strategy('redis-watch-multi');
    const sku = await shop.createItem(strategy, 100);
    const overtaken = inContext((context) => ({
      ...context,
      backOff: async () => undefined,
      think: async () => void (await context.redis.set(`watched-stock:{${sku}}`, 100)),
    }))(strategy);

    expect(await shop.buy(overtaken, sku)).toMatchObject({ outcome: 'conflict' });

    expect(await shop.rows(strategy, sku)).toEqual({ stock: 100, orders: [] });
  });
});

describe('batched-writer', () => {
  test('purchases that arrive during a write share the next: one version more for all of them', async ({
    shop,
  }) => {
    const strategy = shop.strategy('batched-writer');
    const sku = await shop.createItem(strategy, 4);

    const results = await shop.db.$transaction(async (tx) => {
      await tx.$executeRaw`select from items where sku = ${sku} for update`;
      const first = shop.buy(strategy, sku);
      await shop.waitUntilBlocked();
      const others = [3, 1, 1, 1].map((quantity) => shop.buy(strategy, sku, quantity));
      return { all: Promise.all([first, ...others]) };
    });

    // in the order of their arrival, with what each left: three want the rest, and then there is none
    expect(await results.all).toMatchObject([
      { outcome: 'accepted', remaining: 3 },
      { outcome: 'accepted', remaining: 0 },
      { outcome: 'sold-out', remaining: 0 },
      { outcome: 'sold-out', remaining: 0 },
      { outcome: 'sold-out', remaining: 0 },
    ]);
    const item = await shop.db.item.findFirst({ where: { sku } });
    expect(item).toMatchObject({ stock: 0, version: 2 });
  });

  test('one that wants too much does not keep those behind it from the rest', async ({ shop }) => {
    const strategy = shop.strategy('batched-writer');
    const sku = await shop.createItem(strategy, 4);

    const results = await shop.db.$transaction(async (tx) => {
      await tx.$executeRaw`select from items where sku = ${sku} for update`;
      const first = shop.step(strategy, sku, 'first').finish();
      await shop.waitUntilBlocked();
      const names = ['big', 'small', 'same', 'same'];
      const others = names.map((name) =>
        shop.step(strategy, sku, name, { quantity: name === 'big' ? 4 : 1 }).finish(),
      );
      return { all: Promise.all([first, ...others]) };
    });

    const told = await results.all;
    expect(told).toMatchObject([
      { outcome: 'accepted', remaining: 3 },
      { outcome: 'sold-out', remaining: 3 },
      { outcome: 'accepted', remaining: 2 },
      { outcome: 'accepted', remaining: 1 },
      { outcome: 'accepted', remaining: 0 },
    ]);
    const orders = await shop.db.order.findMany({ where: { sku }, orderBy: { id: 'asc' } });
    expect(orders.map(({ attemptId }) => attemptId)).toEqual(['first', 'small', 'same', 'same']);
    const toldIds = told.flatMap((result) => (result.outcome === 'accepted' ? [result.orderId] : []));
    expect(toldIds).toEqual(orders.map(({ id }) => id));
  });

  test('two servers write their batches by turns, and sell exactly the stock', async ({ shop, database }) => {
    const strategy = shop.strategy('batched-writer');
    const sku = await shop.createItem(strategy, 30);
    const db = createPrisma(database.url, { size: 2, name: 'second server' });
    onTestFinished(() => db.$disconnect());

    const attempts = Array.from({ length: 50 }, (_, n) =>
      startStepped(n % 2 ? shop : { ...shop, db }, strategy, { sku, quantity: 1, attemptId: `a${n}` }),
    );
    const results = await Promise.all(attempts.map((attempt) => attempt.finish()));

    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(30);
    expect(results.filter(({ outcome }) => outcome === 'sold-out')).toHaveLength(20);
    const { stock, orders } = await shop.rows(strategy, sku);
    expect(stock).toBe(0);
    expect(new Set(orders.map(({ attemptId }) => attemptId)).size).toBe(30);
  });

  test('a write that fails, fails for everybody in it, and for nobody after', async ({ shop }) => {
    const strategy = shop.strategy('batched-writer');
    const sku = await shop.createItem(strategy, 5);

    const results = await shop.db.$transaction(async (tx) => {
      await tx.$executeRaw`select from items where sku = ${sku} for update`;
      const first = shop.buy(strategy, sku);
      await shop.waitUntilBlocked();
      const second = shop.buy(strategy, sku);
      await tx.$queryRaw`
        select pg_cancel_backend(pid)::text from pg_stat_activity
        where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;
      expect(await first).toMatchObject({ outcome: 'conflict' });
      return { second };
    });

    expect(await results.second).toMatchObject({ outcome: 'accepted', remaining: 4 });
    expect(await shop.rows(strategy, sku)).toMatchObject({ stock: 4, orders: [{ quantity: 1 }] });
  });
});
