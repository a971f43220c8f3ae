import type { AppDatabase } from '@/app-under-test/database/app-database';
import { READ_COMMITTED, stricterLevel, toLevel } from '@/explorer/access/sql-level';
import type { AppInvariant } from './app-plan';
import { PrepareError } from './prepare-app';

/** For each connection the ones that hold the locks which it waits for. */
export async function findBlockers({ session }: AppDatabase, pids: number[]): Promise<Map<number, number[]>> {
  const { rows } = await session.client.query<{ pid: number; blockers: number[] }>({
    name: 'blockers',
    text: 'select pid, pg_blocking_pids(pid) as blockers from unnest($1::int[]) as pid',
    values: [pids],
  });
  return new Map(rows.map((row) => [row.pid, row.blockers]));
}

/** Moves every sequence on. */
export async function offsetSequences({ session, catalogue }: AppDatabase, by: number): Promise<void> {
  for (const { id } of catalogue.sequences)
    await session.client.query(`select setval('${id.replaceAll("'", "''")}', last_value + ${by}) from ${id}`);
}

/**
 * The strictest isolation level that transactions of a session may have which sets none itself: by the server's settings, by those
 * of a role or a database, or by a function that sets one.
 */
export async function defaultLevel({ session }: AppDatabase): Promise<string> {
  const { rows } = await session.client.query<{ level: string }>(`
    select current_setting('default_transaction_isolation') as level
    union all
    select split_part(setting, '=', 2) from pg_db_role_setting, unnest(setconfig) setting
    where setting ilike 'default_transaction_isolation=%'
      and setdatabase in (0, (select oid from pg_database where datname = current_database()))
    union all
    select 'serializable' from pg_proc
    where pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      and prosrc ~* 'default_transaction_isolation|session\\s+characteristics'`);
  return rows.map(({ level }) => toLevel(level)).reduce(stricterLevel, READ_COMMITTED);
}

/**
 * Names of the invariants whose SQL returns rows now.
 *
 * @throws PrepareError when PostgreSQL refuses one
 */
export async function brokenInvariants(
  { session: { client } }: AppDatabase,
  invariants: readonly AppInvariant[],
): Promise<string[]> {
  const broken: string[] = [];
  for (const { name, sql } of invariants) {
    await client.query('begin read only');
    try {
      const { rowCount } = await client.query(sql);
      if ((rowCount ?? 0) > 0) broken.push(name);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new PrepareError(`PostgreSQL refused the invariant "${name}", \`${sql}\`: ${why}`);
    } finally {
      await client.query('rollback');
    }
  }
  return broken;
}
