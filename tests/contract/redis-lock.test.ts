import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { createLocks } from '@/scenarios/inventory/purchase/redis-lock';
import { shopTest as test } from '../fixtures/shop/shop';
import type { Shop } from '../fixtures/shop/shop';

const renewed = (shop: Shop) => createLocks(shop.redis, { renews: true });
const unrenewed = (shop: Shop) => createLocks(shop.redis, { renews: false });
const newKey = () => `lock-test:{${randomUUID()}}`;

test('one holder at a time, under a token that no other lock has', async ({ shop }) => {
  const key = newKey();
  const acquire = unrenewed(shop);

  const first = await acquire(key);
  const token = await shop.redis.get(key);
  expect(await acquire(key, { waitMs: 0 })).toBeNull();

  expect(await first?.release()).toBe(true);
  const second = await acquire(key, { waitMs: 0 });
  expect(second).not.toBeNull();
  expect(await shop.redis.get(key)).not.toBe(token);
  await second?.release();
});

test('a lease is set with the lock: no holder can die without it', async ({ shop }) => {
  const key = newKey();
  const lock = await unrenewed(shop)(key, { leaseMs: 60_000 });
  expect(await shop.redis.pTTL(key)).toBeGreaterThan(0);
  await lock?.release();
});

test('release leaves another holder’s lock alone, and says that its own was gone', async ({ shop }) => {
  const key = newKey();
  const acquire = unrenewed(shop);
  const late = await acquire(key);
  await shop.redis.del(key);
  const next = await acquire(key);

  expect(await late?.release()).toBe(false);

  expect(await shop.redis.exists(key)).toBe(1);
  expect(await next?.release()).toBe(true);
  expect(await shop.redis.exists(key)).toBe(0);
});

test('waits for the lock until it is free', async ({ shop }) => {
  const key = newKey();
  const acquire = unrenewed(shop);
  const first = await acquire(key, { leaseMs: 60_000 });
  let isGranted = false;
  const second = acquire(key, { waitMs: 10_000 }).then((lock) => {
    isGranted = true;
    return lock;
  });
  await shop.waitForRedis();
  expect(isGranted).toBe(false);

  await first?.release();

  expect(await (await second)?.release()).toBe(true);
});

test('waits no longer than it was told to', async ({ shop }) => {
  const key = newKey();
  const acquire = unrenewed(shop);
  const holder = await acquire(key, { leaseMs: 60_000 });
  const start = performance.now();

  expect(await acquire(key, { waitMs: 60 })).toBeNull();

  expect(performance.now() - start).toBeGreaterThanOrEqual(60);
  await holder?.release();
});

test('renewal sets the whole lease again and again', async ({ shop }) => {
  const key = newKey();
  const leaseMs = 150;
  const lock = await renewed(shop)(key, { leaseMs });
  for (const _renewal of [1, 2]) {
    await shop.redis.persist(key);
    await expect.poll(() => shop.redis.pTTL(key), { interval: 5 }).toBeGreaterThan(0);
    expect(await shop.redis.pTTL(key)).toBeLessThanOrEqual(leaseMs);
  }
  expect(lock?.isLost()).toBe(false);
  expect(await lock?.release()).toBe(true);
});

test('renewal does not extend another holder’s lock, and tells that its own is lost', async ({ shop }) => {
  const key = newKey();
  const lock = await renewed(shop)(key, { leaseMs: 60 });
  await shop.redis.set(key, 'another holder', { expiration: { type: 'PX', value: 60_000 } });

  await expect.poll(() => lock?.isLost(), { interval: 5 }).toBe(true);

  expect(await shop.redis.pTTL(key)).toBeGreaterThan(60);
  expect(await lock?.release()).toBe(false);
  await shop.redis.del(key);
});

test('without renewal nobody tells a holder that its lease has run out', async ({ shop }) => {
  const key = newKey();
  const lock = await unrenewed(shop)(key, { leaseMs: 20 });
  await expect.poll(() => shop.redis.exists(key), { interval: 5 }).toBe(0);

  expect(lock?.isLost()).toBe(false);
  expect(await lock?.release()).toBe(false);
});
