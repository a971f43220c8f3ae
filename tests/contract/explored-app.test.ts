import path from 'node:path';
import { expect } from 'vitest';
import { exploreApp } from '@/check/explore-app';
import type { AppPlan } from '@/check/app-plan';
import { toAppPlan } from '@/check/check-file';
import { projectRoot } from '@/services/env';
import { appClients } from '@/services/open-services';
import { databaseTest } from '../fixtures/database/database';

function planFor(route: string, databaseUrl: string): AppPlan {
  const cwd = path.join(projectRoot, 'examples', 'express-pg');
  const request = { path: route, data: { sku: 'last-one', buyer: '{{buyer}}' } };
  return toAppPlan({ start: 'node shop.js', requests: [request] }, { cwd, databaseUrl, schedule: null });
}

const SELECT = 'select stock from items where sku = $1';
const UPDATE = 'update items set stock = $2 where sku = $1';
const INSERT = 'insert into orders (sku, buyer) values ($1, $2) returning id';
const ROUTES = [
  { route: '/buy', possible: 54, most: 8, kinds: ['not-serial'] },
  { route: '/buy-guarded', possible: 14, most: 4, kinds: [] },
  { route: '/buy-locked', possible: 36, most: 8, kinds: [] },
];

databaseTest.for(ROUTES)(
  '$route of the Express example, by equivalents and by the whole tree',
  { tags: 'long' },
  async ({ route, possible, most, kinds }, { database }) => {
    await database.query('drop schema public cascade');
    await database.query('create schema public');
    const plan = planFor(route, database.url);
    const reduced = await exploreApp(plan, appClients);
    const whole = await exploreApp({ ...plan, reduction: false }, appClients);

    for (const { search, shown } of [reduced, whole]) {
      const { coverage, outcomes = [] } = search ?? {};
      expect(coverage).toMatchObject({ possible, isComplete: true });
      expect([...new Set(outcomes.flatMap(({ findings }) => findings))]).toEqual(kinds);
      expect(shown?.kinds ?? []).toEqual(kinds);
    }
    expect(whole.search?.coverage.run).toBe(possible);
    expect(reduced.search?.coverage.run).toBeLessThanOrEqual(most);
    const withoutRuns = ({ search }: typeof whole) =>
      search?.outcomes.map(({ run: _run, ...outcome }) => outcome);
    expect(withoutRuns(reduced)).toEqual(withoutRuns(whole));
    expect(reduced.search?.violation).toBe(whole.search?.violation);
    expect(await database.query('select stock from items')).toEqual([{ stock: 1 }]);
    expect(await database.query('select id from orders')).toEqual([]);
  },
);

databaseTest('the simplest schedule that sells the last unit twice', async ({ database }) => {
  await database.query('drop schema public cascade');
  await database.query('create schema public');
  for (let times = 0; times < 3; times += 1) {
    const { shown, masks, reproduced } = await exploreApp(planFor('/buy', database.url), appClients);
    expect(shown?.of.run.moves.map(({ token, step }) => [token, step])).toEqual([
      ['a', '(request)'],
      ['a', SELECT],
      ['b', '(request)'],
      ['b', SELECT],
      ['b', UPDATE],
      ['b', INSERT],
      ['a', UPDATE],
      ['a', INSERT],
    ]);
    expect(shown?.of.outcome.answers.map((answer) => answer?.status)).toEqual([200, 200]);
    expect(reproduced).toEqual({ times: 10, of: 10 });
    expect(masks).toEqual(['T1 $.order', 'T2 $.order', 'public.orders.id']);
  }
});
