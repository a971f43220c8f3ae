import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { expect, onTestFinished, vi } from 'vitest';
import { nowUs } from '@/lib/clock';
import { WAIT_STEP } from '@/model/step-kind';
import { purchase } from '@/scenarios/inventory/purchase/purchase';
import type { PurchaseDeps } from '@/scenarios/inventory/purchase/purchase';
import { createItem } from '@/scenarios/inventory/storage';
import { ObservedPool } from '@/services/postgres/observed-pool';
import { createObservedPrisma } from '@/services/postgres/prisma';
import type { TestDatabase } from '../fixtures/database/database';
import { shopTest as test } from '../fixtures/shop/shop';
import type { Shop } from '../fixtures/shop/shop';
import { startStepped } from '../fixtures/shop/stepped-purchase';

function openPool(shop: Shop, database: TestDatabase, size: number): PurchaseDeps {
  const { db, takeWait } = createObservedPrisma(database.url, { size, name: 'observed' });
  onTestFinished(() => db.$disconnect());
  return { db, takeWait, redis: shop.redis };
}

test('the time until a connection is free is a step of its own, before the one that needed it', async ({
  shop,
  database,
}) => {
  const strategy = shop.strategy('conditional-update');
  const sku = await shop.createItem(strategy, 2);
  const deps = openPool(shop, database, 1);
  const holder = startStepped(deps, shop.strategy('select-for-update'), {
    sku,
    quantity: 1,
    attemptId: 't1',
  });
  await holder.runUntil('write stock');
  const waiting = purchase(deps, strategy, { sku, quantity: 1, attemptId: 't2' }, { thinkMs: 0 });
  await shop.db.item.count();
  const heldUntil = Number(process.hrtime.bigint()) / 1_000;
  await holder.finish();

  const { result, trace } = await waiting;

  expect(result).toMatchObject({ outcome: 'accepted' });
  const [wait, update] = trace.steps;
  expect(trace.steps.map(({ name }) => name)).toEqual([WAIT_STEP, 'guarded update']);
  expect(wait?.end).toBeGreaterThan(heldUntil);
  expect(update?.start).toBe(wait?.end);
});

/** Hands over what a connection receives byte by byte, each in a turn of the event loop of its own. */
function receiveByteByByte(client: PoolClient): void {
  const { stream } = client.connection;
  const [receive] = stream.listeners('data') as [(bytes: Buffer) => void];
  stream.removeAllListeners('data');
  let before = Promise.resolve();
  stream.on('data', (chunk: Buffer) => {
    for (const byte of chunk) {
      before = before.then(async () => {
        await new Promise((next) => setImmediate(next));
        receive(Buffer.of(byte));
      });
    }
  });
}

test('a transaction whose first statement fails is told its wait before the server says that it is ready again', async ({
  database,
}) => {
  const pool = new ObservedPool({ connectionString: database.url, max: 1 });
  onTestFinished(() => pool.end());
  const client = await pool.connect();
  receiveByteByByte(client);

  const wait = await client.query('SELECT 1 / 0').then(
    () => undefined,
    () => pool.takeWait(),
  );
  client.release();

  expect(wait).toMatchObject({ asked: expect.any(Number) as number });
});

type Callback = Parameters<ObservedPool['connect']>[0];
type Connect = (this: ObservedPool, callback?: Callback) => Promise<PoolClient> | undefined;

/** Rounding of sums of floating-point numbers. */
const TOLERANCE_US = 1;

/** Stops the clock within each turn of the event loop: what reads it in one turn reads the same, on a busy machine too. */
function useClockOfTurns(): void {
  const real = process.hrtime.bigint.bind(process.hrtime);
  let now = real();
  vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => now);
  const ticking = setInterval(() => (now = real()), 1);
  onTestFinished(() => clearInterval(ticking));
}

/** Asks asynchronous context whose wait each one was: exact, and too expensive to be used outside of a test. */
function watchWaits(): { attempts: AsyncLocalStorage<string>; waitOf: Map<string, number> } {
  const attempts = new AsyncLocalStorage<string>();
  const waitOf = new Map<string, number>();
  const connect = Object.getOwnPropertyDescriptor(ObservedPool.prototype, 'connect')?.value as Connect;
  const watched = new Proxy(connect, {
    apply: (target, pool: ObservedPool, [callback]: [Callback?]) => {
      const attempt = attempts.getStore();
      const asked = nowUs();
      const note = () => {
        const took = nowUs() - asked;
        if (attempt !== undefined) waitOf.set(attempt, (waitOf.get(attempt) ?? 0) + took);
      };
      const then = (...granted: Parameters<Callback>) => {
        note();
        callback?.(...granted);
      };
      const connecting = target.apply(pool, callback ? [then] : []);
      void connecting?.then(note, note);
      return connecting;
    },
  });
  Object.defineProperty(ObservedPool.prototype, 'connect', { value: watched });
  onTestFinished(() => void Object.defineProperty(ObservedPool.prototype, 'connect', { value: connect }));
  return { attempts, waitOf };
}

test.for([
  'read-then-write',
  'conditional-update',
  'prisma-update-many',
  'optimistic-version',
  'sharded-stock',
  'check-constraint',
  'select-for-update',
  'serializable-retry',
  'unit-rows-skip-locked',
  'redis-lua-gate',
  'redis-watch-multi',
])(
  '%s: each attempt is told its own waits among many, in a pool that is too small',
  async (id, { shop, database }) => {
    useClockOfTurns();
    const strategy = shop.strategy(id);
    const deps = openPool(shop, database, 3);
    const sku = `waits.${randomUUID()}`;
    await createItem(shop, [strategy], { sku, stock: 40 });
    const { attempts, waitOf } = watchWaits();

    const receipts = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const attemptId = randomUUID();
        const receipt = await attempts.run(attemptId, () =>
          purchase(deps, strategy, { sku, quantity: 1, attemptId }, { thinkMs: 1 }),
        );
        const waits = receipt.trace.steps.filter(({ name }) => name === WAIT_STEP);
        return { attemptId, told: waits.reduce((sum, { start, end }) => sum + end - start, 0) };
      }),
    );

    expect(receipts.some(({ told }) => told > 0)).toBe(true);
    const wrong = receipts.filter(
      ({ attemptId, told }) => Math.abs(told - (waitOf.get(attemptId) ?? 0)) > TOLERANCE_US,
    );
    expect(wrong).toEqual([]);
  },
);
