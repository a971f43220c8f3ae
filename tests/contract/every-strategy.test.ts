import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { strategyFolder } from '@/services/process/program';
import { findLeftovers } from '../fixtures/server/leftovers';
import { shopTest as test } from '../fixtures/shop/shop';

/** What every strategy promises when buyers come one at a time, whatever it does when they do not. */
const ids = readdirSync(strategyFolder.sources).map((file) => path.basename(file, '.ts'));

/** Nobody has to count: strategies that spread their stock may leave `remaining` open. */
function oneOf(...values: (number | null)[]): unknown {
  return expect.toSatisfy((value: number | null) => values.includes(value));
}

describe.each(ids)('%s', (id) => {
  test('sells exactly the stock to buyers who come one by one, then says sold out', async ({ shop }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 3);

    for (const remaining of [2, 1, 0]) {
      expect(await shop.buy(strategy, sku)).toMatchObject({
        outcome: 'accepted',
        remaining: oneOf(remaining, null),
      });
    }
    expect(await shop.buy(strategy, sku)).toMatchObject({ outcome: 'sold-out' });
    await shop.drain(strategy, sku);

    const { stock, orders, counter } = await shop.rows(strategy, sku);
    expect(stock).toBe(0);
    expect(orders.map(({ quantity }) => quantity)).toEqual([1, 1, 1]);
    if (strategy.storage?.truth === 'row') expect(counter).toBe(0);
  });

  test('takes the quantity asked for, and nothing when there is less', async ({ shop }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 5);

    const [two, none] = [oneOf(2, null), oneOf(0, null)];
    expect(await shop.buy(strategy, sku, 3)).toMatchObject({ outcome: 'accepted', remaining: two });
    expect(await shop.buy(strategy, sku, 3)).toMatchObject({ outcome: 'sold-out' });
    expect(await shop.buy(strategy, sku, 2)).toMatchObject({ outcome: 'accepted', remaining: none });
    await shop.drain(strategy, sku);

    const { stock, orders } = await shop.rows(strategy, sku);
    expect(stock).toBe(0);
    expect(orders.map(({ quantity }) => quantity)).toEqual([3, 2]);
  });

  test('refuses a sku that does not exist and records no order for it', async ({ shop }) => {
    const strategy = shop.strategy(id);
    const sku = `missing-${id}`;

    expect(await shop.buy(strategy, sku)).toEqual({ outcome: 'unknown-sku' });
    expect(await shop.db.order.count({ where: { sku } })).toBe(0);
  });

  test('writes the attempt id and its own name into the order', async ({ shop }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 1);

    const result = await shop.step(strategy, sku, `attempt-of-${id}`).finish();
    await shop.drain(strategy, sku);

    const order = await shop.db.order.findFirst({ where: { sku } });
    expect(order).toMatchObject({ attemptId: `attempt-of-${id}`, strategy: id, quantity: 1 });
    // a text names an order that is written after the answer
    const orderId: unknown = strategy.storage?.drain ? expect.any(String) : order?.id;
    expect(result).toMatchObject({ outcome: 'accepted', orderId });
  });

  test('answers an attempt that is sent again as it declares', async ({ shop }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 3);

    const first = await shop.step(strategy, sku, `twice-${id}`).finish();
    const second = await shop.step(strategy, sku, `twice-${id}`).finish();
    await shop.drain(strategy, sku);

    expect([first, second]).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
    const { stock, orders } = await shop.rows(strategy, sku);
    expect({ stock, orders: orders.length }).toEqual(
      strategy.idempotent ? { stock: 2, orders: 1 } : { stock: 1, orders: 2 },
    );
    if (strategy.idempotent) expect(second).toEqual(first);
  });

  test('never says that it sold what it did not, when an attempt id comes again with another quantity', async ({
    shop,
  }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 9);

    const answers = [];
    for (const quantity of [1, 3, 1]) {
      answers.push(await shop.step(strategy, sku, `reused-${id}`, { quantity }).finish());
    }
    await shop.drain(strategy, sku);

    const { stock, orders } = await shop.rows(strategy, sku);
    const sold = orders.map(({ quantity }) => quantity);
    expect(answers.map(({ outcome }) => outcome)).toEqual(
      strategy.idempotent ? ['accepted', 'error', 'accepted'] : ['accepted', 'accepted', 'accepted'],
    );
    expect({ stock, sold }).toEqual(
      strategy.idempotent ? { stock: 8, sold: [1] } : { stock: 4, sold: [1, 3, 1] },
    );
    if (strategy.idempotent) expect(answers[2]).toEqual(answers[0]);
  });

  test('leaves no key, row of its own, lock or open transaction behind', async ({ shop }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 2);
    await Promise.all(Array.from({ length: 5 }, () => shop.buy(strategy, sku)));
    await shop.drain(strategy, sku);

    await strategy.storage?.clear(shop, sku);

    expect(await findLeftovers(shop, sku)).toEqual({ keys: [], rows: 0, advisoryLocks: 0, open: 0 });
  });
});
