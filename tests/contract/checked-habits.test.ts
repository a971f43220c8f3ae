import path from 'node:path';
import { expect } from 'vitest';
import type { CheckFile } from '@/check/check-file';
import { projectRoot } from '@/services/env';
import { appTest as test } from '../fixtures/app-database/check-app';

const CWD = path.join(projectRoot, 'tests', 'fixtures', 'apps');

const habit = (requests: CheckFile['requests'], env: Record<string, string> = {}): CheckFile => ({
  ...{ start: 'node habits.mjs', requests, env },
});

const post = (...paths: string[]) => paths.map((one) => ({ method: 'POST' as const, path: one }));

type Case = readonly [route: string, verdict: string];

test.for<Case>([
  ['/postgres-js', 'violated'],
  ['/guarded', 'ok'],
  ['/insert-if', 'violated'],
  ['/postgres-js-guarded', 'ok'],
])(
  '%s is %s, by equivalents and by the whole tree',
  { tags: 'long' },
  async ([route, verdict], { checkBothWays }) => {
    expect(await checkBothWays(CWD, habit(post(route)))).toMatchObject({ verdict });
  },
);

test('a deadlock is waited out, and its victim is refused without harm', async ({ check }) => {
  const requests = post('/deadlock?order=ab', '/deadlock?order=ba');
  const { verdict, reason, explored } = await check(CWD, habit(requests));
  expect([verdict, reason]).toEqual(['ok', expect.any(String)]);
  expect(explored?.outcomes.map(({ outcomes }) => outcomes)).toContainEqual([
    'accepted (200)',
    'refused (500)',
  ]);
  expect(explored?.refused).toBeGreaterThan(0);
});

test('what comes after the answer belongs to the request', async ({ check }) => {
  const { verdict, app } = await check(CWD, habit(post('/tail')));
  expect(verdict).toBe('ok');
  expect(app.statements).toEqual([2, 2]);
});

test('an app that answers from memory is not said to be ok', async ({ check }) => {
  const { verdict, reason } = await check(CWD, habit(post('/cached')));
  expect(verdict).not.toBe('ok');
  expect(reason).not.toBe('');
});

test('what the app sends by itself is learned, and no schedule orders it', async ({ check }) => {
  const { verdict, notes, explored } = await check(CWD, habit(post('/guarded'), { BEATS: 'yes' }));
  expect(verdict).toBe('ok');
  expect(notes.join()).toContain(
    'The app sends by itself, so it was not ordered: `select pg_sleep(0), 1 as beat`.',
  );
  expect(explored?.schedules.possible).toBe(6);
});
