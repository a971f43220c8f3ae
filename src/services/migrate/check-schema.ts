import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../env';

/** A column of a table, as PostgreSQL describes it. */
export interface Column {
  table: string;
  column: string;
  type: string;
  /** The column is NOT NULL. */
  required: boolean;
  /** The column gets a value where none is given. */
  filled: boolean;
}

/** Every column of the tables that an unqualified name finds. */
export const READ_COLUMNS = `
  select c.relname::text as table, a.attname::text as column, format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull as required, a.atthasdef or a.attidentity <> '' as filled
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  where c.relkind in ('r', 'p') and pg_table_is_visible(c.oid) and c.relnamespace <> 'pg_catalog'::regnamespace
    and a.attnum > 0 and not a.attisdropped`;

const TYPES: Record<string, string> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Boolean: 'boolean',
  Json: 'jsonb',
  Bytes: 'bytea',
  DateTime: 'timestamp(3) with time zone',
};

/** The columns that the program reads and writes, by `prisma/schema.prisma`. */
export function readNeededColumns(): Omit<Column, 'filled'>[] {
  const schema = readFileSync(join(projectRoot, 'prisma', 'schema.prisma'), 'utf8');
  return [...schema.matchAll(/^model \w+ \{\n(.*?)^\}/gms)].flatMap(([, body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? '';
    return [...body.matchAll(/^ {2}(\w+) +(\w+)(\??)( .*)?$/gm)].flatMap(
      ([, field = '', type = '', mark, rest]) => {
        const known = TYPES[type];
        // a relation has no column of its own
        if (known === undefined) return [];
        const column = /@map\("(\w+)"\)/.exec(rest ?? '')?.[1] ?? field;
        return [{ table, column, type: known, required: mark === '' }];
      },
    );
  });
}

/**
 * What prevents the program from working with these columns, one phrase each. Extra tables, columns and indexes do not.
 */
export function findSchemaFaults(found: readonly Column[], needed = readNeededColumns()): string[] {
  const key = ({ table, column }: { table: string; column: string }) => `${table}.${column}`;
  const columns = new Map(found.map((column) => [key(column), column]));
  const tables = new Set(found.map(({ table }) => table));
  const wanted = new Set(needed.map(key));
  const missing = [...new Set(needed.map(({ table }) => table))].filter((table) => !tables.has(table));
  return [
    ...missing.map((table) => `the table ${table} is missing`),
    ...needed.flatMap((need) => {
      if (!tables.has(need.table)) return [];
      const column = columns.get(key(need));
      if (!column) return [`the column ${key(need)} is missing`];
      if (column.type !== need.type)
        return [`the column ${key(need)} is ${column.type} instead of ${need.type}`];
      return column.required && !need.required ? [`the column ${key(need)} takes no null`] : [];
    }),
    ...found.flatMap((column) =>
      needed.some(({ table }) => table === column.table) &&
      !wanted.has(key(column)) &&
      column.required &&
      !column.filled
        ? [`the column ${key(column)} is unknown and has to be given a value`]
        : [],
    ),
  ];
}
