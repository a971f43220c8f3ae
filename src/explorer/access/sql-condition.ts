import { asList, asText, columnNames, lastName, operandOf } from './sql-tree';
import type { Fields, Operand } from './sql-tree';

/** What conditions and inserted rows say of the columns of one table. */

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
  const own = ownNames(table);
  for (const node of conjunctsOf(condition)) {
    const expression = node.A_Expr as Fields | undefined;
    if (expression?.kind !== 'AEXPR_OP' || lastName(expression.name) !== '=') continue;
    for (const [column, value] of [
      [expression.lexpr, expression.rexpr],
      [expression.rexpr, expression.lexpr],
    ]) {
      const name = columnName(column, own, isOneOfSeveral);
      const operand = operandOf(value);
      if (name !== undefined && operand) found.set(name, operand);
    }
  }
  return found;
}

/** What a condition demands, every part of it. */
function conjunctsOf(condition: unknown): Fields[] {
  return asList(condition).flatMap((node: Fields | Fields[] | undefined) => {
    if (!node || Array.isArray(node)) return conjunctsOf(node);
    const bool = node.BoolExpr as Fields | undefined;
    return bool?.boolop === 'AND_EXPR' ? conjunctsOf(bool.args) : [node];
  });
}

/** The schema and name by which a table's columns are named; undefined where its alias gives them other names. */
function ownNames({ schemaname, relname, alias }: Fields): readonly unknown[] | undefined {
  const { aliasname, colnames } = (alias ?? {}) as Fields;
  return colnames === undefined ? [schemaname, aliasname ?? relname] : undefined;
}

/**
 * Columns of a table that a condition equates to more than a plain value: to another column, to one of a list, or to what
 * a query finds.
 */
export function tiesOf(condition: unknown, table: Fields, isOneOfSeveral = false): Set<string> {
  const found = new Set<string>();
  const own = ownNames(table);
  const add = (node: unknown, other?: unknown) => {
    const name = columnName(node, own, false);
    // which table an unqualified column is of, the condition does not say
    const isPlain = operandOf(other) !== undefined && columnName(node, own, isOneOfSeveral) !== undefined;
    if (name !== undefined && !isPlain) found.add(name);
  };
  for (const node of conjunctsOf(condition)) {
    const { A_Expr: expression, SubLink: query } = node as Record<string, Fields | undefined>;
    if (query?.operName === undefined) add(query?.testexpr);
    if (lastName(expression?.name) !== '=') continue;
    if (expression?.kind === 'AEXPR_OP_ANY' || expression?.kind === 'AEXPR_IN') add(expression.lexpr);
    if (expression?.kind !== 'AEXPR_OP') continue;
    add(expression.lexpr, expression.rexpr);
    add(expression.rexpr, expression.lexpr);
  }
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

/** The column that a node names; undefined where it is, or may be, one of another table than `own`: a schema and a name. */
function columnName(
  node: unknown,
  own: readonly unknown[] | undefined,
  isOneOfSeveral: boolean,
): string | undefined {
  const names = columnNames(node);
  const name = names.pop();
  if (!own || (names.length === 0 && isOneOfSeveral)) return undefined;
  return names.every((one, i) => one === own[own.length - names.length + i]) ? name : undefined;
}

/** Columns by which an upsert finds the row that it updates instead. */
export function conflictColumns(infer: unknown): Set<string> {
  const { indexElems } = (infer ?? {}) as Fields;
  return new Set(asList(indexElems).map((element) => asText((element.IndexElem as Fields).name)));
}
