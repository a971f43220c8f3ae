import { addAccess, EVERYTHING_READ, EVERYTHING_STORED, NOTHING, unite } from '@/explorer/search/access-set';
import type { Access, AccessSet } from '@/explorer/search/access-set';
import { rowKey } from '@/app-under-test/database/catalogue';
import type {
  Catalogue,
  FunctionInfo,
  RelationId,
  TableInfo,
  ViewInfo,
  WriteEvent,
} from '@/app-under-test/database/catalogue';
import { readSql } from '@/explorer/schedule/sql-shape';
import type { SqlShape, TableUse } from '@/explorer/schedule/sql-shape';
import type { Operand } from '@/explorer/schedule/sql-tree';

/** Functions of PostgreSQL itself that may touch anything. Others read nothing that requests write. */
const UNBOUNDED =
  /^(lo_|dblink|pg_(terminate|cancel)_backend|query_to_|table_to_|schema_to_|database_to_|cursor_to_)/;
const SEQUENCE = /^(nextval|currval|lastval|setval)$/;
const ADVISORY = /^pg_(try_)?advisory/;

/**
 * What SQL statements touch, by their text and the catalogue of the database. Rows are told apart by one key of each table, its
 * primary one: two statements that name the same row by different keys must meet. What is not understood touches everything.
 */
export class SqlAccess {
  private readonly tables: ReadonlyMap<string, TableInfo>;
  private readonly views: ReadonlyMap<string, ViewInfo>;
  private readonly functions: ReadonlyMap<string, readonly FunctionInfo[]>;
  private readonly byId: ReadonlyMap<RelationId, TableInfo | ViewInfo>;

  constructor(
    private readonly catalogue: Catalogue,
    /** Schemas in which names without one are looked up. */
    private readonly searchPath: readonly string[] = ['public'],
  ) {
    const { tables, views, functions } = catalogue;
    this.tables = new Map(tables.map((table) => [`${table.schema} ${table.name}`, table]));
    this.byId = new Map([...tables, ...views].map((one) => [one.id, one]));
    this.views = new Map(views.map((view) => [unquote(view.id), view]));
    const named = new Map<string, FunctionInfo[]>();
    for (const one of functions) named.set(one.name, [...(named.get(one.name) ?? []), one]);
    this.functions = named;
  }

  /** What one statement touches, apart from the end of its transaction. */
  of(shape: SqlShape, parameters: readonly (string | null)[]): AccessSet {
    if (shape.kind === 'other') return EVERYTHING_STORED;
    if (shape.kind !== 'statement') return NOTHING;
    return unite(
      ...shape.functions.map((name) => this.call(name)),
      ...shape.tables.map((use) => this.use(use, parameters)),
    );
  }

  private call(name: string): AccessSet {
    if (ADVISORY.test(name)) return new Map([['advisory:*', 'write']]);
    // its result shows how often it was called before
    if (SEQUENCE.test(name)) return new Map([['sequences:*', 'write']]);
    const own = this.functions.get(name);
    if (!own) return UNBOUNDED.test(name) ? EVERYTHING_STORED : NOTHING;
    if (own.some(({ volatility }) => volatility === 'volatile')) return EVERYTHING_STORED;
    return own.some(({ volatility }) => volatility === 'stable') ? EVERYTHING_READ : NOTHING;
  }

  private use(use: TableUse, parameters: readonly (string | null)[]): AccessSet {
    const relation = this.find(use);
    // of PostgreSQL itself, or gone since the catalogue was read
    if (!relation) return isOfPostgres(use) ? NOTHING : EVERYTHING_STORED;
    if (!('columns' in relation)) return use.use === 'read' ? this.readView(relation) : EVERYTHING_STORED;
    const event = EVENTS[use.use];
    if (isTangled(relation) || (event && (fires(relation, event) || this.callsByDefault(relation))))
      return EVERYTHING_STORED;
    const set = new Map<string, Access>();
    // a row that is added is written too: its number shows how many came before it
    addAccess(set, this.resource(relation, use, parameters), use.use === 'read' ? 'read' : 'write');
    if (event) this.addForeignKeys(set, relation, use, parameters);
    return set;
  }

  private find({ schema, name }: TableUse): TableInfo | ViewInfo | undefined {
    for (const one of schema === undefined ? this.searchPath : [schema]) {
      const table = this.tables.get(`${one} ${name}`);
      if (table) return table;
      const view = this.views.get(`${one}.${name}`);
      if (view) return view;
    }
    return undefined;
  }

  /** A view reads what its query reads, and calls what it calls. */
  private readView({ reads, calls }: ViewInfo): AccessSet {
    if (calls.length > 0) return EVERYTHING_READ;
    return unite(
      ...reads.map((id): AccessSet => {
        const one = this.byId.get(id);
        if (!one) return EVERYTHING_READ;
        return 'columns' in one ? new Map([[`${familyOf(one)}:*`, 'read']]) : this.readView(one);
      }),
    );
  }

  /** A row, where the statement names it by the key, and touches it by no other; else the whole table. */
  private resource(table: TableInfo, use: TableUse, parameters: readonly (string | null)[]): string {
    const key = rowKey(table);
    const typeOf = new Map(table.columns.map(({ name, type }) => [name, type]));
    const values = changesOtherKey(table, use)
      ? undefined
      : key?.map((column) => canonical(valueOf(use.equals.get(column), parameters), typeOf.get(column)));
    const isKnown = values?.every((value) => value !== undefined) ?? false;
    return `${familyOf(table)}:${isKnown ? JSON.stringify(values) : '*'}`;
  }

  /** Whether the default of a column calls a function of the database. */
  private callsByDefault({ columns }: TableInfo): boolean {
    return columns.some((column) =>
      [...(column.default ?? '').matchAll(/(\w+)"?\(/g)].some(([, name = '']) => this.functions.has(name)),
    );
  }

  private addForeignKeys(
    set: Map<string, Access>,
    table: TableInfo,
    use: TableUse,
    parameters: readonly (string | null)[],
  ): void {
    // a row that refers to another reads it, and keeps it from being deleted
    if (use.use !== 'delete')
      for (const { columns, references, referencedColumns } of table.foreignKeys) {
        if (use.sets && !columns.some((column) => use.sets?.includes(column))) continue;
        const parent = this.byId.get(references);
        if (!parent || !('columns' in parent)) continue;
        const equals = new Map<string, Operand>(
          referencedColumns.flatMap((column, i): [string, Operand][] => {
            const value = use.use === 'insert' ? use.equals.get(columns[i] ?? '') : undefined;
            return value ? [[column, value]] : [];
          }),
        );
        addAccess(set, this.resource(parent, { ...use, use: 'read', equals }, parameters), 'read');
      }
    if (use.use === 'insert') return;
    // a row that others refer to: they are read, and changed where the key says so
    for (const child of this.catalogue.tables)
      for (const key of child.foreignKeys) {
        if (key.references !== table.id) continue;
        if (use.use === 'update' && use.sets && !key.referencedColumns.some((c) => use.sets?.includes(c)))
          continue;
        const action = use.use === 'delete' ? key.onDelete : key.onUpdate;
        const isPassive = action === 'no-action' || action === 'restrict';
        addAccess(set, `${familyOf(child)}:*`, isPassive ? 'read' : 'write');
      }
  }
}

/** What a commit or rollback of a transaction makes visible or frees: everything that it wrote or locked. */
export function writesOf(accessSet: AccessSet): AccessSet {
  const writes = new Map<string, Access>();
  for (const [resource, access] of accessSet) if (access !== 'read') addAccess(writes, resource, access);
  return writes;
}

/** Whether a group of statements changes or shows nothing but its session, so that its place in a schedule does not matter. */
export function isSessionOnly(sql: string): boolean {
  return readSql(sql).every(
    ({ kind, tables, functions }) =>
      kind === 'begin' ||
      kind === 'savepoint' ||
      kind === 'setting' ||
      (kind === 'statement' && functions.every((name) => HARMLESS.has(name)) && tables.every(isOfPostgres)),
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

function isOfPostgres({ schema, name }: TableUse): boolean {
  return (
    schema === 'pg_catalog' ||
    schema === 'information_schema' ||
    (schema === undefined && name.startsWith('pg_'))
  );
}

/** Whether something runs that the statement does not show: a trigger, or a rule. */
function fires({ triggers, rules }: TableInfo, event: WriteEvent): boolean {
  const isActive = ({ firing }: { firing: string }) => firing === 'origin' || firing === 'always';
  return (
    triggers.some((trigger) => isActive(trigger) && trigger.events.includes(event)) ||
    rules.some((rule) => isActive(rule) && rule.event === event)
  );
}

/** Partitions and heirs share the rows of the table above them. */
function familyOf({ id, partitionOf, inherits }: TableInfo): RelationId {
  return partitionOf ?? inherits[0] ?? id;
}

/** A table that inherits from several shares rows with all of them, which one name cannot say. */
function isTangled({ partitionOf, inherits }: TableInfo): boolean {
  return partitionOf === null && inherits.length > 1;
}

/** Whether a row may meet others by a unique index that is not its key, or leave its own. */
function changesOtherKey(table: TableInfo, { use, sets }: TableUse): boolean {
  if (use === 'insert') return table.keys.length > 1;
  const isSet = (column: string | null) => column === null || (sets?.includes(column) ?? true);
  return use === 'update' && table.keys.some(({ columns }) => columns.some(isSet));
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

/** Schema and name without the quotes that the catalogue puts round words that need them. */
function unquote(id: RelationId): string {
  return id.replaceAll(/"((?:[^"]|"")*)"/g, (_, word: string) => word.replaceAll('""', '"'));
}
