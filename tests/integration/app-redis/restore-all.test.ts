import { expect } from 'vitest';
import { openAppRedis } from '@/app-under-test/redis/app-redis';
import { restoreAll } from '@/check/run-check';
import { appClients } from '@/services/open-services';
import { databaseTest as test } from '../../fixtures/database/database';
import { startOwnRedis } from '../../fixtures/wire/own-redis';

test('what a killed check has changed in Redis is put back, and once', async ({ database }) => {
  const own = await startOwnRedis();
  const services = { databaseUrl: database.url, redisUrl: own.url };
  const connect = appClients.connectRedis;
  const shop = await connect(own.url, 'shop');
  await shop.ask(['SET', 'stock', '1']);
  await shop.close();
  const killed = await openAppRedis({ url: own.url, connect });
  await killed.takeSnapshot();
  await killed.close();
  const app = await connect(own.url, 'app');
  await app.ask(['SET', 'stock', '-1']);
  await app.ask(['SET', 'lock', 'left']);
  await app.close();

  const done = await restoreAll(services, appClients);
  expect(done).toEqual([
    expect.stringMatching(/^Restored the keys of Redis to 20\d\d-.* by pid \d+ on .*\.$/),
  ]);
  expect(await restoreAll(services, appClients)).toEqual(['There is nothing to restore.']);
  const after = await connect(own.url, 'after');
  expect(String(await after.ask(['GET', 'stock']))).toBe('1');
  expect(Number(await after.ask(['DBSIZE']))).toBe(1);
  await after.close();
  await own.close();
});
