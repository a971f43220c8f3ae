import { loadModule, parseSync } from 'libpg-query';

/** How a statement uses a table. `lock`: it reads rows and locks them until its transaction ends. */
export type Use = 'read' | 'lock' | 'insert' | 'update' | 'delete';

/** A value as the text of a statement gives it. */
export type Operand = { parameter: number } | { constant: string };

/** One use of one table by a statement. */
export interface TableUse {
  /** As written; undefined where the search path decides. */
  schema: string | undefined;
  name: string;
  use: Use;
  /**
   * Columns that every row it touches has to equal, or that the row it inserts has. A row that differs in one of them is
   * not touched.
   */
  equals: ReadonlyMap<string, Operand>;
  /** Columns that it gives a value to; undefined where it does not say. */
  sets: readonly string[] | undefined;
}

/** What one SQL statement does, as far as its text tells. */
export interface SqlShape {
  /**
   * `setting`: changes or shows nothing but the session; `other`: something that is not understood, and may touch
   * everything.
   */
  kind: 'begin' | 'commit' | 'rollback' | 'savepoint' | 'setting' | 'statement' | 'other';
  tables: readonly TableUse[];
  /** Functions that it calls, in lower case, without their schema. */
  functions: readonly string[];
  /**
   * Whether it decides by more than the rows that it writes, so that others may come between what it reads and its
   * commit: a subquery, a CTE, an insert from a query.
   */
  readsMore: boolean;
  /** The isolation level that it sets, in lower case. */
  level?: string;
}

/** Has to have resolved before anything else here is used. Takes 50 ms the first time. */
export const loadSqlParser = loadModule;

/** Statements that were parsed, by their text: an app sends few that differ. */
const known = new Map<string, readonly SqlShape[]>();
const MOST_KNOWN = 2_000;

/**
 * Reads what SQL does from its text, by PostgreSQL's own grammar. One shape a statement, in order; what cannot be parsed is one
 * of kind `other`.
 */
export function readSql(text: string): readonly SqlShape[] {
  const cached = known.get(text);
  if (cached) return cached;
  const shapes = parse(text);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, shapes);
  return shapes;
}

/** A node of the parse tree: an object with one key, its type, or the fields of one. */
type Fields = Readonly<Record<string, unknown>>;

function parse(text: string): SqlShape[] {
  if (EMPTY_TEXT.test(text)) return [];
  try {
    const { stmts = [] } = parseSync(text) as { stmts?: { stmt?: Fields }[] };
    return stmts.map(({ stmt = {} }) => shapeOf(stmt));
  } catch {
    return [OTHER];
  }
}

/** Nothing but blanks, semicolons and comments, which the parser refuses. */
const EMPTY_TEXT = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*$/;

const EMPTY = { tables: [], functions: [], readsMore: false } as const;
const OTHER: SqlShape = { kind: 'other', ...EMPTY };

const TRANSACTION_KINDS: Record<string, SqlShape['kind']> = {
  TRANS_STMT_BEGIN: 'begin',
  TRANS_STMT_START: 'begin',
  TRANS_STMT_COMMIT: 'commit',
  TRANS_STMT_ROLLBACK: 'rollback',
  TRANS_STMT_SAVEPOINT: 'savepoint',
  TRANS_STMT_RELEASE: 'savepoint',
  // gives up what was written since, and the locks of it
  TRANS_STMT_ROLLBACK_TO: 'rollback',
};
const SETTINGS = new Set([
  'VariableSetStmt',
  'VariableShowStmt',
  'DeallocateStmt',
  'DiscardStmt',
  'ListenStmt',
  'UnlistenStmt',
  'ConstraintsSetStmt',
]);
const DATA = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

function shapeOf(stmt: Fields): SqlShape {
  const [type = '', value] = Object.entries(stmt)[0] ?? [];
  const fields = (value ?? {}) as Fields;
  if (type === 'TransactionStmt') {
    const kind = TRANSACTION_KINDS[asText(fields.kind)];
    const level = levelIn(fields.options);
    return kind ? { kind, ...EMPTY, ...(level !== undefined && { level }) } : OTHER;
  }
  if (SETTINGS.has(type)) {
    const level = /transaction/i.test(asText(fields.name)) ? levelIn(fields.args) : undefined;
    return { kind: 'setting', ...EMPTY, ...(level !== undefined && { level }) };
  }
  if (!DATA.has(type)) return OTHER;
  const reader = new StatementReader();
  reader.read(stmt, new Set());
  return reader.shape(type);
}

/** The isolation level among the options of BEGIN, or of SET TRANSACTION. */
function levelIn(options: unknown): string | undefined {
  for (const option of asList(options)) {
    const { defname, arg } = (option.DefElem ?? {}) as Fields;
    if (defname === 'transaction_isolation') return constantOf(arg)?.toLowerCase();
  }
  return undefined;
}

/** Collects the tables and functions of one statement. */
class StatementReader {
  private readonly tables: TableUse[] = [];
  private readonly functions = new Set<string>();
  private queries = 0;

  shape(type: string): SqlShape {
    const writes = this.tables.some(({ use }) => use !== 'read' && use !== 'lock');
    // the one query that a plain SELECT is, or none
    const own = type === 'SelectStmt' ? 1 : 0;
    return {
      kind: 'statement',
      tables: this.tables,
      functions: [...this.functions],
      readsMore: writes && (this.queries > own || type === 'MergeStmt'),
    };
  }

  /** `names`: common table expressions that are in scope, which are no tables. */
  read(node: unknown, names: ReadonlySet<string>): void {
    if (Array.isArray(node)) for (const one of node) this.read(one, names);
    else if (typeof node === 'object' && node !== null)
      for (const [type, value] of Object.entries(node)) this.readNode(type, value as Fields, names);
  }

  private readNode(type: string, fields: Fields, names: ReadonlySet<string>): void {
    if (type === 'FuncCall') this.functions.add(lastName(fields.funcname));
    if (type === 'RangeVar') return this.use(fields, 'read', names, new Map());
    if (type === 'SelectStmt') return this.readSelect(fields, names);
    if (type === 'InsertStmt') return this.readInsert(fields, names);
    if (type === 'UpdateStmt' || type === 'DeleteStmt' || type === 'MergeStmt')
      return this.readChange(type, fields, names);
    this.read(fields, names);
  }

  private readSelect(fields: Fields, outer: ReadonlySet<string>): void {
    const { withClause, fromClause, whereClause, lockingClause, valuesLists, larg, rarg, ...rest } = fields;
    // a list of values reads nothing
    if (valuesLists === undefined && larg === undefined) this.queries += 1;
    const names = this.readWith(withClause, outer);
    // the two sides of a UNION, INTERSECT or EXCEPT
    for (const side of [larg, rarg]) if (side !== undefined) this.readSelect(side as Fields, names);
    const locks = asList(lockingClause).length > 0;
    const sources = asList(fromClause);
    const [only] = sources.length === 1 ? sources : [];
    const single = only?.RangeVar as Fields | undefined;
    if (single) this.use(single, locks ? 'lock' : 'read', names, equalitiesOf(whereClause, single));
    else this.readSources(sources, locks ? 'lock' : 'read', names);
    this.read([whereClause, valuesLists, rest], names);
  }

  /** Tables of a join or a list. What a condition says of one of them is not followed. */
  private readSources(sources: readonly Fields[], use: Use, names: ReadonlySet<string>): void {
    for (const source of sources) {
      const join = source.JoinExpr as Fields | undefined;
      if (source.RangeVar) this.use(source.RangeVar as Fields, use, names, new Map());
      else if (join) {
        this.readSources([join.larg, join.rarg].flatMap(asList), use, names);
        this.read(join.quals, names);
      } else this.read(source, names);
    }
  }

  private readInsert(fields: Fields, outer: ReadonlySet<string>): void {
    const { withClause, relation, cols, selectStmt, onConflictClause, ...rest } = fields;
    const names = this.readWith(withClause, outer);
    const columns = cols === undefined ? undefined : asList(cols).map(targetName);
    this.use(relation as Fields, 'insert', names, insertedValues(columns, selectStmt), columns);
    const conflict = (onConflictClause ?? {}) as Fields;
    if (conflict.action === 'ONCONFLICT_UPDATE') this.use(relation as Fields, 'update', names, new Map());
    this.read([selectStmt, conflict, rest], names);
  }

  private readChange(type: string, fields: Fields, outer: ReadonlySet<string>): void {
    const { withClause, relation, whereClause, fromClause, usingClause, sourceRelation, ...rest } = fields;
    const names = this.readWith(withClause, outer);
    const others = [fromClause, usingClause, sourceRelation].flatMap(asList);
    const target = relation as Fields;
    const alone = others.length === 0 && type !== 'MergeStmt';
    const equals = alone ? equalitiesOf(whereClause, target) : new Map<string, Operand>();
    const sets = type === 'UpdateStmt' ? asList(fields.targetList).map(targetName) : undefined;
    this.use(target, type === 'DeleteStmt' ? 'delete' : 'update', names, equals, sets);
    if (type === 'MergeStmt') {
      this.use(target, 'insert', names, new Map());
      this.use(target, 'delete', names, new Map());
    }
    if (others.length > 0) this.queries += 1;
    this.readSources(others, 'read', names);
    this.read([whereClause, rest], names);
  }

  /** Reads the common table expressions, and returns the names that are in scope with them. */
  private readWith(withClause: unknown, outer: ReadonlySet<string>): ReadonlySet<string> {
    const ctes = asList((withClause as Fields | undefined)?.ctes).map((cte) => cte.CommonTableExpr as Fields);
    if (ctes.length === 0) return outer;
    this.queries += 1;
    const names = new Set([...outer, ...ctes.map(({ ctename }) => asText(ctename))]);
    for (const { ctequery } of ctes) this.read(ctequery, names);
    return names;
  }

  private use(
    relation: Fields,
    use: Use,
    names: ReadonlySet<string>,
    equals: ReadonlyMap<string, Operand>,
    sets?: readonly string[],
  ): void {
    const schema = relation.schemaname === undefined ? undefined : asText(relation.schemaname);
    const name = asText(relation.relname);
    if (schema === undefined && names.has(name)) return;
    this.tables.push({ schema, name, use, equals, sets });
  }
}

/** Columns of a table that a condition fixes: `column = value`, in a conjunction. */
function equalitiesOf(condition: unknown, table: Fields): Map<string, Operand> {
  const found = new Map<string, Operand>();
  const alias = (table.alias as Fields | undefined)?.aliasname ?? table.relname;
  const visit = (node: unknown): void => {
    const { BoolExpr: bool, A_Expr: expression } = (node ?? {}) as Record<string, Fields | undefined>;
    if (bool?.boolop === 'AND_EXPR') asList(bool.args).forEach(visit);
    if (expression?.kind !== 'AEXPR_OP' || lastName(expression.name) !== '=') return;
    for (const [column, value] of [
      [expression.lexpr, expression.rexpr],
      [expression.rexpr, expression.lexpr],
    ]) {
      const name = columnName(column, alias);
      const operand = operandOf(value);
      if (name !== undefined && operand) found.set(name, operand);
    }
  };
  visit(condition);
  return found;
}

/** Values of the one row that an INSERT adds. */
function insertedValues(columns: readonly string[] | undefined, select: unknown): Map<string, Operand> {
  const found = new Map<string, Operand>();
  const { valuesLists } = ((select as Fields | undefined)?.SelectStmt ?? {}) as Fields;
  const rows = asList(valuesLists);
  if (!columns || rows.length !== 1) return found;
  for (const [i, value] of asList((rows[0]?.List as Fields | undefined)?.items).entries()) {
    const operand = operandOf(value);
    const column = columns[i];
    if (column !== undefined && operand) found.set(column, operand);
  }
  return found;
}

function columnName(node: unknown, alias: unknown): string | undefined {
  const reference = (node as Fields | undefined)?.ColumnRef as Fields | undefined;
  const names = asList(reference?.fields).map(stringOf);
  const name = names.at(-1);
  const isOwn = names.length === 1 || (names.length === 2 && names[0] === alias);
  return isOwn ? name : undefined;
}

function operandOf(node: unknown): Operand | undefined {
  const { ParamRef, A_Const, TypeCast } = (node ?? {}) as Record<string, Fields | undefined>;
  if (TypeCast) return operandOf(TypeCast.arg);
  if (ParamRef) return { parameter: Number(ParamRef.number) };
  const constant = A_Const ? constantOf(node) : undefined;
  return constant === undefined ? undefined : { constant };
}

/** A literal as text. The tree leaves out what is zero, false or empty. */
function constantOf(node: unknown): string | undefined {
  const fields = (node as { A_Const?: Record<string, Fields | undefined> } | undefined)?.A_Const;
  if (!fields) return undefined;
  if (fields.ival) return asText(fields.ival.ival ?? 0);
  if (fields.sval) return asText(fields.sval.sval);
  if (fields.fval) return asText(fields.fval.fval);
  if (fields.boolval) return fields.boolval.boolval === true ? 'true' : 'false';
  return undefined;
}

function targetName(node: Fields): string {
  return asText((node.ResTarget as Fields | undefined)?.name);
}

function lastName(names: unknown): string {
  return (asList(names).map(stringOf).at(-1) ?? '').toLowerCase();
}

function stringOf(node: Fields): string | undefined {
  const value = (node.String as Fields | undefined)?.sval;
  return value === undefined ? undefined : asText(value);
}

/** A list of nodes; one node is a list of itself. */
function asList(value: unknown): Fields[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Fields[];
}

/** A field that holds text or a number; empty where it is absent. */
function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
