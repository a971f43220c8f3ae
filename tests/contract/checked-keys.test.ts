import path from 'node:path';
import { expect } from 'vitest';
import type { CheckFile } from '@/check/check-file';
import { projectRoot } from '@/services/env';
import { appTest as test } from '../fixtures/app-database/check-app';

const CWD = path.join(projectRoot, 'tests', 'fixtures', 'apps');

const keys = (route: string): CheckFile => ({
  ...{ start: 'node keys.mjs', redis: 'embedded' },
  requests: [{ method: 'POST', path: route }],
});

test('a transaction under WATCH is one move, and holds', async ({ check }) => {
  const { verdict, reason } = await check(CWD, keys('/watch'));
  expect([verdict, reason]).toEqual(['ok', expect.any(String)]);
});

test('a transaction under WATCH whose reply is not read sells twice', async ({ check }) => {
  const { verdict, reason, explored } = await check(CWD, keys('/watch-in-vain'));
  expect([verdict, reason]).toEqual(['violated', expect.any(String)]);
  const [last] = explored?.simplest?.moves.filter(({ sql = '' }) => /^exec/i.test(sql)).slice(-1) ?? [];
  expect(last).toMatchObject({ store: 'redis', tag: 'nil' });
});

test('a command that waits for a key lets others go on meanwhile', async ({ check }) => {
  const { verdict, reason, explored } = await check(CWD, keys('/token'));
  expect([verdict, reason]).toEqual(['ok', expect.any(String)]);
  expect(explored?.schedules.possible).toBeGreaterThan(2);
});

test('an app that uses another database of its Redis is inconclusive, with the reason', async ({ check }) => {
  const { verdict, reason } = await check(CWD, keys('/other-database'));
  expect(verdict).toBe('inconclusive');
  expect(reason).toContain('to the database 5 of Redis, beside the database 3 of its address');
});
