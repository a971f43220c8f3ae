import type pg from 'pg';
import { quoteIdentifier } from './catalogue';
import type { CopiedTable } from './snapshot-schema';

export interface Checksum {
  rows: number;
  checksum: string;
}

/** A row of these columns as text; `alias` names the table. */
export function rowOf(columns: readonly string[], alias: string): string {
  return `row(${columns.map((column) => `${alias}.${quoteIdentifier(column)}`).join(', ')})`;
}

/**
 * Number of rows, and the sum of a 64-bit hash of each row as text: equal for equal rows in any order. PostgreSQL's
 * text of a value can be read back without loss, also of floating-point numbers.
 *
 * @param source what to read, such as `only public.items`
 */
export async function checksumOf(
  client: pg.Client,
  source: string,
  columns: readonly string[],
): Promise<Checksum> {
  const { rows } = await client.query<Checksum>(
    `select count(*)::float8 as rows,
      coalesce(sum(hashtextextended(${rowOf(columns, 'r')}::text collate "C", 0)::numeric), 0)::text as checksum
    from ${source} r`,
  );
  return rows[0] ?? { rows: 0, checksum: '0' };
}

/**
 * Tables whose rows are not those of the snapshot, by reading all of them: exact, and some 2 µs a row.
 *
 * @param sourceOf what to read of a table, such as `only public.items`
 */
export async function findChanged(
  client: pg.Client,
  tables: readonly CopiedTable[],
  sourceOf: (table: CopiedTable) => string,
): Promise<CopiedTable[]> {
  const changed: CopiedTable[] = [];
  for (const table of tables) {
    const now = await checksumOf(client, sourceOf(table), table.columns);
    if (now.rows !== table.rows || now.checksum !== table.checksum) changed.push(table);
  }
  return changed;
}
