import { beforeAll, expect } from 'vitest';
import { InProcessBackend } from '@/explorer/backends/in-process/backend';
import { ServiceWatch } from '@/explorer/backends/in-process/service-watch';
import { loadSqlParser } from '@/explorer/access/sql-shape';
import { DivergedError } from '@/explorer/search/backend';
import { PLAN_DEFAULTS } from '@/plan/catalogue-plans';
import { explorerTest as test } from '../fixtures/explorer/explorer';
import type { Lab } from '../fixtures/explorer/explorer';
import { salesRunOut } from '../fixtures/shop/statement-strategies';
import { tinyStrategy } from '../fixtures/shop/tiny-strategy';
import type { Shop } from '../fixtures/shop/shop';

beforeAll(loadSqlParser);

/** Runs buyers who lock one row by these tokens, the last of which one cannot take, and returns what the explorer says. */
async function divergenceOf({ lab, shop }: { lab: Lab; shop: Shop }, tokens: string[]): Promise<string> {
  const strategy = tinyStrategy(shop, 'locks a row', {
    steps: { 'lock row': 'lock' },
    purchase: ({ step, transaction }, { sku }) =>
      transaction(async (tx) => {
        await step('lock row', () => tx.$executeRaw`select from items where sku = ${sku} for update`);
        return { outcome: 'sold-out' };
      }),
  });
  const quantities = [...new Set(tokens)].map(() => 1);
  const sessions = await Promise.all(quantities.map(() => lab.deps.openSession()));
  const slot = { sessions, monitor: lab.deps.monitor, redis: lab.deps.redis };
  const plan = { ...PLAN_DEFAULTS, strategy: strategy.id, quantities };
  const same = quantities.map(() => strategy);
  const watch = new ServiceWatch({ ...lab.deps, slots: [slot] }, strategy.stores);
  const backend = new InProcessBackend(lab.deps, plan, strategy, same, [slot], watch);
  const failed = await backend
    .play(0, (_, taken) => tokens[taken.length] ?? null)
    .catch((error: unknown) => error);
  await backend.close();
  await Promise.all(sessions.map((session) => session.close()));
  expect(failed).toBeInstanceOf(DivergedError);
  return (failed as Error).message;
}

test('PostgreSQL chooses whom it lets go first only where two attempts wait', async ({ lab, shop }) => {
  const two = await divergenceOf({ lab, shop }, ['a', 'a', 'b', 'b', 'b']);
  expect(two).toContain('After aabb, attempt b could not go on as it could before, and no two attempts');
  expect(two).toContain('something differs between two runs');
  const three = await divergenceOf({ lab, shop }, ['a', 'a', 'b', 'b', 'c', 'c', 'c']);
  expect(three).toBe(
    'After aabbcc, attempt c could not go on as it could before: PostgreSQL let another attempt that waits for the same row go first.',
  );
});

test('what an earlier schedule has left is no wait for a row', async ({ lab, shop }) => {
  await shop.db.item.create({ data: { sku: 'all sales', stock: 1 } });
  const { unfinished, coverage } = await lab.exploreVariant(salesRunOut(shop));
  await shop.db.item.delete({ where: { sku: 'all sales' } });
  expect(unfinished).toContain('an earlier schedule has left a row, a key or something in memory');
  expect(coverage).toMatchObject({ isExact: false, remains: [expect.stringMatching(/^update items/)] });
});
