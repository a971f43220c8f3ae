/** Reading PostgreSQL's parse tree, as `libpg-query` gives it: lists, names, and the values that conditions name. */

/** A node of the parse tree: an object with one key, its type, or the fields of one. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value as the text of a statement gives it. */
export type Operand = { parameter: number } | { constant: string };

export function targetName(node: Fields): string {
  return asText((node.ResTarget as Fields | undefined)?.name);
}

/** The last part of a qualified name, in lower case. */
export function lastName(names: unknown): string {
  return (asList(names).map(stringOf).at(-1) ?? '').toLowerCase();
}

/** The names in a list. */
export function namesOf(list: unknown): string[] {
  return asList(list).flatMap((node) => stringOf(node) ?? []);
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

/** The name of a column, behind those that it is qualified by. */
export function columnNames(node: unknown): (string | undefined)[] {
  const reference = (node as Fields | undefined)?.ColumnRef as Fields | undefined;
  return asList(reference?.fields).map(stringOf);
}

/** Types that a value may be cast to without being compared in another way than its column is. */
const PLAIN_TYPES = new Set(['int2', 'int4', 'int8', 'text', 'varchar', 'uuid']);

/** The plain value that a node is; undefined where it is anything else. */
export function operandOf(node: unknown): Operand | undefined {
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
