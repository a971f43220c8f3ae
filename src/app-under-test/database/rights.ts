import { hasOwnRows, type Catalogue, type Firing, type TableInfo } from './catalogue';
import type { Session } from './connect';
import { DatabaseError } from './database-error';

/** Whether triggers and rules of this kind fire on what the session writes. */
function firesFor(session: Session, firing: Firing): boolean {
  return firing === 'always' || firing === session.replicationRole;
}

/** A trigger or rule that has to be switched off while rows are restored, or it would change or add some. */
export interface Interference {
  what: 'trigger' | 'rule';
  table: TableInfo;
  name: string;
  firing: Firing;
}

/** What would fire while the rows of these tables, with their partitions, are deleted and inserted. */
export function findInterference(
  session: Session,
  catalogue: Catalogue,
  tables: ReadonlySet<string>,
): Interference[] {
  const written = catalogue.tables.filter(({ id, partitionOf }) => tables.has(partitionOf ?? id));
  const isRestoring = (event: string): boolean => event === 'insert' || event === 'delete';
  return written.flatMap((table) => [
    ...table.triggers
      .filter(({ firing, events }) => firesFor(session, firing) && events.some(isRestoring))
      .map(({ name, firing }) => ({ what: 'trigger' as const, table, name, firing })),
    ...table.rules
      .filter(({ firing, event }) => firesFor(session, firing) && isRestoring(event))
      .map(({ name, firing }) => ({ what: 'rule' as const, table, name, firing })),
  ]);
}

interface TableRights {
  id: string;
  owner: string;
  missing: string[];
  owns: boolean;
  isFiltered: boolean;
}

/**
 * Checks that the role may copy and restore everything.
 *
 * @throws DatabaseError `no-right` or `unrestorable`, with each table
 */
export async function requireRights(session: Session, catalogue: Catalogue): Promise<void> {
  const tables = catalogue.tables.filter(hasOwnRows);
  const problems = [
    ...(await databaseProblems(session)),
    ...(await tableProblems(session, catalogue, tables)),
    ...(await sequenceProblems(session, catalogue)),
  ];
  if (problems.length > 0)
    throw new DatabaseError(
      'no-right',
      `The role ${session.role} cannot restore the database ${session.address}: ${problems.join('; ')}. ` +
        'Connect as the owner of the tables or as a superuser, or grant these rights.',
    );
  const running = catalogue.eventTriggers.filter(
    ({ firing, event }) => event !== 'login' && firesFor(session, firing),
  );
  if (running.length > 0)
    throw new DatabaseError(
      'unrestorable',
      `Creating the snapshot would run the event trigger ${running.map(({ name }) => name).join(', ')} of the ` +
        `database ${session.address}. Connect as a superuser, or disable it.`,
    );
  const remote = catalogue.tables.filter(
    ({ kind, partitionOf }) => kind === 'foreign' && partitionOf !== null,
  );
  if (remote.length > 0)
    throw new DatabaseError(
      'unrestorable',
      `The partition ${remote.map(({ id }) => id).join(', ')} is a foreign table, whose rows are in another ` +
        'database. Use a database that holds all its rows itself.',
    );
}

async function databaseProblems({ client, database }: Session): Promise<string[]> {
  const { rows } = await client.query<{ may: boolean }>(
    `select has_database_privilege(current_database(), 'CREATE') as may`,
  );
  return rows[0]?.may === true ? [] : [`it may not create a schema in ${database} (grant CREATE on it)`];
}

async function tableProblems(
  session: Session,
  catalogue: Catalogue,
  tables: readonly TableInfo[],
): Promise<string[]> {
  const { rows } = await session.client.query<TableRights>(
    `select format('%I.%I', nspname, relname) as id, rolname as owner,
      array_remove(array[
        case when not has_schema_privilege(relnamespace, 'USAGE') then 'USAGE of its schema' end,
        case when not has_table_privilege(c.oid, 'SELECT') then 'SELECT' end,
        case when not has_table_privilege(c.oid, 'INSERT') then 'INSERT' end,
        case when not has_table_privilege(c.oid, 'DELETE') then 'DELETE' end], null) as missing,
      pg_has_role(relowner, 'USAGE') as owns,
      row_security_active(c.oid) as "isFiltered"
    from pg_class c join pg_namespace on pg_namespace.oid = relnamespace join pg_roles on pg_roles.oid = relowner
    where c.oid = any ($1::bigint[]::oid[])
    order by 1`,
    [catalogue.tables.filter(({ kind }) => kind !== 'foreign').map(({ oid }) => oid)],
  );
  const rights = new Map(rows.map((row) => [row.id, row]));
  const problems = tables.flatMap(({ id }) => {
    const { missing, owner, isFiltered } = rights.get(id) ?? { missing: [], owner: '', isFiltered: false };
    if (missing.length > 0) return [`it lacks ${missing.join(', ')} on ${id} (owner ${owner})`];
    return isFiltered ? [`row-level security hides rows of ${id} from it (owner ${owner})`] : [];
  });
  const firing = findInterference(session, catalogue, new Set(tables.map(({ id }) => id)));
  const foreign = firing.flatMap(({ what, name, table }) => {
    const { owns, owner } = rights.get(table.id) ?? { owns: false, owner: 'unknown' };
    return owns
      ? []
      : [`it may not switch off the ${what} ${name} of ${table.id}, which it does not own (owner ${owner})`];
  });
  return [...problems, ...foreign];
}

async function sequenceProblems({ client }: Session, { sequences }: Catalogue): Promise<string[]> {
  const { rows } = await client.query<{ id: string; owner: string }>(
    `select format('%I.%I', nspname, relname) as id, rolname as owner
    from pg_class c join pg_namespace on pg_namespace.oid = relnamespace join pg_roles on pg_roles.oid = relowner
    where c.oid = any ($1::bigint[]::oid[])
      and not (has_sequence_privilege(c.oid, 'SELECT') and has_sequence_privilege(c.oid, 'UPDATE')
        and has_schema_privilege(relnamespace, 'USAGE'))
    order by 1`,
    [sequences.filter(({ extension }) => extension === null).map(({ oid }) => oid)],
  );
  return rows.map(({ id, owner }) => `it may not set the sequence ${id} (owner ${owner})`);
}
