import { describe, expect } from 'vitest';
import { shopTest as test } from '../fixtures/shop/shop';

/** Two buyers, one unit, and the schedule of each file's opening comment, held step by step: no luck involved. */

describe('unsafe strategies show their anomaly', () => {
  test('read-then-write: both write the same value, and one update is lost', async ({ shop }) => {
    const strategy = shop.strategy('read-then-write');
    const sku = await shop.createItem(strategy, 1);
    const t1 = shop.step(strategy, sku, 't1');
    const t2 = shop.step(strategy, sku, 't2');

    await t1.runUntil('write stock');
    await t2.runUntil('write stock');

    const seen = { stock: 1, version: 0 };
    expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 0, seen });
    expect(await t2.finish()).toMatchObject({ outcome: 'accepted', remaining: 0, seen });
    const { stock, orders } = await shop.rows(strategy, sku);
    expect(stock).toBe(0);
    expect(orders.map(({ attemptId }) => attemptId)).toEqual(['t1', 't2']);
  });

  test('check-then-decrement: both decrement, and stock goes below zero', async ({ shop }) => {
    const strategy = shop.strategy('check-then-decrement');
    const sku = await shop.createItem(strategy, 1);
    const t1 = shop.step(strategy, sku, 't1');
    const t2 = shop.step(strategy, sku, 't2');

    await t1.runUntil('decrement stock');
    await t2.runUntil('decrement stock');

    expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 0 });
    expect(await t2.finish()).toMatchObject({ outcome: 'accepted', remaining: -1 });
    const { stock, orders } = await shop.rows(strategy, sku);
    expect(stock).toBe(-1);
    expect(orders).toHaveLength(2);
  });
});

describe('safe strategies hold under the same schedule', () => {
  test('optimistic-version: the slower one finds another version, reads again and is sold out', async ({
    shop,
  }) => {
    const strategy = shop.strategy('optimistic-version');
    const sku = await shop.createItem(strategy, 1);
    const t1 = shop.step(strategy, sku, 't1');
    const t2 = shop.step(strategy, sku, 't2');

    await t1.runUntil('write if unchanged');
    await t2.runUntil('write if unchanged');

    expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 0 });
    expect(await t2.finish()).toMatchObject({ outcome: 'sold-out', remaining: 0 });
    expect(await shop.rows(strategy, sku)).toMatchObject({ stock: 0, orders: [{ attemptId: 't1' }] });
  });

  test('select-for-update: the second buyer waits for the lock and then reads what the first has left', async ({
    shop,
  }) => {
    const strategy = shop.strategy('select-for-update');
    const sku = await shop.createItem(strategy, 1);
    const t1 = shop.step(strategy, sku, 't1');
    await t1.runUntil('write stock');

    const second = shop.step(strategy, sku, 't2').finish();
    await shop.waitUntilBlocked();

    expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 0 });
    expect(await second).toMatchObject({ outcome: 'sold-out', remaining: 0 });
    expect(await shop.rows(strategy, sku)).toMatchObject({ stock: 0, orders: [{ attemptId: 't1' }] });
  });

  test('conditional-update: of twenty buyers at once for three units, three buy', async ({ shop }) => {
    const strategy = shop.strategy('conditional-update');
    const sku = await shop.createItem(strategy, 3);

    const results = await Promise.all(Array.from({ length: 20 }, () => shop.buy(strategy, sku)));

    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(3);
    expect(results.filter(({ outcome }) => outcome === 'sold-out')).toHaveLength(17);
    const { stock, orders } = await shop.rows(strategy, sku);
    expect(stock).toBe(0);
    expect(orders).toHaveLength(3);
  });
});

describe('redis-lua-gate', () => {
  test('gives the unit back when PostgreSQL refuses it', async ({ shop }) => {
    const strategy = shop.strategy('redis-lua-gate');
    const sku = await shop.createItem(strategy, 1);
    const t1 = shop.step(strategy, sku, 't1');
    await t1.runUntil('guarded update');
    await shop.db.item.update({ where: { sku }, data: { stock: 0 } });

    expect(await t1.finish()).toMatchObject({ outcome: 'sold-out' });
    expect(await shop.rows(strategy, sku)).toEqual({ stock: 0, orders: [], counter: 1 });
  });

  test('calls a missing key an error, and neither sells nor refills', async ({ shop }) => {
    const strategy = shop.strategy('redis-lua-gate');
    const sku = await shop.createItem(strategy, 1);
    await strategy.storage?.clear(shop, sku);

    const result = await shop.buy(strategy, sku);

    expect(result).toEqual({
      outcome: 'error',
      reason: expect.stringContaining('no inventory key') as string,
    });
    expect(await shop.rows(strategy, sku)).toEqual({ stock: 1, orders: [], counter: null });
  });

  test('goes on after Redis has forgotten its scripts', async ({ shop }) => {
    const strategy = shop.strategy('redis-lua-gate');
    const sku = await shop.createItem(strategy, 2);
    await shop.buy(strategy, sku);
    await shop.redis.scriptFlush();

    expect(await shop.buy(strategy, sku)).toMatchObject({ outcome: 'accepted', remaining: 0 });
  });
});
