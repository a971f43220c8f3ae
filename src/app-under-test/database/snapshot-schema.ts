import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { RelationId } from './catalogue';

/** Changes when another version could not restore from the tables below. */
export const SNAPSHOT_VERSION = 1;

/** A regular expression of PostgreSQL and of JavaScript. */
export const SNAPSHOT_SCHEMA_PATTERN = '^oversell_snapshot_v[0-9]+_[0-9a-f]{12}$';

/** A name that says the version and is unlike any other. */
export function newSnapshotSchema(): string {
  return `oversell_snapshot_v${SNAPSHOT_VERSION}_${randomBytes(6).toString('hex')}`;
}

/**
 * What a process that knows nothing of the run needs in order to restore. Copies are called `t1`, `t2`, so that an app
 * that looks a table up by its name alone finds its own.
 */
export const SNAPSHOT_TABLES = `
  create table {schema}.snapshot (made_at timestamptz not null, made_by text not null);
  create table {schema}.tables (
    place int primary key, id text not null, is_view boolean not null, columns text[] not null,
    rows float8 not null, checksum text not null
  );
  create table {schema}.sequences (id text primary key, last_value bigint not null, is_called boolean not null);
  create table {schema}.settings (role text not null, name text not null, earlier text);`;

/** One copied table. */
export interface CopiedTable {
  place: number;
  id: RelationId;
  /** A materialised view: it is compared and refreshed, as its rows cannot be written. */
  isView: boolean;
  /** All but generated ones, in the table's order. */
  columns: string[];
  rows: number;
  /** A sum over its rows as text, whatever their order. */
  checksum: string;
}

export interface Manifest {
  schema: string;
  madeAt: Date;
  /** The `application_name` of the process that made it. */
  madeBy: string;
  tables: CopiedTable[];
}

/** Reads what a snapshot holds; undefined when it was never completed. */
export async function readManifest(client: pg.Client, schema: string): Promise<Manifest | undefined> {
  const exists = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    `${schema}.snapshot`,
  ]);
  if (exists.rows[0]?.found !== true) return undefined;
  const snapshots = await client.query<{ madeAt: Date; madeBy: string }>(
    `select made_at as "madeAt", made_by as "madeBy" from ${schema}.snapshot`,
  );
  const [snapshot] = snapshots.rows;
  if (!snapshot) return undefined;
  const tables = await client.query<CopiedTable>(
    `select place, id, is_view as "isView", columns, rows, checksum from ${schema}.tables order by place`,
  );
  return { schema, ...snapshot, tables: tables.rows };
}
