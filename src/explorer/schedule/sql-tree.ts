/** Reading PostgreSQL's parse tree, as `libpg-query` gives it: lists, names, and the values that conditions name. */

/** A node of the parse tree: an object with one key, its type, or the fields of one. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value as the text of a statement gives it. */
export type Operand = { parameter: number } | { constant: string };

/**
 * Columns of a table that a condition fixes: `column = value`, in a conjunction.
 *
 * @param isOneOfSeveral whether the column of another table may be meant where no table is named
 */
export function equalitiesOf(
  condition: unknown,
  table: Fields,
  isOneOfSeveral = false,
): Map<string, Operand> {
  const found = new Map<string, Operand>();
  const { aliasname, colnames } = (table.alias ?? {}) as Fields;
  // an alias may give the columns other names
  if (colnames !== undefined) return found;
  const own = [table.schemaname, aliasname ?? table.relname];
  const visit = (node: unknown): void => {
    const { BoolExpr: bool, A_Expr: expression } = (node ?? {}) as Record<string, Fields | undefined>;
    if (bool?.boolop === 'AND_EXPR') asList(bool.args).forEach(visit);
    if (expression?.kind !== 'AEXPR_OP' || lastName(expression.name) !== '=') return;
    for (const [column, value] of [
      [expression.lexpr, expression.rexpr],
      [expression.rexpr, expression.lexpr],
    ]) {
      const name = columnName(column, own, isOneOfSeveral);
      const operand = operandOf(value);
      if (name !== undefined && operand) found.set(name, operand);
    }
  };
  visit(condition);
  return found;
}

/** Values that the one row has that an INSERT adds, or every row that it adds from a query. */
export function insertedValues(
  columns: readonly string[] | undefined,
  select: unknown,
): Map<string, Operand> {
  const found = new Map<string, Operand>();
  const { valuesLists, targetList, larg } = ((select as Fields | undefined)?.SelectStmt ?? {}) as Fields;
  const rows = asList(valuesLists);
  if (!columns || rows.length > 1 || larg !== undefined) return found;
  const values =
    rows.length === 1
      ? asList((rows[0]?.List as Fields | undefined)?.items)
      : asList(targetList).map((target) => (target.ResTarget as Fields | undefined)?.val);
  // `*` stands for several
  if (values.some((value) => isStar(value))) return found;
  for (const [i, value] of values.entries()) {
    const operand = operandOf(value);
    const column = columns[i];
    if (column !== undefined && operand) found.set(column, operand);
  }
  return found;
}

function isStar(node: unknown): boolean {
  const names = columnNames(node);
  return names.length > 0 && names.at(-1) === undefined;
}

export function targetName(node: Fields): string {
  return asText((node.ResTarget as Fields | undefined)?.name);
}

/** The last part of a qualified name, in lower case. */
export function lastName(names: unknown): string {
  return (asList(names).map(stringOf).at(-1) ?? '').toLowerCase();
}

/** A literal as text. The tree leaves out what is zero, false or empty. */
export function constantOf(node: unknown): string | undefined {
  const fields = (node as { A_Const?: Record<string, Fields | undefined> } | undefined)?.A_Const;
  if (!fields) return undefined;
  if (fields.ival) return asText(fields.ival.ival ?? 0);
  if (fields.sval) return asText(fields.sval.sval);
  return fields.fval && asText(fields.fval.fval);
}

/** A list of nodes; one node is a list of itself. */
export function asList(value: unknown): Fields[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Fields[];
}

/** A field that holds text or a number; empty where it is absent. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The column that a node names; undefined where it is, or may be, one of another table than `own`: a schema and a name. */
function columnName(node: unknown, own: readonly unknown[], isOneOfSeveral: boolean): string | undefined {
  const names = columnNames(node);
  const name = names.pop();
  if (names.length === 0 && isOneOfSeveral) return undefined;
  return names.every((one, i) => one === own[own.length - names.length + i]) ? name : undefined;
}

/** The name of a column, behind those that it is qualified by. */
function columnNames(node: unknown): (string | undefined)[] {
  const reference = (node as Fields | undefined)?.ColumnRef as Fields | undefined;
  return asList(reference?.fields).map(stringOf);
}

/** Types that a value may be cast to without being compared in another way than its column is. */
const PLAIN_TYPES = new Set(['int2', 'int4', 'int8', 'text', 'varchar', 'uuid']);

function operandOf(node: unknown): Operand | undefined {
  const { ParamRef, A_Const, TypeCast } = (node ?? {}) as Record<string, Fields | undefined>;
  if (TypeCast) {
    const { names } = (TypeCast.typeName ?? {}) as Fields;
    return PLAIN_TYPES.has(lastName(names)) ? operandOf(TypeCast.arg) : undefined;
  }
  if (ParamRef) return { parameter: Number(ParamRef.number) };
  const constant = A_Const ? constantOf(node) : undefined;
  return constant === undefined ? undefined : { constant };
}

function stringOf(node: Fields): string | undefined {
  const value = (node.String as Fields | undefined)?.sval;
  return value === undefined ? undefined : asText(value);
}

/** Calls a function with each node of a tree, by its type. */
export function eachNode(node: unknown, visit: (type: string, fields: Fields) => void): void {
  if (Array.isArray(node)) for (const one of node) eachNode(one, visit);
  else if (typeof node === 'object' && node !== null)
    for (const [type, value] of Object.entries(node)) {
      visit(type, value as Fields);
      eachNode(value, visit);
    }
}
