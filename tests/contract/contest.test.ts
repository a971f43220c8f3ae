import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { loadStrategies } from '~/lab/registry.server';
import { strategyFolder } from '~/services/program.server';
import {
  contestedPlan,
  expectContested,
  expectNotPraised,
  holds,
  listMutants,
  ONE_SALE,
} from '../fixtures/contest';
import type { OneSale } from '../fixtures/contest';
import { openLanesHere } from '../fixtures/lane-here';
import { shopTest as test } from '../fixtures/shop';

/**
 * One sale that everybody wants is `ok` where it was made once, by the proof that the losers met it. The same in 20 races
 * of each: tests/soak/contest.soak.ts.
 */
const ids = readdirSync(strategyFolder.sources).map((file) => path.basename(file, '.ts'));
const holding = [...(await loadStrategies(strategyFolder)).values()].filter(holds).map(({ id }) => id);
const mutants = await listMutants();

describe.each(Object.keys(ONE_SALE) as OneSale[])('%s', (plan) => {
  test.for(holding)('%s: contested, and sold once', async (id, { shop, database }) => {
    const burst = contestedPlan(id, plan);
    expectContested(id, burst, await openLanesHere(shop, database)(shop.strategy(id), burst));
  });
});

test.for(mutants)('$name without its guard is never ok', async ({ id, mutant, plan }, { shop, database }) => {
  const race = openLanesHere(shop, database);
  expectNotPraised(id, await race(mutant(shop.strategy(id)), plan));
});

test.for(ids)('%s: buyers one at a time put nothing to the test', async (id, { shop, database }) => {
  const race = openLanesHere(shop, database);
  const { verdict } = await race(shop.strategy(id), { stock: 1, attempts: 1 });
  expect(verdict.status).toBe('inconclusive');
});
