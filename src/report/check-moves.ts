import type { CheckMove, PatternMatch } from '@/model/app-check';

/**
 * A move of a schedule in words, a part a line: what was sent, what came back, and who waits for whom.
 *
 * @param place of the move in its schedule, from 0
 */
export function describeMove(move: CheckMove, place: number, match: PatternMatch | null): string[] {
  const { event, sql = '', params = [], rows = [], tag, error, waitsFor = [], woke = [] } = move;
  const parts = [
    event === 'arrival' ? 'arrives' : event === 'commit' ? 'commit' : inlineParams(sql, params),
    ...(rows.length > 0
      ? [`-> ${rows.map(describeRow).join(' | ')}`]
      : tag === undefined
        ? []
        : [`-> ${tag}`]),
    ...(waitsFor.length > 0 ? [`waits for ${waitsFor.map((n) => `T${n}`).join(', ')}`] : []),
    ...(woke.length > 0 ? [`${woke.map((n) => `T${n}`).join(', ')} can go on`] : []),
    ...(error === undefined ? [] : [`!! ${error}`]),
  ];
  if (place === match?.writes)
    parts.push(`!! by what it read at ${match.reads + 1}, which ${match.changed + 1} has changed`);
  return parts;
}

/** `stock 1, sku a` */
export function describeRow(row: Readonly<Record<string, string | null>>): string {
  return Object.entries(row)
    .map(([column, value]) => `${column} ${value ?? 'null'}`)
    .join(', ');
}

/** The statement with its parameters where they stand. */
export function inlineParams(sql: string, params: readonly (string | null)[]): string {
  const value = (text: string | null | undefined) =>
    text === null ? 'null' : `'${(text ?? '').replaceAll("'", "''")}'`;
  const isOne = !/;\s*\S/.test(sql);
  const filled = isOne
    ? sql.replaceAll(/\$(\d+)/g, (whole, n: string) =>
        Number(n) <= params.length ? value(params[Number(n) - 1]) : whole,
      )
    : sql;
  return filled.replaceAll(/\s+/g, ' ').trim();
}
