import { describe, expect } from 'vitest';
import type { Exploration, ExplorationPlan } from '@/model/exploration';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { found } from '../fixtures/explorer/compare-trees';
import { toStrategy } from '../fixtures/explorer/random-strategy';
import { explorerTest as test } from '../fixtures/explorer/explorer';
import {
  acceptsFirst,
  beginningDecides,
  createStoredFunctions,
  crossedWithoutLease,
  drawnNumberDecides,
  lockSpelled,
  orderIdDecides,
  pollsSetNx,
  refusesThenCloses,
  slowToRefuse,
  SPELLINGS,
  storedFunctions,
  ticketDecides,
} from '../fixtures/shop/hidden-strategies';
import { madeKeyDecides } from '../fixtures/shop/sharing-strategies';
import type { Shop } from '../fixtures/shop/shop';
import { ordersInBatch, ordersWhereAvailable, otherItemDecides } from '../fixtures/shop/statement-strategies';

/** Without the numbers from sequences that the shown schedule has. */
function outcomesOf(one: Exploration): object {
  return { ...found(one), violation: one.violation?.id };
}

describe('reduction keeps what a statement does not show', () => {
  test.for<[string, (shop: Shop) => RegisteredStrategy, Partial<ExplorationPlan>]>([
    ['the id of an order', orderIdDecides, { stock: 2, quantities: [1, 2] }],
    ['a number that is drawn', drawnNumberDecides, { stock: 2, quantities: [1, 2] }],
    ['a function in the database', storedFunctions, { stock: 2 }],
    ['when a transaction began', beginningDecides, { stock: 2, quantities: [1, 2] }],
    ['a key that names no item beside one that does', ticketDecides, { stock: 2, quantities: [1, 2] }],
    [
      'a key that a script makes of the one that it declares',
      madeKeyDecides,
      { stock: 2, quantities: [2, 1] },
    ],
    ['rows of other items than the one named', otherItemDecides, { items: 2, quantities: [2, 1], stock: 5 }],
  ])('%s', { timeout: 240_000 }, async ([, make, plan], { lab, shop }) => {
    await createStoredFunctions(shop);
    const all = await lab.exploreVariant(make(shop), { ...plan, reduction: false });
    const reduced = await lab.exploreVariant(make(shop), plan);
    expect(outcomesOf(reduced)).toEqual(outcomesOf(all));
    expect(all.verdict).toBe('violated');
  });
});

test.for([
  ['a statement that orders by what it reads', ordersWhereAvailable, '4 of the 6'],
  // the second statement of each waits for the other's row
  ['the statements of a batch that does', ordersInBatch, '2 of the 4'],
] as const)('others come between %s and its commit', async ([, make, broken], { lab, shop }) => {
  const { reason, coverage, violation } = await lab.exploreVariant(make(shop));
  // each takes two moves: what it sends and its commit, and only one after the other does not oversell
  expect(reason).toBe(`${broken} possible orders oversell.`);
  expect(coverage).toMatchObject({ isExact: true });
  expect(violation).toMatchObject({ stock: [-1], preemptions: 1 });
});

test('a batch that was given up before its commit holds no lock', async ({ lab, shop }) => {
  const strategy = toStrategy(shop, {
    operations: ['redis lock', 'decrement if left, in a batch'],
    ...{ before: 2, level: 'ReadCommitted', release: 'late', isCrossed: false },
    plan: { quantities: [1, 1], stock: 1, leaseExpiry: false, crash: false, items: 1 },
  });
  const { coverage, verdict } = await lab.exploreVariant(strategy);
  expect(coverage.abandoned).toBeGreaterThan(0);
  expect(verdict).toBe('none-found');
});

test(
  'what a server takes long for is no time-out of the strategy',
  { tags: 'long' },
  async ({ lab, shop }) => {
    const { outcomes } = await lab.exploreVariant(slowToRefuse(shop), { sample: 1, stock: 0 });
    expect(outcomes.map((row) => row.outcomes.join())).toEqual(['sold-out,sold-out']);
  },
);

describe('work after the answer', () => {
  test('does not take back the answer when it dies', async ({ lab, shop }) => {
    const strategy = acceptsFirst(shop);
    expect(await lab.exploreVariant(strategy, { stock: 2 })).toMatchObject({ verdict: 'none-found' });
    const { outcomes, coverage } = await lab.exploreVariant(strategy, { stock: 2, crash: true });
    // of the 24 schedules one attempt dies before its check in 6, and after its answer in 12
    expect(coverage).toMatchObject({ possible: 24, isExact: true });
    const counted = outcomes.map((row) => [row.outcomes.join(), row.findings.join(), row.schedules]);
    expect(counted).toEqual([
      ['accepted,accepted', 'lost-order', 12],
      ['accepted,died', '', 6],
      ['accepted,accepted', '', 6],
    ]);
  });

  test.for([true, false])(
    'is not the time of its buyer (reduction: %s)',
    async (reduction, { lab, shop }) => {
      const plan = { stock: 2, quantities: [2, 1], reduction };
      const { outcomes, coverage } = await lab.exploreVariant(refusesThenCloses(shop), plan);
      // T1 (2 moves) is refused before T2 (4 moves) is called, which looks before T1 closes: a, b, and a among the 4 places left
      const broken = outcomes.filter(({ findings }) => findings.length > 0);
      expect(broken).toMatchObject([{ findings: ['non-linearizable'], schedules: 4, example: 'abbbba' }]);
      expect(coverage).toMatchObject({ possible: 15, isExact: true });
    },
  );
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
