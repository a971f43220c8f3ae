import { addAccess, EVERYTHING_STORED, NOTHING } from '@/explorer/search/access-set';
import type { Access, AccessSet } from '@/explorer/search/access-set';
import type { Catalogue, KeyInfo, TableInfo, WriteEvent } from '@/app-under-test/database/catalogue';
import { readSql } from '@/explorer/access/sql-shape';
import type { SqlShape, TableUse } from '@/explorer/access/sql-shape';
import type { Operand } from '@/explorer/access/sql-tree';
import { FunctionAccess } from './function-access';
import { HiddenAccess, meets } from './hidden-access';
import { isTable, Relations } from './relations';
import { CATALOGUE_READ, join } from './resources';

type Parameters = readonly (string | null)[];

/**
 * What SQL statements touch, by their text and the catalogue of the database. Rows are told apart by one key of each table, its
 * primary one: two statements that name the same row by different keys must meet. What is not understood touches everything.
 */
export class SqlAccess {
  private readonly relations: Relations;
  private readonly functions: FunctionAccess;
  private readonly hidden: HiddenAccess;
  /** Whether the database may check a constraint only when a transaction commits. */
  readonly defersChecks: boolean;

  constructor(catalogue: Catalogue) {
    this.relations = new Relations(catalogue);
    this.functions = new FunctionAccess(catalogue.functions);
    this.hidden = new HiddenAccess(this.relations, this.functions);
    this.defersChecks = catalogue.tables.some(
      ({ keys, exclusions, foreignKeys }) =>
        [...keys, ...exclusions].some(({ isImmediate }) => !isImmediate) ||
        foreignKeys.some(({ isDeferrable }) => isDeferrable),
    );
  }

  /** What one statement touches, apart from the end of its transaction. */
  of(shape: SqlShape, parameters: Parameters): AccessSet {
    if (shape.kind === 'other') return EVERYTHING_STORED;
    if (shape.kind !== 'statement') return NOTHING;
    return join(
      this.functions.implicit,
      ...shape.functions.map((name) => this.functions.ofName(name)),
      ...shape.tables.map((use) => this.use(use, parameters)),
    );
  }

  /** Rows that a statement locks although it only reads them: those that the rows it writes refer to. */
  locksOf({ tables }: SqlShape, parameters: Parameters): AccessSet {
    return join(
      ...tables.flatMap((use) =>
        this.relations.find(use).map((one) => (isTable(one) ? this.parents(one, use, parameters) : NOTHING)),
      ),
    );
  }

  private use(use: TableUse, parameters: Parameters): AccessSet {
    const found = this.relations.find(use);
    if (found.length === 0) {
      if (SHOWS_OTHERS.test(use.name)) return EVERYTHING_STORED;
      // of PostgreSQL itself, or gone since the catalogue was read
      return isOfPostgres(use) ? CATALOGUE_READ : EVERYTHING_STORED;
    }
    return join(
      ...found.map((relation): AccessSet => {
        if (isTable(relation)) return this.useTable(relation, use, parameters);
        return use.use === 'read' ? this.hidden.read(relation) : EVERYTHING_STORED;
      }),
    );
  }

  private useTable(table: TableInfo, use: TableUse, parameters: Parameters): AccessSet {
    if (this.relations.isTangled(table) || table.kind === 'foreign') return EVERYTHING_STORED;
    const event = EVENTS[use.use];
    const set = new Map<string, Access>();
    // a row that is added is written too: its number shows how many came before it
    addAccess(set, this.resource(table, use, parameters), use.use === 'read' ? 'read' : 'write');
    return join(
      set,
      this.parents(table, use, parameters),
      this.hidden.policies(table),
      event
        ? this.hidden.write(table, event, new Set(use.use === 'insert' ? use.equals.keys() : []))
        : NOTHING,
      event === 'update' || event === 'delete'
        ? this.hidden.cascade(table, event, event === 'update' ? use.sets : undefined)
        : NOTHING,
    );
  }

  /** A row, where the statement names it by the key, and touches it by no other; else the whole table. */
  private resource(table: TableInfo, use: TableUse, parameters: Parameters): string {
    const key = this.relations.keyOf(table);
    const typeOf = new Map(
      table.columns.flatMap(({ name, type, isDeterministic }) =>
        isDeterministic ? [[name, type] as const] : [],
      ),
    );
    const meetsOthers = this.relations.withHeirs(table).some((one) => changesOtherKey(one, use));
    const values = meetsOthers
      ? undefined
      : key?.map((column) => canonical(valueOf(use.equals.get(column), parameters), typeOf.get(column)));
    const isKnown = values?.every((value) => value !== undefined) ?? false;
    return `${this.relations.familyOf(table)}:${isKnown ? JSON.stringify(values) : '*'}`;
  }

  /** A row that refers to another reads it, and keeps it from being deleted. */
  private parents(table: TableInfo, use: TableUse, parameters: Parameters): AccessSet {
    const set = new Map<string, Access>();
    if (use.use !== 'insert' && use.use !== 'update') return set;
    for (const one of this.relations.withHeirs(table))
      for (const { columns, references, referencedColumns } of one.foreignKeys) {
        // a column that an INSERT leaves out may have a default
        const isLeftOut = use.use === 'update' || columns.every((column) => isNullByDefault(one, column));
        if (isLeftOut && !meets(columns, use.sets)) continue;
        const parent = this.relations.get(references);
        if (!parent || !isTable(parent)) continue;
        const equals = new Map<string, Operand>(
          referencedColumns.flatMap((column, i): [string, Operand][] => {
            const value = use.use === 'insert' ? use.equals.get(columns[i] ?? '') : undefined;
            return value ? [[column, value]] : [];
          }),
        );
        addAccess(set, this.resource(parent, { ...use, use: 'read', equals }, parameters), 'read');
      }
    return set;
  }
}

/** Whether a group of statements changes or shows nothing but its session, so that its place in a schedule does not matter. */
export function isSessionOnly(sql: string): boolean {
  return readSql(sql).every(
    ({ kind, tables, functions }) =>
      kind === 'begin' ||
      kind === 'savepoint' ||
      kind === 'setting' ||
      (kind === 'statement' &&
        functions.every((name) => HARMLESS.has(name)) &&
        tables.every((table) => isOfPostgres(table) && !SHOWS_OTHERS.test(table.name))),
  );
}

const HARMLESS = new Set([
  'version',
  'current_setting',
  'current_schema',
  'current_database',
  'pg_backend_pid',
  'format_type',
  'pg_get_expr',
  'array_agg',
  'array_to_string',
  'unnest',
  'count',
  'coalesce',
]);

const EVENTS: Partial<Record<TableUse['use'], WriteEvent>> = {
  insert: 'insert',
  update: 'update',
  delete: 'delete',
};

/** Views of PostgreSQL itself that show what other sessions do. */
const SHOWS_OTHERS = /^pg_(locks|stat|sequences|prepared_xacts|largeobject|notification)/;

function isOfPostgres({ schema, name }: TableUse): boolean {
  return (
    schema === 'pg_catalog' ||
    schema === 'information_schema' ||
    (schema === undefined && name.startsWith('pg_'))
  );
}

/** Whether a row may meet others by an index that is not its key, or leave its own. */
function changesOtherKey({ keys, exclusions }: TableInfo, { use, sets }: TableUse): boolean {
  if (use === 'insert') return keys.length + exclusions.length > 1;
  return use === 'update' && [...keys, ...exclusions].some((key) => isSet(key, sets));
}

/** Whether new values in these columns (undefined: in any) may change what an index holds. */
function isSet({ columns, predicate }: KeyInfo, sets: readonly string[] | undefined): boolean {
  if (sets === undefined) return true;
  const words = (predicate ?? '').matchAll(/"((?:[^"]|"")+)"|[\p{L}\p{N}_$]+/gu);
  const named = new Set([...words].map(([word, quoted]) => quoted?.replaceAll('""', '"') ?? word));
  return (
    columns.some((column) => column === null || sets.includes(column)) ||
    sets.some((column) => named.has(column))
  );
}

function isNullByDefault({ columns }: TableInfo, name: string): boolean {
  return columns.some(
    (column) =>
      column.name === name &&
      column.default === null &&
      column.identity === null &&
      column.generated === null,
  );
}

/** Texts of equal values are equal only in some types; undefined for any other. */
function canonical(value: string | undefined, type = ''): string | undefined {
  if (value === undefined) return undefined;
  if (/^(text|character varying(\(\d+\))?)$/.test(type)) return value;
  if (/^(smallint|integer|bigint)$/.test(type))
    return /^[+-]?\d+$/.test(value.trim()) ? String(BigInt(value.trim().replace('+', ''))) : undefined;
  if (type === 'uuid') return value.toLowerCase().replaceAll(/[^\da-f]/g, '');
  return undefined;
}

function valueOf(operand: Operand | undefined, parameters: readonly (string | null)[]): string | undefined {
  if (!operand) return undefined;
  if ('constant' in operand) return operand.constant;
  return parameters[operand.parameter - 1] ?? undefined;
}
