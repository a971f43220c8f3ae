import type pg from 'pg';
import { quoteIdentifier, type RelationId } from './catalogue';
import { rowOf } from './checksums';
import type { CopiedTable } from './snapshot-schema';

/** Values of a row by column, as PostgreSQL's text; generated columns are left out. */
export type RowText = Readonly<Record<string, string | null>>;

/** A row that is not as it was. Without a key, a changed row is one deleted and one inserted. */
export type TouchedRow = {
  table: RelationId;
  /** Columns that tell the row from others; undefined for a table without a key. */
  key: readonly string[] | undefined;
} & (
  | { change: 'inserted'; before: null; after: RowText }
  | { change: 'deleted'; before: RowText; after: null }
  | { change: 'changed'; before: RowText; after: RowText }
);

export interface ComparedTable {
  table: CopiedTable;
  /** What to read of the table, such as `only public.items`. */
  source: string;
  /** Where its rows are as they were. */
  copy: string;
  key: readonly string[] | undefined;
}

type Values = (string | null)[];

/**
 * Rows of these tables that differ from their copies, by key: a full join of both, whose rows are compared byte by
 * byte. Rows of a table without a key are counted as a whole.
 *
 * @param limit rows a table at most
 */
export async function readTouchedRows(
  client: pg.Client,
  tables: readonly ComparedTable[],
  limit: number,
): Promise<TouchedRow[]> {
  const found: TouchedRow[] = [];
  for (const compared of tables) {
    const { table, key } = compared;
    const sql = key && key.length > 0 ? byKey(compared, key) : byWholeRow(compared);
    const { rows } = await client.query<{ before: Values | null; after: Values | null }>(
      `${sql} limit ${limit}`,
    );
    for (const { before, after } of rows) {
      const row = { table: table.id, key };
      const [was, is] = [before && named(table, before), after && named(table, after)];
      if (was && is) found.push({ ...row, change: 'changed', before: was, after: is });
      else if (is) found.push({ ...row, change: 'inserted', before: null, after: is });
      else if (was) found.push({ ...row, change: 'deleted', before: was, after: null });
    }
  }
  return found;
}

function byKey({ table, source, copy }: ComparedTable, key: readonly string[]): string {
  const columns = key.map(quoteIdentifier);
  const equal = columns.map((column) => `r.${column} = s.${column}`).join(' and ');
  const order = columns.map((column) => `coalesce(r.${column}, s.${column})`).join(', ');
  return `select case when s.ctid is not null then ${textOf(table, 's')} end as before,
      case when r.ctid is not null then ${textOf(table, 'r')} end as after
    from ${aliased(source, 'r')} full join ${copy} s on ${equal}
    where r.ctid is null or s.ctid is null
      -- as records: PostgreSQL compares two row constructors column by column
      or not (${rowOf(table.columns, 'r')}::record operator(pg_catalog.*=) ${rowOf(table.columns, 's')}::record)
    order by ${order}`;
}

function byWholeRow({ table, source, copy }: ComparedTable): string {
  return `select case when surplus < 0 then values end as before, case when surplus > 0 then values end as after
    from (
      select values, sum(one) as surplus from (
        select ${textOf(table, 'r')} as values, 1 as one from ${aliased(source, 'r')}
        union all select ${textOf(table, 's')}, -1 from ${copy} s
      ) both_sides group by values having sum(one) <> 0
    ) differing, generate_series(1, abs(surplus)::int)
    order by values`;
}

function aliased(source: string, alias: string): string {
  return `${source} ${alias}`;
}

function textOf(table: CopiedTable, alias: string): string {
  const values = table.columns.map((column) => `${alias}.${quoteIdentifier(column)}::text`);
  return `array[${values.join(', ')}]::text[]`;
}

function named(table: CopiedTable, values: Values): RowText {
  return Object.fromEntries(table.columns.map((column, index) => [column, values[index] ?? null]));
}
