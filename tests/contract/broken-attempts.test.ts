import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished } from 'vitest';
import { purchase } from '@/scenarios/inventory/purchase/purchase';
import type { PurchaseResult } from '@/scenarios/inventory/purchase/purchase';
import type { Gate } from '@/scenarios/inventory/purchase/step-trace';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { createPrisma } from '@/services/postgres/prisma';
import { strategyFolder } from '@/services/process/program';
import type { TestDatabase } from '../fixtures/database/database';
import { findLeftovers } from '../fixtures/server/leftovers';
import { shopTest as test } from '../fixtures/shop/shop';
import type { Shop } from '../fixtures/shop/shop';

/** What every strategy leaves behind when an attempt comes to grief: nothing that holds up the next buyer. */
const ids = readdirSync(strategyFolder.sources).map((file) => path.basename(file, '.ts'));

const TABLES = 'items, orders, units, stock_buckets, ledger_entries, holds, guarded_stock, fences';
const STATEMENT_TIMEOUT_MS = 150;
/** What PTTL says of a key that stays; one that has expired meanwhile is another number. */
const NEVER_EXPIRES = -1;

/** The one that says so itself: a session's lock that nobody unlocks stays on its pooled connection. */
const LEAKS = { id: 'advisory-lock-early-unlock', step: 'unlock' };

describe.each(ids)('%s', (id) => {
  test('a failure before any of its steps leaves nothing behind', async ({ shop, database }) => {
    const strategy = shop.strategy(id);
    const pool = openPool(shop, database);
    for (const [failing, step] of (await listSteps(shop, strategy)).entries()) {
      const sku = await shop.createItem(strategy, 2);
      const gate = before(failing, () => Promise.reject(new Error('injected')));

      const { result } = await buy(pool, strategy, sku, gate);

      expect(['error', 'indeterminate', 'accepted']).toContain(result.outcome);
      const leaks = id === LEAKS.id && step === LEAKS.step;
      await expectNothingLeft(shop, strategy, sku, { advisoryLocks: leaks ? 1 : 0 });
      if (leaks) await pool.kill();
    }
  });

  test('a backend killed before any of its steps leaves nothing behind', async ({ shop, database }) => {
    const strategy = shop.strategy(id);
    const pool = openPool(shop, database);
    for (const killing of (await listSteps(shop, strategy)).keys()) {
      const sku = await shop.createItem(strategy, 2);

      const { result } = await buy(pool, strategy, sku, before(killing, pool.kill));

      expect(['accepted', 'error', 'indeterminate']).toContain(result.outcome);
      // the next buyer finds no lock in the way, neither in PostgreSQL nor in Redis
      await shop.drain(strategy, sku);
      expect(await shop.buy(strategy, sku)).toMatchObject({ outcome: 'accepted' });
      await expectNothingLeft(shop, strategy, sku);
    }
  });

  test('statements that time out leave nothing behind', async ({ shop, database }) => {
    const strategy = shop.strategy(id);
    const sku = await shop.createItem(strategy, 2);
    const pool = openPool(shop, database, STATEMENT_TIMEOUT_MS);
    const blocker = new pg.Client({ connectionString: database.url });
    await blocker.connect();
    await blocker.query(`begin; lock table ${TABLES} in access exclusive mode`);

    const { result } = await buy(pool, strategy, sku);
    await blocker.end();

    // one that answers before it writes has sold all the same
    expect(result.outcome).toBe(strategy.storage?.drain ? 'accepted' : 'conflict');
    await shop.drain(strategy, sku);
    expect(await shop.db.order.count({ where: { sku } })).toBe(strategy.storage?.drain ? 1 : 0);
    expect(await shop.buy(strategy, sku)).toMatchObject({ outcome: 'accepted' });
    await expectNothingLeft(shop, strategy, sku);
  });
});

function buy(
  deps: Pick<Shop, 'db' | 'redis'>,
  strategy: RegisteredStrategy,
  sku: string,
  gate?: Gate,
): Promise<PurchaseResult> {
  return purchase(
    deps,
    strategy,
    { sku, quantity: 1, attemptId: randomUUID() },
    { thinkMs: 0, ...(gate && { gate }) },
  );
}

/** The steps of an attempt that nobody disturbs. */
async function listSteps(shop: Shop, strategy: RegisteredStrategy): Promise<string[]> {
  const sku = await shop.createItem(strategy, 2);
  const steps: string[] = [];
  const { result } = await buy(shop, strategy, sku, async (step) => void steps.push(step));
  expect(result.outcome).toBe('accepted');
  await shop.drain(strategy, sku);
  return steps;
}

/** Does something before the step of that number, counted from 0. */
function before(number: number, act: () => Promise<void>): Gate {
  let next = 0;
  return async () => {
    const mine = next;
    next += 1;
    if (mine === number) await act();
  };
}

/** A pool of its own, which can be killed without disturbing the shop's. */
function openPool(shop: Shop, { url }: TestDatabase, statementTimeoutMs?: number) {
  const name = `broken ${randomUUID()}`;
  const db = createPrisma(url, { size: 2, name, statementTimeoutMs });
  onTestFinished(() => db.$disconnect());
  const killBackends = () => shop.db.$queryRaw<unknown[]>`
    select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`;
  const kill = async () => {
    while ((await killBackends()).length > 0);
  };
  return { db, redis: shop.redis, kill };
}

async function expectNothingLeft(
  shop: Shop,
  strategy: RegisteredStrategy,
  sku: string,
  { advisoryLocks } = { advisoryLocks: 0 },
): Promise<void> {
  await shop.drain(strategy, sku);
  await strategy.storage?.clear(shop, sku);
  const { keys, ...left } = await findLeftovers(shop, sku);
  // a lock that could not be freed ends by itself
  const ttls = await Promise.all(keys.map((key) => shop.redis.pTTL(key)));
  const lasting = keys.filter((_, i) => ttls[i] === NEVER_EXPIRES);
  expect({ lasting, ...left }).toEqual({ lasting: [], rows: 0, advisoryLocks, open: 0 });
}
