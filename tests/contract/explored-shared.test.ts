import { describe, expect } from 'vitest';
import type { Exploration } from '@/model/exploration';
import { found } from '../fixtures/explorer/compare-trees';
import { explorerTest as test } from '../fixtures/explorer/explorer';
import {
  countsSales,
  freesTooEarly,
  sellsInMutex,
  sellsLocked,
  sellsOnce,
  sellsOnceByScript,
} from '../fixtures/shop/sharing-strategies';
import { quotaOfTheShop, unitOfTheShop } from '../fixtures/shop/statement-strategies';

/** Strategies that share more than the item: every schedule has to find it as it would alone. */

const ofItem = (sku: string) => `lock:{${sku}}`;

/** What was found, and by how many runs; the schedule that is shown has keys in it. */
const result = ({ violation, ...rest }: Exploration) => ({
  ...found({ ...rest, violation: null }),
  run: rest.coverage.run,
  example: violation?.id,
});

describe('schedules do not disturb each other', () => {
  test('by a key of Redis that all items have in common', async ({ lab, shop }) => {
    const own = await lab.exploreVariant(freesTooEarly(ofItem)(shop));
    expect(own.reason).toMatch(/^\d+ of the \d+ possible orders oversell/);
    const shared = await lab.exploreVariant(freesTooEarly(() => 'lock:shop')(shop));
    expect({ ...result(shared), run: 0 }).toEqual({ ...result(own), run: 0 });
    expect(await shop.redis.exists('lock:shop')).toBe(0);
  });

  test('by an advisory lock that all items have in common', async ({ lab, shop }) => {
    const own = await lab.exploreVariant(sellsLocked('an advisory lock', ofItem)(shop));
    const shared = await lab.exploreVariant(sellsLocked('an advisory lock', () => 'shop')(shop));
    expect(own.coverage.isExact).toBe(true);
    expect(result(shared)).toEqual(result(own));
  });

  test('by such a lock that the first schedule does not take', async ({ lab, shop }) => {
    const own = await lab.exploreVariant(sellsLocked('an advisory lock', ofItem, true)(shop));
    const shared = await lab.exploreVariant(sellsLocked('an advisory lock', () => 'shop', true)(shop));
    expect(own.coverage.run).toBeGreaterThan(4);
    expect(result(shared)).toEqual(result(own));
  });

  test('by a mutex in memory that all items have in common', async ({ lab, shop }) => {
    const plan = { reduction: false };
    const own = await lab.exploreVariant(sellsInMutex(ofItem)(shop), plan);
    const shared = await lab.exploreVariant(sellsInMutex(() => 'shop')(shop), plan);
    expect(own).toMatchObject({ verdict: 'none-found', coverage: { isExact: true } });
    expect(result(shared)).toEqual(result(own));
  });

  test('by LOCK TABLE', async ({ lab, shop }) => {
    const strategy = sellsLocked('LOCK TABLE', ofItem)(shop);
    const all = await lab.exploreVariant(strategy, { reduction: false });
    expect(all).toMatchObject({ verdict: 'none-found', coverage: { isExact: true } });
    expect(found(await lab.exploreVariant(strategy))).toEqual(found(all));
  });
});

describe('what a schedule leaves that belongs to no item', () => {
  test('is put back before the next, and at the end', async ({ lab, shop }) => {
    const own = await lab.exploreVariant(sellsOnce(ofItem)(shop));
    expect(own.outcomes.map(({ outcomes }) => outcomes.join())).toContain('accepted,sold-out');
    const shared = await lab.exploreVariant(sellsOnce(() => 'sold:all')(shop));
    expect({ ...result(shared), run: 0 }).toEqual({ ...result(own), run: 0 });
    expect(await shop.redis.exists('sold:all')).toBe(0);
  });

  test('is no lock of a session', async ({ lab, shop }) => {
    const plan = { quantities: [1, 2] };
    const own = await lab.exploreVariant(sellsLocked('a lock of the session', ofItem)(shop), plan);
    const shared = await lab.exploreVariant(sellsLocked('a lock of the session', () => 'shop')(shop), plan);
    // where the second buyer has the lock, it finds one unit and wants two
    expect(own.outcomes.map(({ outcomes }) => outcomes.join())).toContain('conflict,sold-out');
    expect(result(shared)).toEqual(result(own));
  });

  test('is kept as it was before, and said', async ({ lab, shop }) => {
    await shop.redis.set('sold:before', 'a race', { expiration: { type: 'EX', value: 600 } });
    const { coverage, outcomes, reason } = await lab.exploreVariant(sellsOnce(() => 'sold:before')(shop));
    expect(outcomes.map((row) => row.outcomes.join())).toEqual(['sold-out,sold-out']);
    expect(coverage).toMatchObject({ isExact: false, isComplete: false, foundBefore: ['sold:before'] });
    expect(reason).toContain(
      'Schedules write sold:before in Redis, which names no item and was there before',
    );
    expect(await shop.redis.get('sold:before')).toBe('a race');
    expect(await shop.redis.ttl('sold:before')).toBeGreaterThan(0);
    await shop.redis.del('sold:before');
  });

  test.for([
    ['by the attempt alone', () => 'shop'],
    ['by the sku, in a table that the strategy does not clear', (sku: string) => sku],
  ] as const)('is no row that is named %s', async ([, nameOf], { lab, shop }) => {
    const first = await lab.exploreVariant(quotaOfTheShop(nameOf)(shop));
    expect(first.outcomes.map(({ outcomes }) => outcomes.join())).toContain('accepted,sold-out');
    expect(first).toMatchObject({ verdict: 'violated', coverage: { isExact: true } });
    expect(await shop.db.hold.count()).toBe(0);
    const again = await lab.exploreVariant(quotaOfTheShop(nameOf)(shop));
    expect(result(again)).toEqual(result(first));
  });

  test('is said where it is given to an attempt, and not deleted', async ({ lab, shop }) => {
    await shop.db.unit.create({ data: { sku: 'shop' } });
    const { coverage } = await lab.exploreVariant(unitOfTheShop(shop));
    expect(coverage).toMatchObject({ isExact: false, isComplete: false });
    expect(coverage.remains).toEqual([expect.stringMatching(/^update units set attempt_id/)]);
    expect(await shop.db.unit.deleteMany({ where: { sku: 'shop' } })).toEqual({ count: 1 });
  });

  test('is said where rows name no item', async ({ lab, shop }) => {
    await shop.db.item.create({ data: { sku: 'all sales', stock: 0 } });
    const { coverage, reason } = await lab.exploreVariant(countsSales(shop));
    await shop.db.item.delete({ where: { sku: 'all sales' } });
    expect(coverage).toMatchObject({ isExact: false, isComplete: false });
    expect(coverage.remains).toEqual([expect.stringMatching(/^update items set version/)]);
    expect(reason).toContain('Name the sku in these statements.');
  });

  test('is noticed by running schedules again where it does not show', async ({ lab, shop }) => {
    const { coverage, reason } = await lab.exploreVariant(sellsOnceByScript(shop));
    expect(coverage).toMatchObject({ isExact: false, isComplete: false });
    expect(coverage.unsteady).not.toEqual([]);
    expect(reason).toContain('came to something else: schedules leave something for the next one');
    await shop.redis.del('claimed:by all');
  });
});
