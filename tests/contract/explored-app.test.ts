import path from 'node:path';
import { expect } from 'vitest';
import { exploreApp } from '@/check/explore-app';
import type { AppPlan } from '@/check/explore-app';
import { projectRoot } from '@/services/env';
import { createPgClient } from '@/services/postgres/pg-connections';
import { databaseTest } from '../fixtures/database/database';

function planFor(route: string, databaseUrl: string): AppPlan {
  return {
    ...{ start: 'node shop.js', cwd: path.join(projectRoot, 'examples', 'express-pg') },
    ...{ databaseUrl, databaseEnv: 'DATABASE_URL', portEnv: 'PORT', startMs: 30_000 },
    requests: ['ann', 'bob'].map((buyer) => ({
      ...{ method: 'POST', path: route, headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ sku: 'last-one', buyer }),
    })),
    ...{ reduction: true, maxSchedules: 1_000, preemptions: null, sample: null, maxRetries: 4, seed: 1 },
  };
}

const SELECT = 'select stock from items where sku = $1';
const UPDATE = 'update items set stock = $2 where sku = $1';
const INSERT = 'insert into orders (sku, buyer) values ($1, $2) returning id';
const ROUTES = [
  { route: '/buy', possible: 54, kinds: ['not-serial'] },
  { route: '/buy-guarded', possible: 14, kinds: [] },
  { route: '/buy-locked', possible: 36, kinds: [] },
];

databaseTest.for(ROUTES)(
  '$route of the Express example, by equivalents and by the whole tree',
  async ({ route, possible, kinds }, { database }) => {
    await database.query('drop schema public cascade');
    await database.query('create schema public');
    const plan = planFor(route, database.url);
    const reduced = await exploreApp(plan, createPgClient);
    const whole = await exploreApp({ ...plan, reduction: false }, createPgClient);

    for (const { coverage, outcomes, shown } of [reduced, whole]) {
      expect(coverage).toMatchObject({ possible, isComplete: true });
      expect([...new Set(outcomes.flatMap(({ findings }) => findings))]).toEqual(kinds);
      expect(shown?.kinds ?? []).toEqual(kinds);
    }
    expect(whole.coverage.run).toBe(possible);
    expect(reduced.coverage.run).toBeLessThan(possible);
    const withoutRuns = ({ outcomes }: typeof whole) => outcomes.map(({ run: _run, ...outcome }) => outcome);
    expect(withoutRuns(reduced)).toEqual(withoutRuns(whole));
    expect(reduced.violation).toBe(whole.violation);
    expect(await database.query('select stock from items')).toEqual([{ stock: 1 }]);
    expect(await database.query('select id from orders')).toEqual([]);
  },
);

databaseTest('the simplest schedule that sells the last unit twice', async ({ database }) => {
  await database.query('drop schema public cascade');
  await database.query('create schema public');
  for (let times = 0; times < 3; times += 1) {
    const { shown, masks } = await exploreApp(planFor('/buy', database.url), createPgClient);
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
    expect(masks).toEqual(['T1 $.order', 'T2 $.order', 'public.orders.id']);
  }
});
