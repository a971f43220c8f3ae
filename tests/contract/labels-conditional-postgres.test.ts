import { describe, expect } from 'vitest';
import { atIsolation, lockingItemFirst } from '../fixtures/shop/mutate';
import { shopTest as test } from '../fixtures/shop/shop';
import { bothBefore } from '../fixtures/shop/two-buyers';

const soldOnce = {
  t1: { outcome: 'accepted', remaining: 0 },
  t2: { outcome: 'sold-out', remaining: 0 },
  stock: 0,
  orders: ['t1'],
};
const soldTwice = {
  t1: { outcome: 'accepted', remaining: 0 },
  t2: { outcome: 'accepted', remaining: 0 },
  stock: -1,
  orders: ['t1', 't2'],
};

describe('insert-where-available', () => {
  test('holds when the item was locked in an earlier statement', async ({ shop }) => {
    const strategy = lockingItemFirst(shop.strategy('insert-where-available'));
    expect(await bothBefore('insert order')(shop, strategy)).toMatchObject(soldOnce);
  });

  test('sells one unit twice when the lock is in the same statement', async ({ shop }) => {
    const strategy = shop.strategy('insert-where-available');
    expect(await bothBefore('insert order')(shop, strategy)).toMatchObject(soldTwice);
  });
});

describe('repeatable-read-retry', () => {
  test('holds while all write the same row: the second fails, tries again and finds nothing left', async ({
    shop,
  }) => {
    const strategy = shop.strategy('repeatable-read-retry');
    expect(await bothBefore('write stock')(shop, strategy)).toMatchObject(soldOnce);
  });

  test('sells one unit twice when each writes a row of its own, as on a ledger', async ({ shop }) => {
    const strategy = atIsolation('RepeatableRead')(shop.strategy('append-ledger'));
    expect(await bothBefore('append entry')(shop, strategy)).toMatchObject(soldTwice);
  });
});
