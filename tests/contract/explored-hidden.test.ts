import { describe, expect } from 'vitest';
import type { Exploration, ExplorationPlan } from '@/model/exploration';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { found } from '../fixtures/explorer/compare-trees';
import { explorerTest as test } from '../fixtures/explorer/explorer';
import {
  createStoredFunctions,
  crossedWithoutLease,
  drawnNumberDecides,
  lockSpelled,
  orderIdDecides,
  pollsSetNx,
  SPELLINGS,
  storedFunctions,
} from '../fixtures/shop/hidden-strategies';
import type { Shop } from '../fixtures/shop/shop';

/** Without the numbers from sequences that the shown schedule has. */
function outcomesOf(one: Exploration): object {
  return { ...found(one), violation: one.violation?.id };
}

describe('reduction keeps what a statement does not show', () => {
  test.for<[string, (shop: Shop) => RegisteredStrategy, Partial<ExplorationPlan>]>([
    ['the id of an order', orderIdDecides, { stock: 2, quantities: [1, 2] }],
    ['a number that is drawn', drawnNumberDecides, { stock: 2, quantities: [1, 2] }],
    ['a function in the database', storedFunctions, { stock: 2 }],
  ])('%s', { timeout: 240_000 }, async ([, make, plan], { lab, shop }) => {
    await createStoredFunctions(shop);
    const all = await lab.exploreVariant(make(shop), { ...plan, reduction: false });
    const reduced = await lab.exploreVariant(make(shop), plan);
    expect(outcomesOf(reduced)).toEqual(outcomesOf(all));
    expect(all.verdict).toBe('violated');
  });
});

describe('a lock in Redis', () => {
  const spellings = Object.keys(SPELLINGS) as (keyof typeof SPELLINGS)[];

  test.for(spellings)('by %s lasts while no lease may run out', async (spelling, { lab, shop }) => {
    const { verdict, reason } = await lab.exploreVariant(lockSpelled(spelling)(shop));
    expect(verdict, reason).toBe('none-found');
  });

  test('is lost when its lease runs out, the same by every spelling', async ({ lab, shop }) => {
    const results = [];
    for (const spelling of spellings) {
      const plan = { leaseExpiry: true };
      const { verdict, reason, coverage } = await lab.exploreVariant(lockSpelled(spelling)(shop), plan);
      results.push({ verdict, reason, possible: coverage.possible });
    }
    const [usual, ...others] = results;
    expect(usual?.verdict).toBe('violated');
    for (const other of others) expect(other).toEqual(usual);
  });
});

test(
  'a lock without a lease is waited for, and never taken away',
  { timeout: 240_000 },
  async ({ lab, shop }) => {
    const reduced = await lab.exploreVariant(pollsSetNx(shop));
    expect(reduced).toMatchObject({ verdict: 'none-found', coverage: { isComplete: true } });
    const all = await lab.exploreVariant(pollsSetNx(shop), { reduction: false });
    expect(found(reduced)).toEqual(found(all));
  },
);

test('a lock without a lease is not taken from an attempt that waits elsewhere', async ({ lab, shop }) => {
  const plan = { stock: 0, quantities: [1, 2] };
  const reduced = await lab.exploreVariant(crossedWithoutLease(shop), plan);
  expect(reduced.verdict, reduced.reason).toBe('none-found');
  // whoever asks for the lock in vain has to give up before the other one can go on
  expect(reduced.outcomes.map(({ outcomes }) => outcomes.join())).toContain('conflict,sold-out');
  const all = await lab.exploreVariant(crossedWithoutLease(shop), { ...plan, reduction: false });
  expect(found(reduced)).toEqual(found(all));
});
