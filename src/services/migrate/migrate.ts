import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import type pg from 'pg';
import { createPgClient } from '../postgres/pg-connections';
import { findSchemaFaults, READ_COLUMNS } from './check-schema';
import type { Column } from './check-schema';
import { noFilter, openSchemaEngine } from './schema-engine';

export interface MigrateOptions {
  databaseUrl: string;
  /** `prisma/migrations`, absolute. */
  migrationsDir: string;
  log: (message: string) => void;
}

/** A migration cannot be applied. The message says which and why, in a form to be printed. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

const FAULTS_NAMED = 3;

/** @throws MigrationError that names what in the database does not match this program */
async function refuseOtherSchema(client: pg.Client): Promise<void> {
  const faults = findSchemaFaults((await client.query<Column>(READ_COLUMNS)).rows);
  if (faults.length === 0) return;
  const more = faults.length > FAULTS_NAMED ? `, and ${faults.length - FAULTS_NAMED} more` : '';
  throw new MigrationError(
    `The database does not fit this program: ${faults.slice(0, FAULTS_NAMED).join(', ')}${more}. Undo the change, or use another database.`,
  );
}

/** Any number but 72707369, which the engine itself locks while it works. */
const ADVISORY_LOCK = 4_071_889_201;

/**
 * Brings a database up to date with the migrations folder. Several servers may do so at the same moment: one
 * works, the others wait and find it done. What is written is what `prisma migrate deploy` writes.
 *
 * @returns names of the migrations that were applied now
 * @throws MigrationError; errors of the connection as `pg` throws them
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  return withAdvisoryLock(options.databaseUrl, async (client) => {
    const applied = await applyPending(client, options);
    await refuseOtherSchema(client);
    return applied;
  });
}

/** The same for a schema that has changed since the latest migration, as it has while the next one is being written. */
export async function migrateBehindSchema(options: MigrateOptions): Promise<void> {
  await withAdvisoryLock(options.databaseUrl, (client) => applyPending(client, options));
}

async function applyPending(client: pg.Client, options: MigrateOptions): Promise<string[]> {
  const list = readMigrations(options.migrationsDir);
  await forgetInterrupted(client, list);
  const pending = await findPending(client, list);
  if (pending.length === 0) return [];
  options.log(`Migrating the database (${pending.join(', ')})`);
  return applyMigrations(options.databaseUrl, list);
}

/** Reads the folder in the shape that the engine takes. */
export function readMigrations(migrationsDir: string): MigrationList {
  const names = readdirSync(migrationsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir: migrationsDir,
    lockfile: {
      path: 'migration_lock.toml',
      content: readFileSync(join(migrationsDir, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: names.map((path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(migrationsDir, path, 'migration.sql'), 'utf8') },
      },
    })),
  };
}

async function withAdvisoryLock<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = createPgClient({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    return await work(client);
  } finally {
    // Ending the session releases the lock, also after an error.
    await client.end();
  }
}

/**
 * Deletes the records of migrations that began and neither ended nor failed: the process that applied them died, and
 * PostgreSQL rolled them back, as each is one transaction. The engine would refuse to go on. Under the advisory lock
 * only.
 */
async function forgetInterrupted(client: pg.Client, list: MigrationList): Promise<void> {
  const table = await client.query<{ found: boolean }>(
    `select to_regclass('_prisma_migrations') is not null as found`,
  );
  if (table.rows[0]?.found !== true) return;
  await client.query(
    `delete from _prisma_migrations where finished_at is null and rolled_back_at is null
       and applied_steps_count = 0 and coalesce(logs, '') = '' and migration_name = any($1)`,
    [list.migrationDirectories.map((directory) => directory.path)],
  );
}

/** Loading the engine takes 5 MB and some 80 ms, so a start that has nothing to do asks the table itself. */
async function findPending(client: pg.Client, list: MigrationList): Promise<string[]> {
  const names = list.migrationDirectories.map((directory) => directory.path);
  const table = await client.query<{ found: boolean }>(
    `select to_regclass('_prisma_migrations') is not null as found`,
  );
  if (table.rows[0]?.found !== true) return names;
  const applied = await client.query<{ migration_name: string }>(
    'select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  const done = new Set(applied.rows.map((row) => row.migration_name));
  return names.filter((name) => !done.has(name));
}

async function applyMigrations(databaseUrl: string, migrationsList: MigrationList): Promise<string[]> {
  const { engine, close } = await openSchemaEngine(databaseUrl);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: noFilter });
    return appliedMigrationNames;
  } catch (error) {
    throw new MigrationError(`The database cannot be migrated: ${describeEngineError(error)}`, {
      cause: error,
    });
  } finally {
    await close();
  }
}

/** The engine throws an error whose message is either text or a JSON document with the text inside. */
function describeEngineError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  try {
    const parsed = JSON.parse(text) as { message?: unknown };
    return inOneLine(typeof parsed.message === 'string' ? parsed.message : text);
  } catch {
    return inOneLine(text);
  }
}

/** One line of what the engine says, without its stack. */
function inOneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !/^(?:\d+:|at) |\bnamespaces=/.test(line)).join(' ');
}
