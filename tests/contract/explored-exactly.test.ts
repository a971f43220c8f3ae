import { describe, expect } from 'vitest';
import type { ExplorationPlan } from '@/model/exploration';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { found } from '../fixtures/explorer/compare-trees';
import { explorerTest as test } from '../fixtures/explorer/explorer';
import { toStrategy } from '../fixtures/explorer/random-strategy';
import {
  lockPerBuyer,
  mutexInTransaction,
  readFromAList,
  takeANumber,
  takeThenGiveBack,
} from '../fixtures/shop/faulty-strategies';
import type { Shop } from '../fixtures/shop/shop';
import { readsBesideItsTransaction } from '../fixtures/shop/statement-strategies';
import { tinyStrategy } from '../fixtures/shop/tiny-strategy';

/** Each locks two things, one the other way round: whoever closes the circle fails. */
function crossedLocks(shop: Shop): RegisteredStrategy {
  return tinyStrategy(shop, 'crossed locks of two kinds', {
    steps: { 'lock row': 'lock', 'lock key': 'lock' },
    purchase: ({ step, transaction }, { sku, attemptId }) =>
      transaction(async (tx) => {
        const row = () =>
          step('lock row', () => tx.$executeRaw`select from items where sku = ${sku} for update`);
        const key = () =>
          step('lock key', () => tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${sku}, 0))`);
        const [first, second] = attemptId.endsWith('0') ? [row, key] : [key, row];
        await first();
        await second();
        return { outcome: 'sold-out' };
      }),
  });
}

/** Inside a mutex, a buyer holds two locks: one that only it takes, and one that all buyers take. */
function twoLeases(shop: Shop): RegisteredStrategy {
  return toStrategy(shop, {
    operations: ['memory lock', 'redis lock of its own', 'redis lock'],
    before: 3,
    level: 'ReadCommitted',
    release: 'late',
    isCrossed: false,
    plan: { quantities: [1, 1], stock: 1, leaseExpiry: true, crash: false, items: 1 },
  });
}

describe('reduction keeps what only time, memory or a circle of waits tells apart', () => {
  test.for<[string, (shop: Shop) => RegisteredStrategy, Partial<ExplorationPlan>]>([
    ['a lock that each buyer takes for itself', lockPerBuyer, { stock: 0 }],
    ['such locks whose leases run out', lockPerBuyer, { stock: 0, leaseExpiry: true }],
    ['two locks of one buyer, whose leases run out together', twoLeases, { leaseExpiry: true }],
    ['a mutex that is freed between two steps', mutexInTransaction, {}],
    ['locks of different kinds in a circle', crossedLocks, {}],
    ['units that are given back', takeThenGiveBack, { quantities: [3, 2], stock: 2 }],
    ['places that the ids of orders give', takeANumber, { quantities: [2, 1, 1], stock: 2 }],
    ['tables that a statement lists with commas', readFromAList, {}],
  ])('%s', { timeout: 240_000 }, async ([, make, plan], { lab, shop }) => {
    const all = await lab.exploreVariant(make(shop), { ...plan, reduction: false });
    const reduced = await lab.exploreVariant(make(shop), plan);
    expect(found(reduced)).toEqual(found(all));
    expect(all.coverage.run).toBe(all.coverage.possible);
    expect(reduced.coverage.run).toBeLessThanOrEqual(all.coverage.run);
  });

  test(
    'a read over another connection than that of the open transaction',
    { tags: 'long' },
    async ({ lab, shop }) => {
      const all = await lab.exploreVariant(readsBesideItsTransaction(shop), { reduction: false });
      expect(found(await lab.exploreVariant(readsBesideItsTransaction(shop)))).toEqual(found(all));
      expect(all.coverage.run).toBe(all.coverage.possible);
    },
  );

  test('the simplest violation of a lock that each buyer takes for itself is none of one after the other', async ({
    lab,
    shop,
  }) => {
    const { plan, violation } = await lab.exploreVariant(lockPerBuyer(shop));
    expect(violation).toMatchObject({ id: 'aaaaaabbba', preemptions: 1 });
    expect(violation?.findings.map(({ kind }) => kind)).toEqual(['lock-overlap']);
    const serial = await lab.explorer.replay(plan, 'bbbbbbbaaa');
    expect(serial?.findings).toEqual([]);
  });
});

describe('undersold', () => {
  test('says which schedules turn away whom a serial order serves', async ({ lab, shop }) => {
    const plan = { quantities: [3, 2], stock: 2 };
    const { verdict, undersold, reason, plan: full } = await lab.exploreVariant(takeThenGiveBack(shop), plan);
    expect(verdict).toBe('none-found');
    expect(undersold).toMatchObject({ schedules: 2, refused: ['T2'] });
    expect(reason).toBe(
      'None of the 6 possible orders of these steps breaks an invariant. 2 orders undersell: T2 is told sold out while enough units are left, and is served when the attempts come one after the other.',
    );
    const replayed = await lab.explorer.replay(full, undersold?.example ?? '');
    expect(replayed).toMatchObject({ stock: [2], orders: [], findings: [] });
    const serial = await lab.explorer.replay(full, undersold?.servedBy ?? '');
    expect(serial).toMatchObject({ stock: [0], orders: [{ actor: 'T2', quantity: 2 }] });
  });

  test('is nobody whom every serial order refuses as well', async ({ lab, shop }) => {
    const cautious = tinyStrategy(shop, 'keeps one', {
      steps: { look: 'read' },
      purchase: async ({ db, step }, { sku }) => {
        await step('look', () => db.item.findFirst({ where: { sku } }));
        return { outcome: 'sold-out' };
      },
    });
    const { undersold, reason } = await lab.exploreVariant(cautious);
    expect(undersold).toBeNull();
    expect(reason).not.toContain('undersell');
  });
});
