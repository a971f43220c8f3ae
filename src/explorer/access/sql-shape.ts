import type { parseSync } from 'libpg-query';
import { readKey } from './advisory-key';
import type { AdvisoryKey } from './advisory-key';
import { conflictColumns, equalitiesOf, insertedValues, tiesOf } from './sql-condition';
import { asList, asText, constantOf, lastName, namesOf, targetName } from './sql-tree';
import { levelOfSetConfig, levelsOfBegin, levelsOfSet, stricterLevel } from './sql-level';
import type { LevelsSet } from './sql-level';
import type { Fields, Operand } from './sql-tree';

/** How a statement uses a table. `lock`: it reads rows and locks them until its transaction ends. */
export type Use = 'read' | 'lock' | 'insert' | 'update' | 'delete';

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
  /** Columns by which its condition ties the rows to more than a plain value: to rows of another table, or to a list. */
  ties: ReadonlySet<string>;
}

/** What the text of one SQL statement shows of what it does. */
export interface SqlShape extends LevelsSet {
  /**
   * `setting`: changes or shows nothing but the session; `other`: something that is not understood, and may touch
   * everything.
   */
  kind:
    | 'begin'
    | 'commit'
    | 'rollback'
    | 'rollback to savepoint'
    | 'savepoint'
    | 'setting'
    | 'statement'
    | 'other';
  tables: readonly TableUse[];
  /** Functions that it calls, in lower case, without their schema. */
  functions: readonly string[];
  /**
   * Whether it decides by more than the rows that it writes, so that others may come between what it reads and its
   * commit: a subquery, a CTE, an insert from a query.
   */
  readsMore: boolean;
  /** Whether the end of a transaction begins the next one: COMMIT AND CHAIN. */
  isChained?: true;
  /** One for each call that takes or frees an advisory lock. */
  advisoryKeys: readonly AdvisoryKey[];
  /** Whether it is LOCK TABLE. */
  isLock?: true;
}

let parser: typeof parseSync | undefined;

/** Has to have resolved before anything else here is used. A program that never reads SQL does not load the parser. */
export async function loadSqlParser(): Promise<void> {
  const library = await import('libpg-query');
  await library.loadModule();
  parser = library.parseSync;
}

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

function parse(text: string): SqlShape[] {
  if (EMPTY_TEXT.test(text)) return [];
  if (!parser) throw new Error('loadSqlParser() has to come first');
  try {
    const { stmts = [] } = parser(text) as { stmts?: { stmt?: Fields }[] };
    return stmts.map(({ stmt = {} }) => shapeOf(stmt));
  } catch {
    return [OTHER];
  }
}

/** Nothing but blanks, semicolons and comments, which the parser refuses. */
const EMPTY_TEXT = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*$/;

const EMPTY = { tables: [], functions: [], readsMore: false, advisoryKeys: [] } as const;
const OTHER: SqlShape = { kind: 'other', ...EMPTY };

const TRANSACTION_KINDS: Record<string, SqlShape['kind']> = {
  TRANS_STMT_BEGIN: 'begin',
  TRANS_STMT_START: 'begin',
  TRANS_STMT_COMMIT: 'commit',
  TRANS_STMT_ROLLBACK: 'rollback',
  TRANS_STMT_SAVEPOINT: 'savepoint',
  TRANS_STMT_RELEASE: 'savepoint',
  TRANS_STMT_ROLLBACK_TO: 'rollback to savepoint',
};
const SETTINGS = new Set([
  'VariableSetStmt',
  'VariableShowStmt',
  'DeallocateStmt',
  'DiscardStmt',
  'ListenStmt',
  'UnlistenStmt',
]);
/** Statements that change a table, and how they may use it. */
const CHANGES = new Map<string, readonly Use[]>([
  ['InsertStmt', ['insert']],
  ['UpdateStmt', ['update']],
  ['DeleteStmt', ['delete']],
  ['MergeStmt', ['update', 'insert', 'delete']],
]);

function shapeOf(stmt: Fields): SqlShape {
  const [type = '', value] = Object.entries(stmt)[0] ?? [];
  const fields = (value ?? {}) as Fields;
  if (type === 'TransactionStmt') {
    const kind = TRANSACTION_KINDS[asText(fields.kind)];
    if (!kind) return OTHER;
    return {
      kind,
      ...EMPTY,
      ...levelsOfBegin(fields.options),
      ...(fields.chain === true && { isChained: true }),
    };
  }
  if (SETTINGS.has(type))
    return { kind: 'setting', ...EMPTY, ...(type === 'VariableSetStmt' && levelsOfSet(fields)) };
  if (type === 'LockStmt') return { ...OTHER, isLock: true };
  if (type !== 'SelectStmt' && !CHANGES.has(type)) return OTHER;
  const reader = new StatementReader();
  reader.read(stmt, new Set());
  return reader.shape(type);
}

/** What says which rows of the tables in a FROM are touched. */
interface Conditions {
  where: unknown;
  /** Conditions of the joins that a table is in, and columns that these have in common. */
  joined?: readonly unknown[];
  using?: readonly string[];
  /** Whether there is no other table that a column may be of. */
  isSingle?: boolean;
}

/** Texts that PostgreSQL reads as times of the transaction. */
const SPECIAL_TIMES = /^\s*(now|today|tomorrow|yesterday)\s*$/i;

/** Collects the tables and functions of one statement. */
class StatementReader {
  private readonly tables: TableUse[] = [];
  private readonly functions = new Set<string>();
  private readonly advisoryKeys: AdvisoryKey[] = [];
  /** Queries in it, and tables that it joins to the one that it changes. */
  private queries = 0;
  private sessionLevel: string | undefined;
  /** Within the FROM of a query that locks what it reads: that reaches into the queries there. */
  private isLocking = false;

  shape(type: string): SqlShape {
    const writes = this.tables.some(({ use }) => use !== 'read' && use !== 'lock');
    // a plain SELECT is one query itself
    const own = type === 'SelectStmt' ? 1 : 0;
    return {
      kind: 'statement',
      tables: this.tables,
      functions: [...this.functions],
      advisoryKeys: this.advisoryKeys,
      readsMore: writes && this.queries > own,
      ...(this.sessionLevel !== undefined && { sessionLevel: this.sessionLevel }),
    };
  }

  /** `names`: common table expressions that are in scope, which are no tables. */
  read(node: unknown, names: ReadonlySet<string>): void {
    if (Array.isArray(node)) for (const one of node) this.read(one, names);
    else if (typeof node === 'object' && node !== null)
      for (const [type, value] of Object.entries(node)) this.readNode(type, value as Fields, names);
  }

  private readNode(type: string, fields: Fields, names: ReadonlySet<string>): void {
    if (type === 'SQLValueFunction' && /TIME|DATE/.test(asText(fields.op))) this.functions.add('now');
    if (type === 'A_Const' && SPECIAL_TIMES.test(constantOf({ A_Const: fields }) ?? ''))
      this.functions.add('now');
    if (type === 'FuncCall') this.addCall(fields);
    if (type === 'RangeVar') this.use(fields, this.isLocking ? 'lock' : 'read', names);
    else if (type === 'SelectStmt') this.readSelect(fields, names);
    else if (CHANGES.has(type)) this.readChange(type, fields, names);
    else this.read(fields, names);
  }

  private addCall({ funcname, args }: Fields): void {
    const name = lastName(funcname);
    this.functions.add(name);
    const level = name === 'set_config' ? levelOfSetConfig(args) : undefined;
    if (level !== undefined) this.sessionLevel = stricterLevel(this.sessionLevel ?? level, level);
    if (/^pg_(try_)?advisory_(xact_)?(un)?lock(_shared)?$/.test(name)) this.advisoryKeys.push(readKey(args));
  }

  private readSelect(fields: Fields, outer: ReadonlySet<string>): void {
    const { withClause, fromClause, whereClause, lockingClause, larg, rarg, ...rest } = fields;
    // a list of values reads nothing
    if (fields.valuesLists === undefined && larg === undefined) this.queries += 1;
    const names = this.readWith(withClause, outer);
    // the two sides of a UNION, INTERSECT or EXCEPT
    for (const side of [larg, rarg]) if (side !== undefined) this.readSelect(side as Fields, names);
    const use = this.isLocking || asList(lockingClause).length > 0 ? 'lock' : 'read';
    const sources = asList(fromClause);
    const isSingle = sources.length === 1 && sources[0]?.RangeVar !== undefined;
    this.readSources(sources, use, names, { where: whereClause, isSingle });
    this.read([whereClause, rest], names);
  }

  /** What a FROM lists. Of tables that it joins, the condition fixes the columns that it names with their table. */
  private readSources(
    sources: readonly Fields[],
    use: Use,
    names: ReadonlySet<string>,
    conditions: Conditions,
  ): void {
    const { where, joined = [], using = [], isSingle = false } = conditions;
    for (const source of sources) {
      const join = source.JoinExpr as Fields | undefined;
      const table = source.RangeVar as Fields | undefined;
      if (table)
        this.use(table, use, names, {
          equals: equalitiesOf(where, table, !isSingle),
          ties: new Set([...using, ...tiesOf([where, joined], table, !isSingle)]),
        });
      else if (join) {
        const ofJoin = {
          where,
          joined: [...joined, join.quals],
          using: [...using, ...namesOf(join.usingClause)],
        };
        this.readSources([join.larg, join.rarg].flatMap(asList), use, names, ofJoin);
        this.read(join.quals, names);
      } else this.readWithin(source, use, names);
    }
  }

  private readWithin(source: Fields, use: Use, names: ReadonlySet<string>): void {
    const before = this.isLocking;
    this.isLocking = use === 'lock';
    this.read(source, names);
    this.isLocking = before;
  }

  private readChange(type: string, fields: Fields, outer: ReadonlySet<string>): void {
    const { withClause, relation, onConflictClause, fromClause, usingClause, sourceRelation, ...rest } =
      fields;
    const names = this.readWith(withClause, outer);
    const target = relation as Fields;
    const others = [fromClause, usingClause, sourceRelation].flatMap(asList);
    if (others.length > 0) this.queries += 1;
    const isInsert = type === 'InsertStmt';
    const sets = isInsert ? fields.cols : fields.targetList;
    const columns = sets === undefined ? undefined : asList(sets).map(targetName);
    const equals = isInsert
      ? insertedValues(columns, fields.selectStmt)
      : equalitiesOf(fields.whereClause, target, others.length > 0);
    const conditions = { where: fields.whereClause, joined: [fields.joinCondition] };
    const ties = tiesOf(Object.values(conditions), target, others.length > 0);
    for (const use of CHANGES.get(type) ?? [])
      this.use(target, use, names, { equals, ties, ...(columns && { sets: columns }) });
    this.readSources(others, 'read', names, conditions);
    if (onConflictClause !== undefined) this.useConflict(target, onConflictClause as Fields, names, equals);
    this.read([onConflictClause, rest], names);
  }

  private useConflict(
    target: Fields,
    { action, infer, targetList }: Fields,
    names: ReadonlySet<string>,
    inserted: TableUse['equals'],
  ): void {
    if (action !== 'ONCONFLICT_UPDATE') return;
    const found = conflictColumns(infer);
    const equals = new Map([...inserted].filter(([column]) => found.has(column)));
    this.use(target, 'update', names, { equals, sets: asList(targetList).map(targetName) });
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
    { equals = new Map(), sets, ties = new Set() }: Partial<Pick<TableUse, 'equals' | 'sets' | 'ties'>> = {},
  ): void {
    const schema = relation.schemaname === undefined ? undefined : asText(relation.schemaname);
    const name = asText(relation.relname);
    if (schema !== undefined || !names.has(name)) this.tables.push({ schema, name, use, equals, ties, sets });
  }
}
