/** @module-tag long */
import { spawn } from 'node:child_process';
import { expect } from 'vitest';
import { projectRoot } from '@/services/env';
import { databaseTest as test, testRedisUrl } from '../fixtures/database/database';
import { whenAddressed } from '../fixtures/server/server';

test('npm run dev serves every kind of page from its sources', async ({ database }) => {
  const services = { DATABASE_URL: database.url, REDIS_URL: testRedisUrl() };
  const child = spawn(process.execPath, ['scripts/dev.mjs'], {
    cwd: projectRoot,
    env: {
      ...process.env,
      ...services,
      NODE_ENV: 'development',
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = await whenAddressed(child);
  const statuses: Record<string, number> = {};
  for (const path of [
    '/',
    '/races',
    '/strategies',
    '/strategies/read-then-write',
    '/explorer',
    '/api/health',
  ])
    statuses[path] = (await fetch(server.url + path)).status;

  expect([...new Set(Object.values(statuses))], JSON.stringify(statuses)).toEqual([200]);
  expect(await server.stop()).toBe(0);
});
