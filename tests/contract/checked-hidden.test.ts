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
  const whole = { start: 'node hidden.mjs', requests: [], ...file };
  return runCheck(
    toAppPlan(whole, { cwd: CWD, databaseUrl, schedule: null }),
    createPgClient,
    {},
    (id) => id,
  );
}

interface Case {
  what: string;
  paths: [string, string];
  env?: Record<string, string>;
}

/** Each loses its race only by what the database does behind a statement, in an order that the names of tables do not show. */
const CASES: Case[] = [
  { what: 'a cascade over two foreign keys', paths: ['/cancel', '/pay-hold'] },
  { what: 'a trigger behind a cascade', paths: ['/cancel', '/pay-free'] },
  { what: 'the time at which a transaction began', paths: ['/raise', '/annotate'] },
  { what: 'a check that reads another table', paths: ['/fill', '/sit'] },
  { what: 'an exclusion constraint', paths: ['/stay-early', '/stay-late'] },
  { what: 'a row-level-security policy', paths: ['/leave', '/take-deal'] },
  { what: 'a constraint that is deferred', paths: ['/book-ahead', '/open-room'] },
  {
    what: 'a level that the session has set',
    paths: ['/withdraw', '/buy'],
    env: { LEVEL_SQL: 'set session characteristics as transaction isolation level repeatable read' },
  },
  {
    what: 'a level that the session has begun with',
    paths: ['/withdraw', '/buy'],
    env: { PGOPTIONS: '-c default_transaction_isolation=repeatable\\ read' },
  },
];

const SHORT = new Set(['/raise']);

async function expectTheSameOfBothTrees({ paths, env }: Case, databaseUrl: string): Promise<void> {
  const requests = paths.map((one) => ({ method: 'POST' as const, path: one }));
  const reduced = await check(databaseUrl, { requests, ...(env && { env }) });
  const whole = await check(databaseUrl, { requests, ...(env && { env }), reduction: false });
  expect([whole.verdict, reduced.verdict, reduced.reason]).toEqual([
    'violated',
    'violated',
    expect.any(String),
  ]);
  const outcomes = ({ explored }: CheckResult) =>
    explored?.outcomes.map(({ outcomes: texts, findings, schedules }) => ({ texts, findings, schedules }));
  expect(outcomes(reduced)).toEqual(outcomes(whole));
  expect(reduced.explored?.simplest?.id).toBe(whole.explored?.simplest?.id);
}

const isShort = ({ paths }: Case) => SHORT.has(paths[0]);

test.for(CASES.filter(isShort))('$what counts, by equivalents and by the whole tree', (one, { database }) =>
  expectTheSameOfBothTrees(one, database.url),
);

test.for(CASES.filter((one) => !isShort(one)))(
  '$what counts, by equivalents and by the whole tree',
  { tags: 'long' },
  (one, { database }) => expectTheSameOfBothTrees(one, database.url),
);

test('without any of them the two requests are as right as they were', async ({ database }) => {
  const requests = ['/withdraw', '/buy'].map((one) => ({ method: 'POST' as const, path: one }));
  const { verdict, explored } = await check(database.url, { requests });
  expect(verdict).toBe('ok');
  expect(explored?.schedules.run).toBeLessThan(10);
});
