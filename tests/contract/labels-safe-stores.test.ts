import { describe, expect } from 'vitest';
import type { PrismaClient } from '@/generated/prisma/client';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { startStepped } from '../fixtures/shop/stepped-purchase';
import type { Mutant } from '../fixtures/shop/mutate';
import batchedWriter from '../fixtures/shop/mutants/batched-writer';
import { withoutFence, withoutStock } from '../fixtures/shop/mutants/redis-lock-fenced';
import redisWatchMulti from '../fixtures/shop/mutants/redis-watch-multi';
import { unguardedBucket, unlockedSweep } from '../fixtures/shop/mutants/sharded-stock';
import unitRows from '../fixtures/shop/mutants/unit-rows-skip-locked';
import { shopTest as test } from '../fixtures/shop/shop';
import type { Shop } from '../fixtures/shop/shop';
import { bothBefore } from '../fixtures/shop/two-buyers';

/** What two buyers were told, and what is left: `2 accepted, 0 left` and so on are the exact rows. */
interface Result {
  t1: string;
  t2: string;
  stock: number;
  orders: string[];
}

type Schedule = (shop: Shop, strategy: RegisteredStrategy) => Promise<Result>;

async function toResult(
  shop: Shop,
  strategy: RegisteredStrategy,
  sku: string,
  [t1, t2]: [{ outcome: string }, { outcome: string }],
): Promise<Result> {
  const { stock, orders } = await shop.rows(strategy, sku);
  return {
    t1: t1.outcome,
    t2: t2.outcome,
    stock,
    orders: orders.map(({ attemptId }) => attemptId).sort(),
  };
}

/** T1's statement has run and its commit has not: T2 meets whatever locks it holds. */
const secondBeforeCommit: Schedule = async (shop, strategy) => {
  const sku = await shop.createItem(strategy, 1);
  const { first, second } = await shop.db.$transaction(async (tx) => {
    // a strategy of one statement asks of its client nothing that a transaction does not have
    const db = tx as PrismaClient;
    const first = await startStepped({ ...shop, db }, strategy, {
      sku,
      quantity: 1,
      attemptId: 't1',
    }).finish();
    const second = shop.step(strategy, sku, 't2').finish();
    await shop.waitUntilBlocked(second);
    return { first, second: () => second };
  });
  return toResult(shop, strategy, sku, [first, await second()]);
};

/** Both want two units that lie in two buckets, and T1 stops between locking and writing. */
const twoSweeps: Schedule = async (shop, strategy) => {
  const sku = await shop.createItem(strategy, 2);
  const t1 = shop.step(strategy, sku, 't1', { quantity: 2 });
  const t2 = shop.step(strategy, sku, 't2', { quantity: 2 });
  await t1.runUntil('take from buckets');
  await shop.waitUntilBlocked(t2.runUntil('take from buckets'));
  const first = await t1.finish();
  return toResult(shop, strategy, sku, [first, await t2.finish()]);
};

/** Every bucket holds one unit when T2 looks, and T1, who has taken them all, commits while T2 waits. */
const emptiedMeanwhile: Schedule = async (shop, strategy) => {
  const sku = await shop.createItem(strategy, 16);
  const { second } = await shop.db.$transaction(async (tx) => {
    await tx.stockBucket.updateMany({ where: { sku }, data: { stock: 0 } });
    await tx.order.create({ data: { attemptId: 't1', sku, quantity: 16, strategy: strategy.id } });
    const second = shop.step(strategy, sku, 't2').finish();
    await shop.waitUntilBlocked(second);
    return { second: () => second };
  });
  return toResult(shop, strategy, sku, [{ outcome: 'accepted' }, await second()]);
};

/** T1 stands still before its write until its lease has run out, and T2 comes in; `writesFirst` of the two writes first. */
function pastTheLease(stock: number, writesFirst: 't1' | 't2'): Schedule {
  return async (shop, strategy) => {
    const sku = await shop.createItem(strategy, stock);
    const t1 = shop.step(strategy, sku, 't1', { renewsLocks: false });
    await t1.runUntil('fenced write');
    await shop.redis.del(`fenced-lock:{${sku}}`);
    const t2 = shop.step(strategy, sku, 't2');
    await t2.runUntil('fenced write');
    const early = await (writesFirst === 't1' ? t1 : t2).finish();
    const late = await (writesFirst === 't1' ? t2 : t1).finish();
    return toResult(shop, strategy, sku, writesFirst === 't1' ? [early, late] : [late, early]);
  };
}

const lastUnitBeforeExec: Schedule = async (shop, strategy) => {
  const { t1, t2, ...rows } = await bothBefore('write if unchanged')(shop, strategy);
  return { t1: t1.outcome, t2: t2.outcome, ...rows };
};

const once: Result = { t1: 'accepted', t2: 'sold-out', stock: 0, orders: ['t1'] };
const twice: Result = { t1: 'accepted', t2: 'accepted', stock: -1, orders: ['t1', 't2'] };

interface Case {
  id: string;
  guard: string;
  schedule: Schedule;
  right: Result;
  mutant: Mutant;
  wrong: Result;
}

const cases: Case[] = [
  {
    id: 'unit-rows-skip-locked',
    guard: 'the lock on each unit',
    schedule: secondBeforeCommit,
    right: once,
    mutant: unitRows,
    // a unit has room for one name only: two orders for it, and none below zero
    wrong: { ...twice, stock: 0 },
  },
  {
    id: 'sharded-stock',
    guard: 'the locks of the sweep',
    schedule: twoSweeps,
    right: once,
    mutant: unlockedSweep,
    wrong: { ...twice, stock: -2 },
  },
  {
    id: 'sharded-stock',
    guard: 'the condition on the bucket',
    schedule: emptiedMeanwhile,
    right: once,
    mutant: unguardedBucket,
    wrong: twice,
  },
  {
    id: 'redis-watch-multi',
    guard: 'WATCH',
    schedule: lastUnitBeforeExec,
    right: once,
    mutant: redisWatchMulti,
    wrong: twice,
  },
  {
    id: 'redis-lock-fenced',
    guard: 'the fencing token',
    schedule: pastTheLease(2, 't2'),
    right: { t1: 'conflict', t2: 'accepted', stock: 1, orders: ['t2'] },
    mutant: withoutFence,
    wrong: { t1: 'accepted', t2: 'accepted', stock: 0, orders: ['t1', 't2'] },
  },
  {
    id: 'redis-lock-fenced',
    guard: 'the condition on the stock',
    schedule: pastTheLease(1, 't1'),
    right: once,
    mutant: withoutStock,
    wrong: twice,
  },
  {
    id: 'batched-writer',
    guard: 'the row lock',
    schedule: secondBeforeCommit,
    right: once,
    mutant: batchedWriter,
    wrong: twice,
  },
];

describe.each(cases)('$id and $guard', ({ id, schedule, right, mutant, wrong }) => {
  test('holds under the schedule that would break it', async ({ shop }) => {
    expect(await schedule(shop, shop.strategy(id))).toEqual(right);
  });

  test('breaks without it, which the same check says', async ({ shop }) => {
    const result = await schedule(shop, mutant(shop.strategy(id)));

    expect(() => expect(result).toEqual(right)).toThrow();
    expect(result).toEqual(wrong);
  });
});
