import { quoteIdentifier, type Catalogue, type Firing, type TableInfo } from './catalogue';
import type { Interference } from './rights';
import type { CopiedTable } from './snapshot-schema';

/** What to read or delete from, without the rows of tables that inherit from this one. */
export function sourceOf(table: CopiedTable, partitioned: ReadonlySet<string>): string {
  return table.isView || partitioned.has(table.id) ? table.id : `only ${table.id}`;
}

export function copyOf(schema: string, { place }: CopiedTable): string {
  return `${schema}.t${place}`;
}

/**
 * Deletes the rows of all these tables in one statement. Foreign keys are checked at its end, whatever their order and
 * circles: a table that refers to one of these has to be among them, unless foreign keys rest.
 */
export function deleteStatement(tables: readonly CopiedTable[], partitioned: ReadonlySet<string>): string {
  const parts = tables.map((table) => `d${table.place} as (delete from ${sourceOf(table, partitioned)})`);
  return `with ${parts.join(', ')} select`;
}

/**
 * Inserts the rows of all these tables in one statement, in the order in which they were copied. Its result `displaced`
 * has the places of tables where a row lies before one that was inserted earlier, as it filled a gap.
 */
export function insertStatement(
  schema: string,
  tables: readonly CopiedTable[],
  partitioned: ReadonlySet<string>,
): string {
  const parts = tables.map((table) => {
    const columns = table.columns.map(quoteIdentifier).join(', ');
    const into = table.columns.length === 0 ? '' : `(${columns}) overriding system value`;
    const insert = `insert into ${table.id} ${into} select ${columns} from ${copyOf(schema, table)}`;
    return `i${table.place} as (${insert} returning tableoid as part, ctid as lies)`;
  });
  const displaced = tables.map(({ id, place }) => {
    const by = partitioned.has(id) ? 'partition by part' : '';
    return `case when exists (
      select from (select lies, lag(lies) over (${by}) as before from i${place}) moved where before > lies
    ) then ${place} end`;
  });
  return `with ${parts.join(', ')} select array_remove(array[${displaced.join(', ')}]::int[], null) as displaced`;
}

/** Sets back the sequences that moved. One that was never called has no last value to compare. */
export function sequenceStatement(schema: string): string {
  return `select setval(id::regclass, last_value, is_called) from ${schema}.sequences
    where not is_called or pg_sequence_last_value(id::regclass) is distinct from last_value`;
}

/** Statements that switch triggers and rules off, and on again as they were. */
export function interferenceStatements(found: readonly Interference[]): { off: string[]; on: string[] } {
  const alter = ({ what, table, name }: Interference, how: string): string =>
    `alter table ${table.id} ${how} ${what} ${quoteIdentifier(name)}`;
  return {
    off: found.map((one) => alter(one, 'disable')),
    // a table comes before its partitions, whose own setting then has the last word
    on: [...found]
      .sort((a, b) => Number(a.table.partitionOf !== null) - Number(b.table.partitionOf !== null))
      .map((one) => alter(one, ENABLE[one.firing])),
  };
}

const ENABLE: Readonly<Record<Firing, string>> = {
  origin: 'enable',
  replica: 'enable replica',
  always: 'enable always',
  disabled: 'disable',
};

/** These tables, and all that refer to them by foreign keys, directly or not. */
export function withReferencing(catalogue: Catalogue, tables: Iterable<string>): Set<string> {
  const top = (id: string): string => byId.get(id)?.partitionOf ?? id;
  const byId = new Map<string, TableInfo>(catalogue.tables.map((table) => [table.id, table]));
  const found = new Set(tables);
  // a set that grows is walked to its end
  for (const id of found)
    for (const table of catalogue.tables)
      if (table.foreignKeys.some(({ references }) => top(references) === id)) found.add(top(table.id));
  return found;
}
