import { requireLoopback } from '../loopback';
import { DatabaseError } from '../database/database-error';
import { RedisSnapshot, SNAPSHOT_KEYS } from './redis-snapshot';
import { toText } from './redis-value';
import type { AskRedis } from './redis-value';

/** A connection to the app's Redis that is the exploration's own. */
export interface RedisConnection {
  readonly ask: AskRedis;
  readonly close: () => Promise<void>;
}

export interface AppRedisOptions {
  /** `redis://` or `rediss://`, as the app reads it from its environment. */
  url: string;
  /** Opens a connection under this name; rejects when the server cannot be reached or refuses. */
  connect: (url: string, name: string) => Promise<RedisConnection>;
}

/** The Redis of the app under test, for one exploration until `close()`. */
export interface AppRedis {
  /** The one database of the address: what the app keeps in another one is neither restored nor compared. */
  readonly db: number;
  /** @throws DatabaseError `leftover` */
  requireNoLeftover(): Promise<void>;
  /** @throws DatabaseError `too-large`, `leftover` */
  takeSnapshot(): Promise<RedisSnapshot>;
  /**
   * Puts back what an exploration that was killed has changed.
   *
   * @returns when its snapshot was made; undefined when there is none
   */
  restoreLeftover(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** What the connection of every exploration is called. */
const CLIENT_NAME = 'oversell-check';

/**
 * Opens an app's Redis for an exploration and refuses one that something else uses. Writes nothing.
 *
 * @throws DatabaseError `not-loopback`, `unreachable`, `login-refused`, `in-use`, `failed` for a cluster
 */
export async function openAppRedis({ url, connect }: AppRedisOptions): Promise<AppRedis> {
  const { hostname, port, pathname } = new URL(url);
  const db = Number(pathname.slice(1) || 0);
  const address = `${hostname}:${port || 6379}/${db}`;
  await requireLoopback(hostname.replace(/^\[|\]$/g, ''), `The Redis ${address}`);
  const { ask, close } = await connect(url, CLIENT_NAME).catch((error: unknown) => {
    throw connectError(error, address);
  });
  const requireNoLeftover = async () => {
    if ((await madeAt(ask)) === undefined) return;
    throw new DatabaseError(
      'leftover',
      `The Redis ${address} has the snapshot of an exploration that did not restore. Restore it first: oversell check --restore.`,
    );
  };
  try {
    await refuseCluster(ask, address);
    await refuseOthers(ask, address, db);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ db, requireNoLeftover, close },
    takeSnapshot: async () => {
      await requireNoLeftover();
      return RedisSnapshot.take(ask, address);
    },
    restoreLeftover: async () => {
      const made = await madeAt(ask);
      // one that was never completed: nothing was changed yet
      if (made === undefined) await ask(['DEL', ...SNAPSHOT_KEYS]);
      else await (await RedisSnapshot.read(ask)).finish();
      return made;
    },
  };
}

async function madeAt(ask: AskRedis): Promise<string | undefined> {
  const made = await ask(['GET', SNAPSHOT_KEYS[1]]);
  return made === null ? undefined : toText(made);
}

async function refuseCluster(ask: AskRedis, address: string): Promise<void> {
  const info = String(await ask(['INFO', 'cluster']));
  if (!info.includes('cluster_enabled:1')) return;
  throw new DatabaseError(
    'failed',
    `The Redis ${address} is a cluster, which cannot be explored. Use a single server.`,
  );
}

/** Of a client in `CLIENT LIST`: its number, address, name, database and flags. */
const CLIENT = /^id=(\d+) addr=(\S*) .*?\bname=(\S*) .*?\bflags=(\S*) db=(\d+)/;

async function refuseOthers(ask: AskRedis, address: string, db: number): Promise<void> {
  const own = String(await ask(['CLIENT', 'ID']));
  const lines = String(await ask(['CLIENT', 'LIST'])).split('\n');
  const others = lines.flatMap((line) => {
    const [, id, from = '', name = '', flags = '', its] = CLIENT.exec(line) ?? [];
    const isOther = id !== undefined && id !== own && Number(its) === db;
    // replicas and those that watch change nothing
    return isOther && !/[SMO]/.test(flags) ? [name === '' ? from : `${name} (${from})`] : [];
  });
  if (others.length === 0) return;
  throw new DatabaseError(
    'in-use',
    `The Redis ${address} is used by ${others.slice(0, 3).join(', ')}${others.length > 3 ? ` and ${others.length - 3} more` : ''}. An exploration overwrites keys: close them, or give the app a Redis of its own.`,
  );
}

function connectError(error: unknown, address: string): DatabaseError {
  const said = error instanceof Error ? error.message : String(error);
  if (/NOAUTH|WRONGPASS|NOPERM|without any password/.test(said))
    return new DatabaseError(
      'login-refused',
      `Redis at ${address} refuses the user or the password (${said}). Check them in the address.`,
      { cause: error },
    );
  return new DatabaseError(
    'unreachable',
    `Redis at ${address} cannot be reached (${said}). Start it, or check the address.`,
    { cause: error },
  );
}
