import type pg from 'pg';
import type { RelationId } from './catalogue';
import { findChanged } from './checksums';
import type { CopiedTable } from './snapshot-schema';
import { findWritten, type TransactionSnapshot } from './written-tables';

/**
 * Refreshes the materialised views that the app has refreshed since their tables were restored last: one that shows
 * the rows of a race shows the restored rows again. One that the app leaves alone stays as it is, up to date or not.
 *
 * @param since when each was known to show what it did; it is brought forward for those that are refreshed
 */
export async function refreshWritten(
  client: pg.Client,
  views: readonly CopiedTable[],
  since: Map<RelationId, TransactionSnapshot>,
): Promise<void> {
  const asked = views.flatMap((table) => {
    const moment = since.get(table.id);
    return moment === undefined ? [] : [{ table, source: table.id, since: moment }];
  });
  const written = await findWritten(client, asked);
  if (written.length === 0) return;
  for (const { id } of written) await client.query(`refresh materialized view ${id}`);
  const { rows } = await client.query<{ now: TransactionSnapshot }>(
    'select pg_current_snapshot()::text as now',
  );
  for (const { id } of written) since.set(id, rows[0]?.now ?? '');
}

/**
 * Refreshes the materialised views whose rows differ from their copies.
 *
 * @returns those that still differ: they were out of date when they were copied
 */
export async function refreshChanged(
  client: pg.Client,
  views: readonly CopiedTable[],
): Promise<RelationId[]> {
  const changed = await findChanged(client, views, ({ id }) => id);
  for (const { id } of changed) await client.query(`refresh materialized view ${id}`);
  return (await findChanged(client, changed, ({ id }) => id)).map(({ id }) => id);
}
