import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { shopTest as test, STRATEGIES } from '../fixtures/shop';

/** What every strategy promises when buyers come one at a time, whatever it does when they do not. */
const ids = readdirSync(STRATEGIES).map((file) => path.basename(file, '.ts'));

describe.each(ids)('%s', (id) => {
  test('sells exactly the stock to buyers who come one by one, then says sold out', async ({ shop }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 3);

    for (const remaining of [2, 1, 0]) {
      expect(await shop.buy(strategy, sku)).toMatchObject({ outcome: 'accepted', remaining });
    }
    expect(await shop.buy(strategy, sku)).toMatchObject({ outcome: 'sold-out' });

    const { stock, orders, counter } = await shop.rows(strategy, sku);
    expect(stock).toBe(0);
    expect(orders.map(({ quantity }) => quantity)).toEqual([1, 1, 1]);
    if (strategy.storage) expect(counter).toBe(0);
  });

  test('takes the quantity asked for, and nothing when there is less', async ({ shop }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 5);

    expect(await shop.buy(strategy, sku, 3)).toMatchObject({ outcome: 'accepted', remaining: 2 });
    expect(await shop.buy(strategy, sku, 3)).toMatchObject({ outcome: 'sold-out' });
    expect(await shop.buy(strategy, sku, 2)).toMatchObject({ outcome: 'accepted', remaining: 0 });

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

    const order = await shop.db.order.findFirst({ where: { sku } });
    expect(order).toMatchObject({ attemptId: `attempt-of-${id}`, strategy: id, quantity: 1 });
    expect(result).toMatchObject({ outcome: 'accepted', orderId: order?.id });
  });
});
