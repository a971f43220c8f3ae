import { hasOwnRows, quoteIdentifier, type Catalogue, type TableInfo } from './catalogue';
import { checksumOf } from './checksums';
import type { Session } from './connect';
import { DatabaseError } from './database-error';
import { SNAPSHOT_TABLES, type CopiedTable } from './snapshot-schema';

/**
 * Copies all rows and sequences into a new schema. All of it is one transaction: a process that is killed leaves a
 * whole snapshot or none. Nothing of the user's schemas is altered, and writers are kept out meanwhile.
 */
export async function copyEverything(session: Session, catalogue: Catalogue, schema: string): Promise<void> {
  const { client } = session;
  const tables = catalogue.tables.filter(hasOwnRows);
  const views = catalogue.tables.filter(
    ({ kind, isPopulated, extension }) => kind === 'materialized-view' && isPopulated && extension === null,
  );
  await client.query('begin');
  try {
    await client.query('set local synchronous_commit = on');
    if (tables.length > 0) await client.query(`lock table ${tables.map(sourceFor).join(', ')} in share mode`);
    await client.query(`create schema ${schema}`);
    await client.query(SNAPSHOT_TABLES.replaceAll('{schema}', schema));
    let place = 0;
    for (const table of [...tables, ...views]) {
      place += 1;
      await copyTable(session, schema, table, place);
    }
    await copySequences(session, catalogue, schema);
    await client.query(
      `insert into ${schema}.snapshot select clock_timestamp(), current_setting('application_name')`,
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

function sourceFor({ id, kind }: TableInfo): string {
  return kind === 'table' ? `only ${id}` : id;
}

async function copyTable(
  { client }: Session,
  schema: string,
  table: TableInfo,
  place: number,
): Promise<void> {
  const columns = table.columns.filter(({ generated }) => generated === null).map(({ name }) => name);
  const copy = `${schema}.t${place}`;
  await client.query(
    `create table ${copy} as select ${columns.map(quoteIdentifier).join(', ')} from ${sourceFor(table)}`,
  );
  const [before, copied] = [
    await checksumOf(client, sourceFor(table), columns),
    await checksumOf(client, copy, columns),
  ];
  if (before.rows !== copied.rows || before.checksum !== copied.checksum)
    throw new DatabaseError(
      'unrestorable',
      `The rows of ${table.id} read differently from their copy: they have values whose text changes. ` +
        'Nothing was changed.',
    );
  const described: CopiedTable = {
    place,
    id: table.id,
    isView: table.kind === 'materialized-view',
    columns,
    ...copied,
  };
  await client.query(`insert into ${schema}.tables values ($1, $2, $3, $4, $5, $6)`, [
    described.place,
    described.id,
    described.isView,
    described.columns,
    described.rows,
    described.checksum,
  ]);
}

async function copySequences({ client }: Session, { sequences }: Catalogue, schema: string): Promise<void> {
  const own = sequences.filter(({ extension }) => extension === null);
  if (own.length === 0) return;
  const values = own.map(({ id }) => `select ${client.escapeLiteral(id)}, last_value, is_called from ${id}`);
  await client.query(`insert into ${schema}.sequences ${values.join(' union all ')}`);
}
