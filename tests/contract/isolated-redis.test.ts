import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { isolate } from '@/scenarios/inventory/purchase/isolated-redis';
import { connectRedis } from '@/services/redis/redis-client';
import { testRedisUrl } from '../fixtures/database/database';
import { shopTest as test } from '../fixtures/shop/shop';

test('borrowers at the same time have a connection each, and not the shared one', async ({ shop }) => {
  const lend = isolate(shop.redis);
  const [one, other] = await lend(async (first) => {
    const id = await first.clientId();
    return [id, await lend((second) => second.clientId())];
  });
  expect(new Set([one, other, await shop.redis.clientId()]).size).toBe(3);
});

test('what one borrower watched when it failed does not refuse the transaction of the next', async ({
  shop,
}) => {
  const key = `isolated-test:{${randomUUID()}}`;
  const redis = await connectRedis(testRedisUrl(), () => undefined);
  const lend = isolate(redis);
  const failed = lend(async (connection) => {
    await connection.watch(key);
    throw new Error('changed its mind');
  });
  await expect(failed).rejects.toThrow('changed its mind');
  await shop.redis.set(key, 1);

  expect(await lend((connection) => connection.multi().decr(key).exec())).toEqual([0]);

  await shop.redis.del(key);
  await redis.close();
});

test('the connections end with the client that they were made from', async ({ shop }) => {
  const redis = await connectRedis(testRedisUrl(), () => undefined);
  const id = await isolate(redis)((connection) => connection.clientId());
  const isThere = async () => (await shop.redis.clientList()).some((client) => client.id === id);
  expect(await isThere()).toBe(true);

  await redis.close();

  await expect.poll(isThere, { interval: 5 }).toBe(false);
});
