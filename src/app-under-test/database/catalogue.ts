/** What the database of the app under test consists of, without what belongs to PostgreSQL itself. */
export interface Catalogue {
  tables: TableInfo[];
  views: ViewInfo[];
  functions: FunctionInfo[];
  sequences: SequenceInfo[];
  eventTriggers: EventTriggerInfo[];
  /** Large objects; they are neither copied nor restored. */
  largeObjects: number;
}

/** Schema and name, quoted where needed, such as `public."order"`: unique, and usable in SQL as it is. */
export type RelationId = string;

export type TableKind = 'table' | 'partitioned' | 'foreign' | 'materialized-view';

export interface TableInfo {
  id: RelationId;
  oid: number;
  schema: string;
  name: string;
  kind: TableKind;
  /** The partitioned table at the top, if this is a partition: rows are copied and restored through that one. */
  partitionOf: RelationId | null;
  /** Direct parents by inheritance or partitioning. */
  inherits: RelationId[];
  isUnlogged: boolean;
  /** Of a materialised view; true for everything else. */
  isPopulated: boolean;
  /** The planner's estimate; null when the table was never analysed. */
  estimatedRows: number | null;
  /** The extension that the table belongs to. */
  extension: string | null;
  columns: ColumnInfo[];
  /** Unique indexes, among them those of primary keys and unique constraints. */
  keys: KeyInfo[];
  /** Exclusion constraints, by their indexes. */
  exclusions: KeyInfo[];
  /** What the server evaluates for rows of this table although no statement names it. */
  expressions: ExpressionInfo[];
  foreignKeys: ForeignKeyInfo[];
  /** Those of users; the server's own, which check foreign keys, are left out. */
  triggers: TriggerInfo[];
  rules: RuleInfo[];
}

export interface ColumnInfo {
  name: string;
  type: string;
  isNullable: boolean;
  /** Whether its collation takes only equal texts as equal. */
  isDeterministic: boolean;
  default: string | null;
  generated: 'stored' | 'virtual' | null;
  identity: 'always' | 'by-default' | null;
}

export interface KeyInfo {
  name: string;
  isPrimary: boolean;
  /** False for a constraint that may be deferred. */
  isImmediate: boolean;
  /** Names of columns; null for an expression. */
  columns: (string | null)[];
  /** The condition of a partial index. */
  predicate: string | null;
  nullsNotDistinct: boolean;
  definition: string;
}

/** An expression that belongs to a table: of a check constraint, also of a column's domain, or of a row-level-security policy. */
export interface ExpressionInfo {
  of: 'check' | 'policy';
  text: string;
  /** Functions of users that it calls, also by casts. */
  calls: string[];
  /** Other tables and views that it reads. */
  reads: RelationId[];
}

export type ForeignKeyAction = 'no-action' | 'restrict' | 'cascade' | 'set-null' | 'set-default';

export interface ForeignKeyInfo {
  name: string;
  columns: string[];
  references: RelationId;
  referencedColumns: string[];
  onDelete: ForeignKeyAction;
  onUpdate: ForeignKeyAction;
  isDeferrable: boolean;
  isInitiallyDeferred: boolean;
  isValidated: boolean;
}

/** When a trigger or rule fires: in ordinary connections, in those of replication, in both, or never. */
export type Firing = 'origin' | 'replica' | 'always' | 'disabled';
export type WriteEvent = 'insert' | 'update' | 'delete' | 'truncate';

export interface TriggerInfo {
  name: string;
  timing: 'before' | 'after' | 'instead-of';
  level: 'row' | 'statement';
  events: WriteEvent[];
  firing: Firing;
  /** Schema and name of the function that it calls. */
  function: string;
  isConstraint: boolean;
  /** Copied from the partitioned table that the table is a partition of. */
  isInherited: boolean;
  definition: string;
}

export interface RuleInfo {
  name: string;
  event: 'select' | 'insert' | 'update' | 'delete';
  isInstead: boolean;
  firing: Firing;
  definition: string;
}

export interface ViewInfo {
  id: RelationId;
  isMaterialized: boolean;
  /** Tables and views that its query names directly. */
  reads: RelationId[];
  /** Functions of users that its query calls. */
  calls: string[];
  definition: string;
}

export interface FunctionInfo {
  /** Schema and name; functions of one name differ by their arguments. */
  id: string;
  name: string;
  arguments: string;
  kind: 'function' | 'procedure' | 'aggregate' | 'window';
  /** Of an aggregate, that of the functions which it calls. */
  volatility: 'immutable' | 'stable' | 'volatile';
  /** Whether statements call it without its name: by an operator, a cast, or the check of a domain. */
  isImplicit: boolean;
  language: string;
  isSecurityDefiner: boolean;
  extension: string | null;
}

export interface SequenceInfo {
  id: RelationId;
  oid: number;
  ownedBy: { table: RelationId; column: string } | null;
  /** Numbers that one connection takes at once. With more than 1, ids depend on the connection. */
  cache: number;
  extension: string | null;
}

export interface EventTriggerInfo {
  name: string;
  event: string;
  firing: Firing;
}

/** Where one row can be found again: the primary key, or else a unique index on columns that cannot be null. */
export function rowKey(table: TableInfo): string[] | undefined {
  const nullable = new Set(table.columns.filter((column) => column.isNullable).map((column) => column.name));
  const usable = table.keys.filter(
    ({ columns, predicate }) =>
      predicate === null && columns.every((column) => column !== null && !nullable.has(column)),
  );
  const key = usable.find(({ isPrimary }) => isPrimary) ?? usable[0];
  return key?.columns.filter((column) => column !== null);
}

/** Whether rows of this table are copied and restored by themselves. */
export function hasOwnRows(table: TableInfo): boolean {
  const isTable = table.kind === 'table' || table.kind === 'partitioned';
  return isTable && table.partitionOf === null && table.extension === null;
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
