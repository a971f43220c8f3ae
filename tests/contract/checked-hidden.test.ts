import path from 'node:path';
import { expect } from 'vitest';
import type { CheckFile } from '@/check/check-file';
import { projectRoot } from '@/services/env';
import { appTest as test, type CheckedApp } from '../fixtures/app-database/check-app';

const CWD = path.join(projectRoot, 'tests', 'fixtures', 'apps');

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

function toFile({ paths, env }: Pick<Case, 'paths' | 'env'>): CheckFile {
  const requests = paths.map((one) => ({ method: 'POST' as const, path: one }));
  return { start: 'node hidden.mjs', requests, ...(env && { env }) };
}

async function expectViolated(
  one: Case,
  { checkBothWays }: Pick<CheckedApp, 'checkBothWays'>,
): Promise<void> {
  expect(await checkBothWays(CWD, toFile(one))).toMatchObject({ verdict: 'violated' });
}

const isShort = ({ paths }: Case) => SHORT.has(paths[0]);

test.for(CASES.filter(isShort))(
  '$what counts, by equivalents and by the whole tree',
  (one, { checkBothWays }) => expectViolated(one, { checkBothWays }),
);

test.for(CASES.filter((one) => !isShort(one)))(
  '$what counts, by equivalents and by the whole tree',
  { tags: 'long' },
  (one, { checkBothWays }) => expectViolated(one, { checkBothWays }),
);

test('without any of them the two requests are as right as they were', async ({ check }) => {
  const { verdict, explored } = await check(CWD, toFile({ paths: ['/withdraw', '/buy'] }));
  expect(verdict).toBe('ok');
  expect(explored?.schedules.run).toBeLessThan(10);
});
