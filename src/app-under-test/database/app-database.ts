import { quoteIdentifier, type Catalogue } from './catalogue';
import { connect, type ConnectOptions, type Session } from './connect';
import { shortenDeadlockTimeout } from './deadlock-timeout';
import { describeFailure } from './database-error';
import { explainFailure } from './explain-failure';
import {
  discardLeftover,
  findLeftovers,
  requireNoLeftovers,
  restoreLeftover,
  type Leftover,
} from './leftovers';
import { listOtherClients, lockDatabase, requireNoOtherClients } from './other-clients';
import type { OtherClient } from './other-clients';
import { readCatalogue } from './read-catalogue';
import { requireRights } from './rights';
import { requireFewRows } from './row-bound';
import { Snapshot } from './snapshot';
import { newSnapshotSchema, readManifest } from './snapshot-schema';
import { copyEverything } from './take-snapshot';

export interface AppDatabaseOptions extends ConnectOptions {
  /** Rows that are copied at most; 100,000 by default. */
  maxRows?: number;
}

/** The database of the app under test, locked for one exploration until `close()`. */
export interface AppDatabase {
  readonly session: Session;
  readonly catalogue: Catalogue;
  /** What restoring will not cover, as sentences for a person. */
  readonly notes: readonly string[];
  /** Snapshots of earlier runs; while there is one, none is taken. */
  findLeftovers(): Promise<Leftover[]>;
  /** @throws DatabaseError `leftover` */
  requireNoLeftovers(): Promise<void>;
  /** @returns what could not be put back, as sentences */
  restoreLeftover(leftover: Leftover): Promise<string[]>;
  /** Keeps the rows as they are now. */
  discardLeftover(leftover: Leftover): Promise<void>;
  /**
   * Checks size and rights, copies all rows, and restores them once for proof, in a transaction that is rolled back.
   *
   * @throws DatabaseError `leftover`, `too-large`, `no-right`, `unrestorable`, `blocked`, `disk-full`; nothing is left
   */
  takeSnapshot(): Promise<Snapshot>;
  /**
   * Has deadlocks of the app's role found after 1 ms, until the snapshot is finished.
   *
   * @returns why the role may not; undefined when it is done
   */
  shortenDeadlockTimeout(snapshot: Snapshot, role?: string): Promise<string | undefined>;
  /** @param exceptPids connections of the app that the exploration has started */
  otherClients(exceptPids: readonly number[]): Promise<OtherClient[]>;
  /** Ends the connection, and with it the lock. */
  close(): Promise<void>;
}

/**
 * Opens an app's database for an exploration and refuses one that something else uses. Writes nothing.
 *
 * @throws DatabaseError as `connect()`, `locked`, `in-use`
 */
export async function openAppDatabase(options: AppDatabaseOptions): Promise<AppDatabase> {
  const session = await connect(options);
  const { client } = session;
  try {
    await lockDatabase(session);
    await requireNoOtherClients(session);
    const catalogue = await readCatalogue(client);
    return {
      session,
      catalogue,
      notes: noteLimits(session, catalogue),
      findLeftovers: () => findLeftovers(session, catalogue),
      requireNoLeftovers: async () => requireNoLeftovers(session, await findLeftovers(session, catalogue)),
      restoreLeftover: (leftover) => restoreLeftover(session, catalogue, leftover),
      discardLeftover: (leftover) => discardLeftover(session, catalogue, leftover),
      takeSnapshot: () => takeSnapshot(session, catalogue, options.maxRows),
      shortenDeadlockTimeout: (snapshot, role) => shortenDeadlockTimeout(session, snapshot.schema, role),
      otherClients: (exceptPids) => listOtherClients(client, exceptPids),
      close: () => client.end(),
    };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw describeFailure(error, `The database ${session.address} could not be read`);
  }
}

async function takeSnapshot(
  session: Session,
  catalogue: Catalogue,
  maxRows: number | undefined,
): Promise<Snapshot> {
  requireNoLeftovers(session, await findLeftovers(session, catalogue));
  await requireRights(session, catalogue);
  await requireFewRows(session, catalogue, maxRows);
  const schema = newSnapshotSchema();
  try {
    await copyEverything(session, catalogue, schema);
  } catch (error) {
    const doing = `The rows of ${session.address} could not be copied`;
    throw await explainFailure({ session, catalogue, error, doing, advice: 'Nothing was changed.' });
  }
  const manifest = await readManifest(session.client, schema);
  if (!manifest) throw new Error(`the snapshot ${schema} is gone`);
  const snapshot = new Snapshot(session, catalogue, manifest);
  await snapshot.begin();
  try {
    await snapshot.rehearse();
  } catch (error) {
    await snapshot.discard();
    throw error;
  }
  return snapshot;
}

function noteLimits(session: Session, { tables, sequences, largeObjects }: Catalogue): string[] {
  const notes: string[] = [];
  const note = (ids: readonly string[], text: string): void => {
    if (ids.length > 0) notes.push(`${ids.join(', ')}: ${text}`);
  };
  if (session.replicationRole === 'origin')
    notes.push(
      `The role ${session.role} may not set session_replication_role, so restoring a table restores those that refer ` +
        'to it as well, and switches triggers off while it does. A superuser can make that fast: ' +
        `grant set on parameter session_replication_role to ${quoteIdentifier(session.role)} (PostgreSQL 15).`,
    );
  if (largeObjects > 0) notes.push(`${largeObjects} large objects are neither copied nor restored.`);
  note(
    tables.filter(({ kind }) => kind === 'foreign').map(({ id }) => id),
    'foreign tables, whose rows are elsewhere and are not restored.',
  );
  note(
    tables.filter(({ kind, extension }) => extension !== null && kind !== 'foreign').map(({ id }) => id),
    'tables of an extension, which are not restored.',
  );
  note(
    tables
      .filter(({ kind, isPopulated }) => kind === 'materialized-view' && !isPopulated)
      .map(({ id }) => id),
    'materialised views without rows, which stay filled once the app refreshes them.',
  );
  note(
    sequences.filter(({ cache }) => cache > 1).map(({ id }) => id),
    'sequences of which each connection takes several numbers at once: ids differ from run to run.',
  );
  return notes;
}
