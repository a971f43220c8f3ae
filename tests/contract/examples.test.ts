import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { CheckFile } from '@/check/check-file';
import { projectRoot } from '@/services/env';
import { appTest as test } from '../fixtures/app-database/check-app';

const ROOT = path.join(projectRoot, 'examples');

/** What each has found wrong, as the terminal names it. */
const PATTERNS: Record<string, string | undefined> = {
  drizzle: 'lost-update',
  'express-pg': 'lost-update',
  'fastify-postgres-js': 'duplicate-insert',
  // patterns go by tables
  'ioredis-counter': undefined,
  knex: 'lost-update',
  kysely: 'write-skew',
  'node-redis-lock': 'lost-update',
  prisma: 'lost-update',
  sequelize: 'lost-update',
  // `save` reads the row once more, and does not write the stock that it finds already there
  typeorm: 'check-then-act',
};
const EXAMPLES = Object.keys(PATTERNS);
/** How often the soak checks each. */
const TIMES = 20;

function read(example: string, file: string): [cwd: string, file: CheckFile] {
  const cwd = path.join(ROOT, example);
  return [cwd, JSON.parse(readFileSync(path.join(cwd, file), 'utf8')) as CheckFile];
}

test('each example is checked here, and can be run', () => {
  const found = readdirSync(ROOT).filter((folder) => existsSync(path.join(ROOT, folder, 'shop.js')));
  expect(found.sort()).toEqual(EXAMPLES);
  expect(existsSync(path.join(ROOT, 'node_modules')), 'run npm test, or npm ci in examples').toBe(true);
});

test.for(EXAMPLES)('%s breaks as it says, and its fix holds', async (example, { check }) => {
  const broken = await check(...read(example, 'oversell.check.json'));
  expect([broken.verdict, broken.reason]).toEqual(['violated', expect.any(String)]);
  const { match, reproduced } = broken.explored?.simplest ?? {};
  expect(match?.pattern).toBe(PATTERNS[example]);
  expect(reproduced).toEqual({ times: 10, of: 10 });

  const fixed = await check(...read(example, 'fixed.check.json'));
  expect([fixed.verdict, fixed.reason]).toEqual(['ok', expect.any(String)]);
});

test.for(EXAMPLES)(
  '%s, by equivalents and by the whole tree',
  { tags: 'long' },
  async (example, { checkBothWays }) => {
    expect(await checkBothWays(...read(example, 'oversell.check.json'))).toMatchObject({
      verdict: 'violated',
    });
    expect(await checkBothWays(...read(example, 'fixed.check.json'))).toMatchObject({ verdict: 'ok' });
  },
);

test.for(EXAMPLES)(
  `%s is judged right ${TIMES} of ${TIMES} times`,
  { tags: 'long' },
  async (example, { check }) => {
    for (let time = 1; time <= TIMES; time += 1) {
      const { verdict: broken } = await check(...read(example, 'oversell.check.json'));
      const { verdict: fixed } = await check(...read(example, 'fixed.check.json'));
      expect([broken, fixed], `time ${time}`).toEqual(['violated', 'ok']);
    }
  },
);
