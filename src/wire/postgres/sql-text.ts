/** What no keyword can be in: comments, strings, quoted names, and strings between dollar signs. */
const OPAQUE =
  /--[^\n]*|\/\*|[eE]'(?:[^'\\]|\\[\s\S]|'')*'?|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)/g;

/** Statements that are the same inside a transaction as alone, apart from when they become visible. */
const PLAIN = /^[\s(]*(select|insert|update|delete|merge|with|values|table|execute|truncate)\b/i;

/**
 * Whether each statement of `sql` may run between BEGIN and COMMIT instead of in a transaction of its own. What must
 * not (VACUUM, CALL, COPY, CREATE DATABASE, …), what would mean something else (SET LOCAL, LOCK, DECLARE), and whatever
 * controls transactions is left out by naming what may.
 */
export function mayRunInTransaction(sql: string): boolean {
  const statements = blank(sql)
    .split(';')
    .filter((statement) => statement.trim() !== '');
  return statements.length > 0 && statements.every((statement) => PLAIN.test(statement));
}

/** The names that `deallocate` statements in `sql` give back: `all` of them for `deallocate all` and `discard all`. */
export function deallocatedBy(sql: string): 'all' | string[] {
  if (/\b(?:deallocate\s+(?:prepare\s+)?|discard\s+)all\b/i.test(sql)) return 'all';
  const names = sql.matchAll(/\bdeallocate\s+(?:prepare\s+)?(?:"((?:[^"]|"")+)"|([\w$\u0080-\uffff]+))/gi);
  return [...names].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? '');
}

/** `sql` with a space for each comment and string, so that what is left can be searched for words and semicolons. */
function blank(sql: string): string {
  const opaque = new RegExp(OPAQUE);
  let text = '';
  let at = 0;
  for (let match = opaque.exec(sql); match; match = opaque.exec(sql)) {
    const [found, dollar] = match;
    text += `${sql.slice(at, match.index)} `;
    if (found === '/*') at = endOfComment(sql, match.index);
    else if (dollar === undefined) at = opaque.lastIndex;
    else {
      const end = sql.indexOf(dollar, opaque.lastIndex);
      at = end === -1 ? sql.length : end + dollar.length;
    }
    opaque.lastIndex = at;
  }
  return text + sql.slice(at);
}

/** Comments nest. */
function endOfComment(sql: string, start: number): number {
  const edges = /\/\*|\*\//g;
  edges.lastIndex = start;
  let depth = 0;
  for (let edge = edges.exec(sql); edge; edge = edges.exec(sql)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return edges.lastIndex;
  }
  return sql.length;
}
