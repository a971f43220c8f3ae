import type { Catalogue, RelationId } from './catalogue';
import type { Session } from './connect';
import { DatabaseError, describeFailure } from './database-error';
import { Snapshot } from './snapshot';
import { readManifest, SNAPSHOT_SCHEMA_PATTERN, SNAPSHOT_VERSION } from './snapshot-schema';

/** The snapshot of an exploration that ended without restoring. */
export interface Leftover {
  schema: string;
  /** False when it was never completed, so that nothing was restored or raced yet: its schema is only dropped. */
  isComplete: boolean;
  /** Null when it was never completed. */
  madeAt: Date | null;
  /** The process that made it, such as `oversell check pid 4711 since 2026-01-31T12:00:00Z on host`. */
  madeBy: string | null;
  /** Tables whose rows are not those of the snapshot: what restoring changes. */
  changedTables: RelationId[];
}

/**
 * Finds snapshots of earlier runs. The caller holds the lock of the database, so that none of them is in use.
 *
 * @throws DatabaseError `leftover` for one that this role or this version cannot read
 */
export async function findLeftovers(session: Session, catalogue: Catalogue): Promise<Leftover[]> {
  const { rows } = await session.client.query<{ schema: string; owner: string; owns: boolean }>(
    `select nspname as schema, rolname as owner, pg_has_role(nspowner, 'USAGE') as owns
    from pg_namespace join pg_roles on pg_roles.oid = nspowner where nspname ~ $1 order by nspname`,
    [SNAPSHOT_SCHEMA_PATTERN],
  );
  const found: Leftover[] = [];
  for (const { schema, owner, owns } of rows) {
    const advice = !owns
      ? `It belongs to the role ${owner}: connect as that role.`
      : schema.startsWith(`oversell_snapshot_v${SNAPSHOT_VERSION}_`)
        ? undefined
        : 'It was made by another version of this program: restore with that one.';
    if (advice !== undefined)
      throw new DatabaseError(
        'leftover',
        `The database ${session.address} has the snapshot ${schema} of an exploration that did not restore. ${advice}`,
      );
    found.push(await describe(session, catalogue, schema));
  }
  return found;
}

async function describe(session: Session, catalogue: Catalogue, schema: string): Promise<Leftover> {
  const manifest = await readManifest(session.client, schema);
  if (!manifest) return { schema, isComplete: false, madeAt: null, madeBy: null, changedTables: [] };
  const { madeAt, madeBy } = manifest;
  const snapshot = new Snapshot(session, catalogue, manifest);
  // a table that is gone is changed as well, and restoring will say so
  const changedTables = await snapshot.changedTables().catch((error: unknown) => {
    if (error instanceof DatabaseError && error.kind === 'schema-changed') return snapshot.tableIds;
    throw error;
  });
  return { schema, isComplete: true, madeAt, madeBy, changedTables };
}

/** @throws DatabaseError `leftover`, with what to do: a second snapshot would keep the rows of a race for good */
export function requireNoLeftovers(session: Session, leftovers: readonly Leftover[]): void {
  const [leftover] = leftovers;
  if (!leftover) return;
  const made = leftover.madeAt === null ? 'was never completed' : `is of ${leftover.madeAt.toISOString()}`;
  const by = leftover.madeBy === null ? '' : `, made by "${leftover.madeBy}"`;
  throw new DatabaseError(
    'leftover',
    `An earlier exploration of ${session.address} ended without restoring: its snapshot ${leftover.schema} ${made}${by}. ` +
      `${differences(leftover)} Restore it first (oversell check --restore).`,
  );
}

function differences({ changedTables }: Leftover): string {
  if (changedTables.length === 0) return 'No row differs from it.';
  return `Rows differ in ${changedTables.slice(0, 5).join(', ')}${changedTables.length > 5 ? ', …' : ''}.`;
}

/**
 * Restores a leftover with its settings, proves that the rows are back, and drops it. Rows written since are lost.
 *
 * @throws DatabaseError; the snapshot is then still there
 */
export async function restoreLeftover(
  session: Session,
  catalogue: Catalogue,
  { schema }: Leftover,
): Promise<string[]> {
  const manifest = await readManifest(session.client, schema);
  if (manifest) return new Snapshot(session, catalogue, manifest).finish();
  await dropIncomplete(session, schema);
  return [];
}

/** Keeps the rows as they are now, undoes the leftover's settings and drops it. */
export async function discardLeftover(
  session: Session,
  catalogue: Catalogue,
  { schema }: Leftover,
): Promise<void> {
  const manifest = await readManifest(session.client, schema);
  if (manifest) await new Snapshot(session, catalogue, manifest).discard();
  else await dropIncomplete(session, schema);
}

/** A schema that holds anything but an unfinished snapshot is not ours, whatever its name. */
async function dropIncomplete(session: Session, schema: string): Promise<void> {
  const { rows } = await session.client.query<{ name: string }>(
    `select relname as name from pg_class
    where relnamespace = (select oid from pg_namespace where nspname = $1) and relkind not in ('i', 't')
      and relname !~ '^(snapshot|tables|sequences|settings|t[0-9]+)$'`,
    [schema],
  );
  if (rows.length > 0)
    throw new DatabaseError(
      'leftover',
      `The schema ${schema} of ${session.address} is named like a snapshot, but holds ${rows.map(({ name }) => name).join(', ')}. ` +
        'It was not made by this program: rename or drop it.',
    );
  try {
    await session.client.query(`drop schema ${schema} cascade`);
  } catch (error) {
    throw describeFailure(error, `The unfinished snapshot ${schema} could not be dropped`);
  }
}
