import { PrismaPg } from '@prisma/adapter-pg';
import type { Client, Pool, PoolClient, QueryConfig, QueryResult } from 'pg';
import type { Explorable, Monitor, Session, ConnectionHooks } from '@/explorer/backends/in-process/session';
import { isConnectionLoss } from '@/failures/again';
import { PrismaClient } from '@/generated/prisma/client';
import { PgPool, withSettings } from './pg-connections';
import { nameStatements, READ_COMMITTED } from './prisma';

/** Connections of a session. One is enough for every strategy that uses only its transaction inside it. */
const CONNECTIONS = 2;
/**
 * Timeout of opening a connection, ms: an exploration opens all of its connections at once, on a machine that may be
 * busy.
 */
const CONNECT_TIMEOUT_MS = 30_000;
/** Timeout of terminating a backend, ms. */
const TERMINATE_TIMEOUT_MS = 10_000;
/** Timeout of a statement, ms: no statement takes this long unless something is wrong. */
const STATEMENT_TIMEOUT_MS = 60_000;

/**
 * Settings of an explored connection. The first four make the server report at once, over the connection itself, that a
 * statement waits for a lock: its deadlock check comes first, so the attempt that closes a deadlock is always the one
 * that fails. These settings, and the one that keeps such lines out of the server's log, need a superuser.
 */
const TELLING = {
  deadlock_timeout: '1ms',
  log_lock_waits: 'on',
  client_min_messages: 'log',
  lc_messages: 'C',
  log_min_messages: 'fatal',
};
const ALWAYS = {
  default_transaction_isolation: READ_COMMITTED,
  synchronous_commit: 'off',
  // virtual time: no wait ends by itself
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  jit: 'off',
};

export interface ExplorerSessions extends Explorable {
  close: () => Promise<void>;
}

/** Connections for the explorer: sessions, and a monitor beside them. Opens only the monitor; close with `close()`. */
export async function openExplorerSessions(url: string): Promise<ExplorerSessions> {
  const outside = new PgPool({
    connectionString: url,
    max: 2,
    application_name: 'oversell explorer',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  const isTold = await mayBeTold(outside).catch(async (error: unknown) => {
    await outside.end();
    throw error;
  });
  const address = withSettings(url, { ...ALWAYS, ...(isTold && TELLING) });
  return {
    monitor: watch(outside, isTold),
    openSession: async () => openSession(address, (pids) => terminate(outside, pids)),
    close: () => outside.end(),
  };
}

async function mayBeTold(pool: Pool): Promise<boolean> {
  const names = Object.keys(TELLING);
  const { rows } = await pool.query<{ may: boolean }>(
    `select bool_and(context = 'user' or has_parameter_privilege(name, 'set')) as may
     from pg_settings where name = any($1)`,
    [names],
  );
  return rows[0]?.may === true;
}

function watch(pool: Pool, isTold: boolean): Monitor {
  return {
    isTold,
    blockers: async (pids) => {
      const { rows } = await pool.query<{ pid: number; blockers: number[] }>({
        name: 'blockers',
        text: 'select pid, pg_blocking_pids(pid) as blockers from unnest($1::int[]) as pid',
        values: [pids],
      });
      return new Map(rows.map(({ pid, blockers }) => [pid, blockers]));
    },
    version: async () => {
      const { rows } = await pool.query<{ version: string }>(
        `select current_setting('server_version') as version`,
      );
      return rows[0]?.version.split(' ')[0] ?? 'unknown';
    },
  };
}

/**
 * Terminates backends, and resolves when they are gone. Polls itself, since the server's own wait polls only every 100
 * ms.
 */
async function terminate(pool: Pool, pids: number[]): Promise<void> {
  await pool.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids]);
  const giveUpAt = performance.now() + TERMINATE_TIMEOUT_MS;
  while (performance.now() < giveUpAt) {
    const { rowCount } = await pool.query({
      name: 'alive',
      text: 'select 1 from pg_stat_activity where pid = any($1)',
      values: [pids],
    });
    if (rowCount === 0) return;
  }
  throw new Error(`backends ${pids.join(', ')} have not ended`);
}

const NO_HOOKS: ConnectionHooks = {
  admit: async () => undefined,
  connecting: () => () => undefined,
  beforeSending: async () => undefined,
  sent: () => () => undefined,
  isSplit: () => false,
  waiting: () => undefined,
};

async function openSession(
  address: ReturnType<typeof withSettings>,
  terminateBackends: (pids: number[]) => Promise<void>,
): Promise<Session> {
  let wire = NO_HOOKS;
  const open = new Set<PoolClient>();
  /** Connections that this side has closed, as the death of an attempt does. */
  const killed = new WeakSet<PoolClient>();
  let lost: Error | undefined;
  let connections = 0;
  const pool = new PgPool({
    ...address,
    max: CONNECTIONS,
    application_name: 'oversell explored attempt',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  pool.on('connect', (client) => {
    open.add(client);
    client.on('end', () => void open.delete(client));
    const broke = (error: Error) => {
      if (!killed.has(client)) lost ??= error;
    };
    client.on('error', broke);
    client.on('notice', ({ message = '' }) => {
      if (message.includes(' still waiting for ')) wire.waiting(true);
      else if (/ acquired .+ after /.test(message)) wire.waiting(false);
    });
    listen(client, { connection: (connections += 1), wire: () => wire, broke });
  });
  const connect = pool.connect.bind(pool);
  const admitted = async () => {
    await wire.admit();
    const connected = wire.connecting();
    try {
      return await connect();
    } catch (error) {
      if (isConnectionLoss(error)) lost ??= error as Error;
      throw error;
    } finally {
      connected();
    }
  };
  // Prisma takes a connection for a transaction, and uses the pool for statements outside one
  pool.connect = admitted as typeof pool.connect;
  pool.query = ((config: QueryConfig) => queryAlone(admitted, config, () => wire)) as typeof pool.query;
  const adapter = new PrismaPg(pool, { statementNameGenerator: nameStatements(), disposeExternalPool: true });
  const db = new PrismaClient({ adapter });
  // Prisma's lazy loading would look like a strategy that waits in memory; raw SQL does not load its query compiler
  await db.item.findFirst({ where: { sku: '' }, select: { sku: true } });
  return {
    db,
    plug: (next) => (wire = next),
    lost: () => lost,
    pids: () => [...open].flatMap((client) => insideOf(client).processID ?? []),
    kill: async () => {
      if (open.size === 0) return;
      const ending = [...open];
      for (const client of ending) killed.add(client);
      await terminateBackends(ending.flatMap((client) => insideOf(client).processID ?? []));
      // the pool would hand out a connection whose end it has not noticed yet
      await Promise.all(ending.filter((client) => open.has(client)).map(hangUp));
    },
    close: () => db.$disconnect(),
  };
}

/** The fields that every client of pg has, but its types declare only for clients outside a pool. */
function insideOf(client: PoolClient): Pick<Client, 'connection'> & { processID: number | null } {
  return client as unknown as Pick<Client, 'connection'> & { processID: number | null };
}

/** Closes a connection from this side, and resolves when its pool has dropped it. */
function hangUp(client: PoolClient): Promise<void> {
  const ended = new Promise<void>((resolve) => client.on('end', resolve));
  insideOf(client).connection.stream.destroy();
  return ended;
}

interface Listener {
  /** The number of the connection in its session. */
  connection: number;
  wire: () => ConnectionHooks;
  /** Called when a statement fails with the connection. */
  broke: (error: Error) => void;
}

/** Reports every statement that this connection sends. */
function listen(client: PoolClient, { connection, wire, broke }: Listener): void {
  const send = client.query.bind(client) as (config: QueryConfig) => Promise<QueryResult<unknown[]>>;
  const heard = async (given: QueryConfig | string) => {
    const { config, text } = inVirtualTime(typeof given === 'string' ? { text: given } : given);
    try {
      await wire().beforeSending(connection, text);
    } catch (error) {
      // Prisma takes a transaction whose commit fails for ended, and sends no rollback
      await send({ text: 'rollback' }).catch(() => undefined);
      throw error;
    }
    const answered = wire().sent({ connection, text, values: config.values ?? [] });
    try {
      const result = await send(config);
      const columns = result.fields.map(({ name }) => name);
      answered({ columns, rows: result.rows, rowCount: result.rowCount });
      return result;
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (isConnectionLoss(failure)) broke(failure);
      answered(failure);
      throw error;
    }
  };
  client.query = heard as typeof client.query;
}

/** Disables the time-outs that a strategy sets for itself: a wait lasts as long as the schedule says. */
function inVirtualTime(config: QueryConfig): { config: QueryConfig; text: string } {
  const { text } = config;
  if (!/^\s*set\s+(local\s+)?(lock|statement)_timeout\b/i.test(text)) return { config, text };
  const [setting] = /^\s*set\s+(?:local\s+)?\w+/i.exec(text) ?? [''];
  return { config: { text: `${setting} = 0` }, text };
}

/**
 * A statement outside a transaction. When its commit is to be a separate move, it is sent in an explicit transaction,
 * which is what PostgreSQL makes of a single statement anyway.
 */
async function queryAlone(
  connect: () => Promise<PoolClient>,
  config: QueryConfig,
  wire: () => ConnectionHooks,
): Promise<QueryResult> {
  const client = await connect();
  const isSplit = wire().isSplit(config.text);
  try {
    if (isSplit) await client.query('begin');
    const result = await client.query(config);
    if (isSplit) await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    const isOver = await (isSplit ? client.query('rollback') : Promise.resolve()).then(
      () => true,
      () => false,
    );
    client.release(!isOver);
    throw error;
  }
}
