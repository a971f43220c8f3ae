import { expect, onTestFinished } from 'vitest';
import { createPrisma } from '~/services/prisma.server';
import { connectRedis } from '~/services/redis-client.server';
import { testRedisUrl } from '../fixtures/database';
import { purchase } from '~/lab/purchase/purchase.server';
import { startStepped } from '../fixtures/stepped-purchase';
import { shopTest as test } from '../fixtures/shop';
import type { Shop } from '../fixtures/shop';

/** Ends every connection of the pool under test from the server's side, as a failover would. */
async function killConnections(shop: Shop): Promise<void> {
  await shop.db.$queryRaw`
    select pg_terminate_backend(pid)::text from pg_stat_activity
    where application_name = 'victim' and datname = current_database()`;
}

test('a connection killed before COMMIT is an error: nothing was sold', async ({ shop, database }) => {
  const strategy = shop.strategy('select-for-update');
  const sku = await shop.createItem(strategy, 1);
  const victim = createPrisma(database.url, { size: 2, name: 'victim' });
  onTestFinished(() => victim.$disconnect());
  const t1 = startStepped({ ...shop, db: victim }, strategy, { sku, quantity: 1, attemptId: 't1' });
  await t1.runUntil('insert order');

  await killConnections(shop);

  expect(await t1.finish()).toMatchObject({ outcome: 'error' });
  expect(await shop.rows(strategy, sku)).toMatchObject({ stock: 1, orders: [] });
});

test('a connection killed during a guarded update is indeterminate: it may have sold', async ({
  shop,
  database,
}) => {
  const strategy = shop.strategy('conditional-update');
  const sku = await shop.createItem(strategy, 1);
  const victim = createPrisma(database.url, { size: 2, name: 'victim' });
  onTestFinished(() => victim.$disconnect());
  const holder = startStepped(shop, shop.strategy('select-for-update'), {
    sku,
    quantity: 1,
    attemptId: 'holder',
  });
  await holder.runUntil('write stock');
  const blocked = purchase(
    { ...shop, db: victim },
    strategy,
    { sku, quantity: 1, attemptId: 't1' },
    { thinkMs: 0 },
  );
  await shop.waitUntilBlocked();

  await killConnections(shop);

  expect((await blocked).result).toMatchObject({ outcome: 'indeterminate' });
  expect(await holder.finish()).toMatchObject({ outcome: 'accepted' });
});

test('no connection free in time is a conflict: the attempt gave up and sold nothing', async ({
  shop,
  database,
}) => {
  const strategy = shop.strategy('select-for-update');
  const sku = await shop.createItem(strategy, 5);
  const single = createPrisma(database.url, { size: 1, name: 'single' });
  onTestFinished(() => single.$disconnect());
  const deps = { ...shop, db: single };
  const holder = startStepped(deps, strategy, { sku, quantity: 1, attemptId: 'holder' });
  await holder.runUntil('write stock');

  const late = await purchase(deps, strategy, { sku, quantity: 1, attemptId: 'late' }, { thinkMs: 0 });

  expect(late.result).toMatchObject({ outcome: 'conflict' });
  expect(await holder.finish()).toMatchObject({ outcome: 'accepted' });
  expect((await shop.rows(strategy, sku)).orders).toEqual([{ attemptId: 'holder', quantity: 1 }]);
});

test('PostgreSQL that refuses connections is an error', async ({ shop }) => {
  const strategy = shop.strategy('conditional-update');
  const nowhere = createPrisma('postgresql://nobody:nothing@127.0.0.1:1/none', { size: 1, name: 'nowhere' });
  const request = { sku: 'any', quantity: 1, attemptId: 't1' };
  const { result } = await purchase({ ...shop, db: nowhere }, strategy, request, { thinkMs: 0 });
  expect(result).toMatchObject({
    outcome: 'error',
    reason: expect.stringMatching(/reached|refused/) as string,
  });
});

test('Redis that is gone is an error, and PostgreSQL stays untouched', async ({ shop }) => {
  const strategy = shop.strategy('redis-lua-gate');
  const sku = await shop.createItem(strategy, 1);
  const redis = await connectRedis(testRedisUrl(), () => undefined);
  redis.destroy();
  const request = { sku, quantity: 1, attemptId: 't1' };
  const { result } = await purchase({ ...shop, redis }, strategy, request, { thinkMs: 0 });
  expect(result).toMatchObject({ outcome: 'error' });
  expect(await shop.rows(strategy, sku)).toEqual({ stock: 1, orders: [], counter: 1 });
});

test('a gate that takes a unit and then cannot know keeps it, rather than sell it twice', async ({
  shop,
  database,
}) => {
  const strategy = shop.strategy('redis-lua-gate');
  const sku = await shop.createItem(strategy, 2);
  const victim = createPrisma(database.url, { size: 2, name: 'victim' });
  onTestFinished(() => victim.$disconnect());
  const holder = startStepped(shop, shop.strategy('select-for-update'), {
    sku,
    quantity: 1,
    attemptId: 'holder',
  });
  await holder.runUntil('write stock');
  const blocked = purchase(
    { ...shop, db: victim },
    strategy,
    { sku, quantity: 1, attemptId: 't1' },
    { thinkMs: 0 },
  );
  await shop.waitUntilBlocked();

  await killConnections(shop);

  expect((await blocked).result).toMatchObject({ outcome: 'indeterminate' });
  await holder.finish();
  expect(await shop.rows(strategy, sku)).toMatchObject({ counter: 1 });
});

test('a connection killed in a second try, after the first failed in COMMIT, is an error: nothing was sold', async ({
  shop,
  database,
}) => {
  const strategy = shop.strategy('ledger-serializable');
  const sku = await shop.createItem(strategy, 2);
  const victim = createPrisma(database.url, { size: 2, name: 'victim' });
  onTestFinished(() => victim.$disconnect());
  const t1 = shop.step(strategy, sku, 't1');
  const t2 = startStepped({ ...shop, db: victim }, strategy, { sku, quantity: 1, attemptId: 't2' });
  await t1.runUntil('commit');
  await t2.runUntil('commit');
  expect(await t1.finish()).toMatchObject({ outcome: 'accepted', remaining: 1 });
  await t2.runUntil('append entry');

  await killConnections(shop);

  expect(await t2.finish()).toMatchObject({ outcome: 'error' });
  expect(await shop.rows(strategy, sku)).toMatchObject({ stock: 1, orders: [{ attemptId: 't1' }] });
});
