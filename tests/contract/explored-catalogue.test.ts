import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import type { ExplorationProgress } from '@/model/exploration';
import { planCatalogue } from '@/plan/catalogue-plans';
import { strategyFolder } from '@/services/process/program';
import type { Mutant } from '../fixtures/shop/mutate';
import { atIsolation, lockingItemFirst } from '../fixtures/shop/mutate';
import { explorerTest as test } from '../fixtures/explorer/explorer';

/**
 * The label of every strategy against every schedule of two attempts. A new file is covered without further work: what
 * is to be found follows from what it says of itself.
 */
const ids = readdirSync(strategyFolder.sources).map((file) => path.basename(file, '.ts'));

/** Of thousands of schedules. */
const LARGE = ['redis-lock-fenced', 'sharded-stock'];
const options = (id: string) => ({ tags: LARGE.includes(id) ? ['long'] : [] });

describe.each(ids)('%s', (id) => {
  test('breaks under some schedule, or under none, as its label says', options(id), async ({ lab, shop }) => {
    const plans = planCatalogue(shop.strategy(id));

    const found = [];
    for (const { name, plan } of plans) {
      const { verdict, coverage } = await lab.explorer.explore(plan);
      found.push({ name, verdict, isComplete: coverage.isComplete });
    }

    expect(found).toEqual(plans.map(({ name, expected }) => ({ name, verdict: expected, isComplete: true })));
  });
});

const mutants = readdirSync(path.join(import.meta.dirname, '../fixtures/shop/mutants')).map((file) =>
  path.basename(file, '.ts'),
);

describe.each(mutants)('%s without its guard', (id) => {
  test('breaks under some schedule of the same plans', options(id), async ({ lab, shop }) => {
    const strategy = shop.strategy(id);
    const module = (await import(`../fixtures/shop/mutants/${id}.ts`)) as Record<string, Mutant>;
    for (const [name, mutant] of Object.entries(module)) {
      const verdicts = new Set<string>();
      for (const { plan } of planCatalogue(strategy)) {
        if (verdicts.has('violated')) break;
        const stop = new AbortController();
        const progress = ({ violated }: ExplorationProgress) => {
          if (violated > 0) stop.abort();
        };
        const events = { progress, signal: stop.signal };
        verdicts.add((await lab.exploreVariant(mutant(strategy), plan, events)).verdict);
      }
      expect([...verdicts], name).toContain('violated');
    }
  });
});

describe('conditions that only other code can keep or break', () => {
  test('insert-where-available holds when the item was locked in an earlier statement', async ({
    lab,
    shop,
  }) => {
    const { verdict, coverage } = await lab.exploreVariant(
      lockingItemFirst(shop.strategy('insert-where-available')),
    );
    expect({ verdict, isComplete: coverage.isComplete }).toEqual({ verdict: 'none-found', isComplete: true });
  });

  test('repeatable-read-retry breaks when each buyer writes a row of its own', async ({ lab, shop }) => {
    const onLedger = atIsolation('RepeatableRead')(shop.strategy('append-ledger'));
    const { verdict, violation } = await lab.exploreVariant(onLedger);
    expect(verdict).toBe('violated');
    expect(violation?.findings.map(({ kind }) => kind)).toContain('oversold');
  });
});
