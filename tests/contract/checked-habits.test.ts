import path from 'node:path';
import { expect } from 'vitest';
import { toAppPlan } from '@/check/check-file';
import type { CheckFile } from '@/check/check-file';
import { runCheck } from '@/check/run-check';
import type { CheckResult } from '@/model/app-check';
import { projectRoot } from '@/services/env';
import { createPgClient } from '@/services/postgres/pg-connections';
import { databaseTest as test } from '../fixtures/database/database';

const CWD = path.join(projectRoot, 'tests', 'fixtures', 'apps');

test.beforeEach(async ({ database }) => {
  await database.query('drop schema public cascade');
  await database.query('create schema public');
});

function check(databaseUrl: string, file: Partial<CheckFile>): Promise<CheckResult> {
  const whole = { start: 'node habits.mjs', requests: [], ...file };
  const plan = toAppPlan(whole, { cwd: CWD, databaseUrl, schedule: null });
  return runCheck(plan, createPgClient, {}, (id) => id);
}

const post = (...paths: string[]) => paths.map((one) => ({ method: 'POST' as const, path: one }));

type Case = readonly [route: string, verdict: string];

async function expectTheSameOfBothTrees([route, verdict]: Case, databaseUrl: string): Promise<void> {
  const reduced = await check(databaseUrl, { requests: post(route) });
  const whole = await check(databaseUrl, { requests: post(route), reduction: false });
  expect([reduced.verdict, reduced.reason]).toEqual([verdict, expect.any(String)]);
  expect(whole.verdict).toBe(verdict);
  const outcomes = ({ explored }: CheckResult) =>
    explored?.outcomes.map(({ outcomes: texts, findings, schedules }) => ({ texts, findings, schedules }));
  expect(outcomes(reduced)).toEqual(outcomes(whole));
}

test.for<Case>([
  ['/postgres-js', 'violated'],
  ['/guarded', 'ok'],
])('%s is %s, by equivalents and by the whole tree', (habit, { database }) =>
  expectTheSameOfBothTrees(habit, database.url),
);

test.for<Case>([
  ['/insert-if', 'violated'],
  ['/postgres-js-guarded', 'ok'],
])('%s is %s, by equivalents and by the whole tree', { tags: 'long' }, (habit, { database }) =>
  expectTheSameOfBothTrees(habit, database.url),
);

test('a deadlock is waited out, and its victim is refused without harm', async ({ database }) => {
  const requests = post('/deadlock?order=ab', '/deadlock?order=ba');
  const { verdict, reason, explored } = await check(database.url, { requests });
  expect([verdict, reason]).toEqual(['ok', expect.any(String)]);
  expect(explored?.outcomes.map(({ outcomes }) => outcomes)).toContainEqual([
    'accepted (200)',
    'refused (500)',
  ]);
  expect(explored?.refused).toBeGreaterThan(0);
});

test('what comes after the answer belongs to the request', async ({ database }) => {
  const { verdict, app } = await check(database.url, { requests: post('/tail') });
  expect(verdict).toBe('ok');
  expect(app.statements).toEqual([2, 2]);
});

test('an app that answers from memory is not said to be ok', async ({ database }) => {
  const { verdict, reason } = await check(database.url, { requests: post('/cached') });
  expect(verdict).not.toBe('ok');
  expect(reason).not.toBe('');
});

test('what the app sends by itself is learned, and no schedule orders it', async ({ database }) => {
  const { verdict, notes, explored } = await check(database.url, {
    requests: post('/guarded'),
    env: { BEATS: 'yes' },
  });
  expect(verdict).toBe('ok');
  expect(notes.join()).toContain(
    'The app sends by itself, so it was not ordered: `select pg_sleep(0), 1 as beat`.',
  );
  expect(explored?.schedules.possible).toBe(6);
});
