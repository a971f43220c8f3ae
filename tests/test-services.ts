import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ownFolder, projectRoot } from '@/services/env';
import { migrate } from '@/services/migrate/migrate';
import { startEmbeddedPostgres } from '@/services/postgres/embedded-postgres';
import { fetchRedisServer } from '@/services/redis/fetch-redis-server.mjs';
import { findRedisServer } from '@/services/redis/find-redis-server.mjs';
import { startEmbeddedRedis } from '@/services/redis/embedded-redis';
import { ensureProgram } from '../scripts/bundle.mjs';
import { readSetting } from '../scripts/project.mjs';

export const TEMPLATE_DATABASE = 'oversell_test_template';

const log = (message: string): void => console.error(message);

/**
 * PostgreSQL and Redis for one test run, on free ports and in a temporary folder; a global set-up of Vitest and
 * of Playwright, so that either runs alone too. Servers named by TEST_DATABASE_URL and TEST_REDIS_URL are used
 * instead if they are set, and stay as they are apart from databases whose names start with `oversell_test_`.
 *
 * @returns stops them and removes the folder
 */
export async function startTestServices(): Promise<() => Promise<void>> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    const dir = makeTemporaryFolder(closers);
    process.env.TEST_CLAIMS_DIR = dir;
    const databaseUrl = readSetting('TEST_DATABASE_URL') ?? (await startPostgres(dir, closers));
    process.env.TEST_DATABASE_URL = databaseUrl;
    process.env.TEST_REDIS_URL = readSetting('TEST_REDIS_URL') ?? (await startRedis(dir, closers));
    await makeTemplate(databaseUrl);
    // what tests start is to be what the sources say now
    await ensureProgram();
  } catch (error) {
    await close();
    throw error;
  }
  // Both runners end by themselves on SIGINT, but know nothing of these.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void close().finally(() => process.kill(process.pid, signal)));
  }
  return close;
}

function makeTemporaryFolder(closers: (() => Promise<void>)[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'oversell-test-'));
  // PostgreSQL may run under another account, which has to be able to get in.
  chmodSync(dir, 0o755);
  const remove = (): void => rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  closers.push(async () => remove());
  return dir;
}

async function startPostgres(dir: string, closers: (() => Promise<void>)[]): Promise<string> {
  // Databases are thrown away, so nothing needs to survive a power cut.
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '400' };
  const postgres = await startEmbeddedPostgres({ dir, log: () => undefined, settings });
  closers.push(() => postgres.close());
  return postgres.url;
}

async function startRedis(dir: string, closers: (() => Promise<void>)[]): Promise<string> {
  const binary =
    findRedisServer({ folder: ownFolder, explicit: process.env.REDIS_SERVER_BIN }) ??
    // only when a runner was started without `npm test`, which has done this already
    (await fetchRedisServer(ownFolder));
  const redis = await startEmbeddedRedis({ binary, dir, log });
  closers.push(() => redis.close());
  return redis.url;
}

/** Copying a migrated database takes some 20 ms, migrating a new one 150 ms. */
async function makeTemplate(serverUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`drop database if exists ${TEMPLATE_DATABASE} with (force)`);
    await client.query(`create database ${TEMPLATE_DATABASE}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${TEMPLATE_DATABASE}`;
  const migrationsDir = join(projectRoot, 'prisma', 'migrations');
  await migrate({ databaseUrl: url.href, migrationsDir, log: () => undefined });
}
