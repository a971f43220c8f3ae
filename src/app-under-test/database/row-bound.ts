import { hasOwnRows, type Catalogue, type TableInfo } from './catalogue';
import type { Session } from './connect';
import { DatabaseError } from './database-error';

/** Copying takes some 0.2 s for this many rows, and restoring a table as long as writing it does. */
export const DEFAULT_MAX_ROWS = 100_000;

/**
 * Counts the rows to be copied. A database that is too large by the planner's estimate is not read at all; no more
 * than `maxRows` rows of any other are.
 *
 * @returns rows of all tables together
 * @throws DatabaseError `too-large`, with the largest tables
 */
export async function requireFewRows(
  session: Session,
  catalogue: Catalogue,
  maxRows = DEFAULT_MAX_ROWS,
): Promise<number> {
  const tables = catalogue.tables.filter(hasOwnRows);
  const estimates = estimateRows(catalogue, tables);
  const estimate = sum(estimates.values());
  // an estimate may be far behind what was deleted since
  if (estimate > 2 * maxRows) throw tooLarge(session, estimates, `about ${inWords(estimate)}`, maxRows);

  const counts = new Map<string, number>();
  for (const { id, kind } of tables) {
    const left = maxRows - sum(counts.values());
    const from = kind === 'partitioned' ? id : `only ${id}`;
    const { rows } = await session.client.query<{ count: number }>(
      `select count(*)::float8 as count from (select from ${from} limit ${left + 1}) some_rows`,
    );
    const count = rows[0]?.count ?? 0;
    counts.set(id, count);
    if (count > left) throw tooLarge(session, counts, `more than ${inWords(maxRows)}`, maxRows);
  }
  return sum(counts.values());
}

/** Rows of each table by the planner's estimate, those of partitions under their table. */
function estimateRows(catalogue: Catalogue, tables: readonly TableInfo[]): Map<string, number> {
  const estimates = new Map(
    tables.map(({ id, kind, estimatedRows }) => [id, kind === 'partitioned' ? 0 : (estimatedRows ?? 0)]),
  );
  for (const { partitionOf, kind, estimatedRows } of catalogue.tables) {
    const known = partitionOf === null ? undefined : estimates.get(partitionOf);
    if (partitionOf !== null && known !== undefined && kind === 'table')
      estimates.set(partitionOf, known + (estimatedRows ?? 0));
  }
  return estimates;
}

function tooLarge(
  session: Session,
  counts: ReadonlyMap<string, number>,
  total: string,
  maxRows: number,
): DatabaseError {
  const largest = [...counts].sort(([, a], [, b]) => b - a).slice(0, 3);
  const named = largest.map(([id, count]) => `${id} (${inWords(count)})`).join(', ');
  return new DatabaseError(
    'too-large',
    `The database ${session.address} has ${total} rows; an exploration copies and restores at most ` +
      `${inWords(maxRows)}. Largest tables: ${named}. Use a database with test data, or raise the bound.`,
  );
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

function inWords(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}
