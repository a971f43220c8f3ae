import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { projectRoot } from '@/services/env';
import { migrate, migrateBehindSchema, MigrationError } from '@/services/migrate/migrate';
import { diffWithSchema } from '@/services/migrate/schema-diff';
import { createTestDatabase, databaseTest, type TestDatabase } from '../fixtures/database/database';

const migrationsDir = join(projectRoot, 'prisma', 'migrations');
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase({ empty: true });
  cleanups.push(() => database.drop());
  return database;
}

async function rows<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('migrations', () => {
  databaseTest('leave nothing to do for schema.prisma', async ({ database }) => {
    expect(await diffWithSchema(database.url)).toBe('');
  });

  test('a schema difference would be noticed', async () => {
    const database = await createTestDatabase();
    cleanups.push(() => database.drop());
    await rows(database.url, 'alter table orders drop column quantity');
    expect(await diffWithSchema(database.url)).toContain('ADD COLUMN     "quantity" INTEGER NOT NULL');
  });

  test('leave free space in the pages of the hot table', async () => {
    const { url } = await emptyDatabase();
    await migrate({ databaseUrl: url, migrationsDir, log: () => undefined });
    const [items] = await rows<{ reloptions: string[] }>(
      url,
      `select reloptions from pg_class where relname = 'items'`,
    );
    expect(items?.reloptions).toEqual(['fillfactor=50']);
  });

  test('are recorded as Prisma records them', async () => {
    const { url } = await emptyDatabase();
    const applied = await migrate({ databaseUrl: url, migrationsDir, log: () => undefined });
    const recorded = await rows<{ migration_name: string; done: boolean; checksum: string }>(
      url,
      'select migration_name, checksum, finished_at is not null as done from _prisma_migrations order by 1',
    );
    expect(recorded.map((row) => row.migration_name)).toEqual(applied);
    expect(applied.length).toBeGreaterThan(0);
    for (const row of recorded) {
      expect(row.done).toBe(true);
      expect(row.checksum).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  test('are applied once when several servers start together', async () => {
    const { url } = await emptyDatabase();
    const messages: string[] = [];
    const start = (): Promise<string[]> =>
      migrate({ databaseUrl: url, migrationsDir, log: (message) => messages.push(message) });
    const results = await Promise.all([start(), start(), start()]);
    expect(results.filter((applied) => applied.length > 0)).toHaveLength(1);
    expect(messages).toHaveLength(1);
    const recorded = await rows<{ n: number }>(url, 'select count(*)::int as n from _prisma_migrations');
    expect(recorded[0]?.n).toBe(results.flat().length);
  });

  test('whose server died in the middle of them are applied by the next one', async () => {
    const { url } = await emptyDatabase();
    const [first = ''] = readdirSync(migrationsDir).sort();
    // what Prisma writes before it runs the script, which PostgreSQL takes back when the connection is gone
    await rows(
      url,
      `create table _prisma_migrations (id varchar(36) primary key, checksum varchar(64) not null,
         finished_at timestamptz, migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
         started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`,
    );
    await rows(
      url,
      `insert into _prisma_migrations (id, checksum, migration_name) values ('1', repeat('0', 64), '${first}')`,
    );

    const applied = await migrate({ databaseUrl: url, migrationsDir, log: () => undefined });

    expect(applied[0]).toBe(first);
    expect(await rows(url, 'select from _prisma_migrations where finished_at is null')).toEqual([]);
  });

  test('behind the schema are refused by a server, and applied where the next one is written', async () => {
    const { url } = await emptyDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'oversell-migrations-'));
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(join(migrationsDir, 'migration_lock.toml'), join(folder, 'migration_lock.toml'));
    mkdirSync(join(folder, '20260101000000_first'));
    writeFileSync(
      join(folder, '20260101000000_first', 'migration.sql'),
      'create table items (sku text primary key);',
    );
    const options = { databaseUrl: url, migrationsDir: folder, log: () => undefined };

    await migrateBehindSchema(options);
    expect(await diffWithSchema(url)).toContain('ALTER TABLE "items"');
    await expect(migrate(options)).rejects.toThrow(/^The database does not fit this program: the table /);
  });

  test('that fail say which one and why, and leave no connection behind', async () => {
    const { url, name } = await emptyDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'oversell-migrations-'));
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(migrationsDir, folder, { recursive: true });
    mkdirSync(join(folder, '99990101000000_broken'));
    writeFileSync(
      join(folder, '99990101000000_broken', 'migration.sql'),
      'alter table no_such_table add x int;',
    );

    const failure = await migrate({ databaseUrl: url, migrationsDir: folder, log: () => undefined }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(MigrationError);
    expect((failure as Error).message).toContain('99990101000000_broken');
    expect((failure as Error).message).toContain('no_such_table');
    const sessions = await rows<{ n: number }>(
      url,
      `select count(*)::int as n from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`,
    );
    expect(sessions[0]?.n).toBe(0);
  });
});
