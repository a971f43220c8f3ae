import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { loadStrategies } from '@/scenarios/registry';
import { strategyFolder } from '@/services/process/program';
import {
  contestedPlan,
  expectBlamed,
  expectContested,
  expectExact,
  holds,
  listMutants,
  ONE_SALE,
  raceUntil,
} from '../fixtures/shop/contest';
import type { OneSale } from '../fixtures/shop/contest';
import { laneTest as test } from '../fixtures/lanes/lane-here';

/**
 * One sale that every buyer wants is `ok` where it was made once, by the proof that the losers met it. That 20 of 20 races
 * prove it is for the soak (tests/soak/contest.soak.ts): here a race in which the losers came too late is run again.
 */
const ids = readdirSync(strategyFolder.sources).map((file) => path.basename(file, '.ts'));
const holding = [...(await loadStrategies(strategyFolder)).values()].filter(holds).map(({ id }) => id);
const mutants = await listMutants();

describe.each(Object.keys(ONE_SALE) as OneSale[])('%s', (plan) => {
  test.for(holding)('%s: contested, and sold once', async (id, { shop, race }) => {
    const burst = contestedPlan(id, plan);
    const result = await raceUntil('ok', async () => {
      const one = await race(shop.strategy(id), burst);
      expectExact(id, burst, one);
      return one;
    });
    expectContested(id, burst, result);
  });
});

test.for(mutants)(
  '$name without its guard is found out, and blamed wherever it broke',
  async ({ id, mutant, plan }, { shop, race }) => {
    const { verdict } = await raceUntil('violated', async () => {
      const one = await race(mutant(shop.strategy(id)), plan);
      expectBlamed(id, one);
      return one;
    });
    expect(verdict.status, verdict.reason).toBe('violated');
  },
);

test.for(ids)('%s: buyers one at a time put nothing to the test', async (id, { shop, race }) => {
  const { verdict } = await race(shop.strategy(id), { stock: 1, attempts: 1 });
  expect(verdict.status).toBe('inconclusive');
});
