import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { CopiedTable } from './snapshot-schema';

/** Which transactions had committed at a moment, in PostgreSQL's form `xmin:xmax:xip_list`. */
export type TransactionSnapshot = string;

/**
 * Finds the tables that were written since their rows were last copied or restored. A row that was inserted or updated
 * since carries a transaction that had not committed then, and a table that lost a row has one row less: one scan a
 * table says both, without reading the copies. A row that was only locked, and one inserted and deleted again, leave
 * no trace and need no restoring. PostgreSQL's statistics of written tables would come up to a second late.
 *
 * @param tables each with the moment since when, and what to read of it
 */
export async function findWritten(
  client: pg.Client,
  tables: readonly { table: CopiedTable; source: string; since: TransactionSnapshot }[],
): Promise<CopiedTable[]> {
  if (tables.length === 0) return [];
  const moments = tables.map(({ since }) => parseSnapshot(since));
  const counts = tables.map(
    ({ source }, index) =>
      `select ${index} as index, count(*)::float8 as rows,
        coalesce(bool_or(age(xmin) <= age(($1::xid[])[${index + 1}]) or xmin = any ($2::xid[])), false) as fresh
      from ${source}`,
  );
  const text = counts.join(' union all ');
  const { rows } = await client.query<{ index: number; rows: number; fresh: boolean }>({
    name: createHash('sha1').update(text).digest('hex'),
    text,
    values: [moments.map(({ next }) => next), [...new Set(moments.flatMap(({ running }) => running))]],
  });
  return rows.flatMap(({ index, rows: count, fresh }) => {
    const table = tables[index]?.table;
    return table && (fresh || count !== table.rows) ? [table] : [];
  });
}

/** Transactions as the 32 bits that rows carry: the first one that had not begun, and those that ran. */
function parseSnapshot(snapshot: TransactionSnapshot): { next: string; running: string[] } {
  const short = (id: string): string => String(BigInt(id) & 0xffffffffn);
  const [, next = '0', running = ''] = snapshot.split(':');
  return { next: short(next), running: running === '' ? [] : running.split(',').map(short) };
}
