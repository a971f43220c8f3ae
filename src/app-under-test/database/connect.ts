import { hostname } from 'node:os';
import type pg from 'pg';
import { requireLoopback } from '../loopback';
import { DatabaseError, errorCode } from './database-error';

export interface ConnectOptions {
  /** Address of the app's database, as the app reads it from its environment. */
  url: string;
  /** Creates a client that is not connected yet and that survives the loss of its connection. */
  createClient: (config: pg.ClientConfig) => pg.Client;
  /** The user has allowed a database beyond loopback explicitly. */
  allowRemote?: boolean;
  /** How long a statement waits for a lock, in ms. */
  lockTimeoutMs?: number;
}

/** One connection of the exploration to the app's database, with settings that make its results repeatable. */
export interface Session {
  readonly client: pg.Client;
  /** `host:port/database`, without user and password. */
  readonly address: string;
  readonly database: string;
  readonly role: string;
  readonly isSuperuser: boolean;
  /** Such as 180004. */
  readonly serverVersion: number;
  /**
   * `replica`: foreign keys, triggers and rules rest while this connection writes. `origin`: they would fire, as the
   * role may not set `session_replication_role`.
   */
  readonly replicationRole: 'replica' | 'origin';
}

/** What every connection of an exploration begins its `application_name` with. */
export const APPLICATION_NAME = 'oversell check';

const CONNECT_TIMEOUT_MS = 5_000;
export const DEFAULT_LOCK_TIMEOUT_MS = 3_000;
const OLDEST_VERSION = 130_000;

/**
 * Settings by name; a version of PostgreSQL that lacks one goes without. Nothing of them outlives the connection.
 * The first group keeps limits of the app's role from ending the exploration, the second makes text the same in every
 * session, the third keeps the order of rows and spares 32 tables the 100 ms that compiling a plan takes.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  transaction_timeout: '0',
  default_transaction_read_only: 'off',
  default_transaction_isolation: 'read committed',
  client_min_messages: 'error',
  row_security: 'off',

  timezone: 'UTC',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  xmloption: 'content',
  lc_monetary: 'C',

  synchronize_seqscans: 'off',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  synchronous_commit: 'off',
};

/**
 * Connects to the database of the app under test.
 *
 * @throws DatabaseError `not-loopback`, `unreachable`, `login-refused`, `no-such-database`, `not-postgresql`,
 * `too-old`, `pooled`, `read-only`
 */
export async function connect(options: ConnectOptions): Promise<Session> {
  const client = options.createClient({
    connectionString: options.url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  const address = `${client.host}:${client.port}/${client.database ?? ''}`;
  if (options.allowRemote !== true) await requireLoopback(client.host, `The database ${address}`);
  try {
    await client.connect();
  } catch (error) {
    void client.end().catch(() => undefined);
    throw connectError(error, address, client);
  }
  try {
    const facts = await readFacts(client, address);
    await applySettings(client, options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS);
    const mayReplicate = await maySet(client, 'session_replication_role', 'replica');
    // a lock that autovacuum holds is free after this time
    await maySet(client, 'deadlock_timeout', '1ms');
    return { client, address, ...facts, replicationRole: mayReplicate ? 'replica' : 'origin' };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** What the server says when it refuses a login: kind, what is wrong, what to do. */
const LOGIN_REFUSALS: readonly (readonly [RegExp, ConstructorParameters<typeof DatabaseError>[0], string])[] =
  [
    [
      /^28P01|client password must be/,
      'login-refused',
      'refuses the user or the password. Check them in the address',
    ],
    [/^28000/, 'login-refused', 'does not let this user in. Check the user and pg_hba.conf'],
    [/^42501/, 'login-refused', 'denies this user the right to connect. Grant CONNECT on the database'],
    [/^3D000/, 'no-such-database', 'has no database of this name. Create it, or check the address'],
    [/^53300/, 'unreachable', 'takes no more connections. Close some, or raise max_connections'],
    [/^57P03/, 'unreachable', 'is starting up or shutting down. Try again in a moment'],
    [/timeout expired|connection timeout/i, 'unreachable', 'did not answer within 5 s. Check host and port'],
  ];

function connectError(error: unknown, address: string, client: pg.Client): DatabaseError {
  const code = errorCode(error);
  const said = error instanceof Error ? error.message : String(error);
  const refusal = LOGIN_REFUSALS.find(([pattern]) => pattern.test(code) || pattern.test(said));
  if (refusal) {
    const [, kind, what] = refusal;
    const user = kind === 'login-refused' ? ` as ${client.user ?? 'the default user'}` : '';
    return new DatabaseError(kind, `PostgreSQL at ${address}${user} ${what}.`, { cause: error });
  }
  const isSystemCode = /^E[A-Z]+$/.test(code);
  const isTls = /SSL|TLS|certificate/i.test(said);
  if ((isSystemCode && code !== 'ECONNRESET') || isTls)
    return new DatabaseError(
      'unreachable',
      `PostgreSQL at ${address} cannot be reached (${isSystemCode ? code : said}). Start it, or check the address.`,
      { cause: error },
    );
  return new DatabaseError(
    'not-postgresql',
    `The server at ${address} does not speak PostgreSQL's protocol (${said.replaceAll(/\s+/g, ' ').slice(0, 100)}). ` +
      'Check host and port.',
    { cause: error },
  );
}

interface Facts {
  database: string;
  role: string;
  isSuperuser: boolean;
  serverVersion: number;
}

async function readFacts(client: pg.Client, address: string): Promise<Facts> {
  const { rows } = await client.query<
    Facts & { version: string; pid: number; isStandby: boolean; versionName: string }
  >(`
    select current_database() as database, session_user as role, version(), pg_backend_pid() as pid,
      current_setting('server_version') as "versionName",
      current_setting('server_version_num')::int as "serverVersion", pg_is_in_recovery() as "isStandby",
      coalesce((select rolsuper from pg_roles where rolname = session_user), false) as "isSuperuser"`);
  const facts = rows[0];
  if (!facts || !facts.version.startsWith('PostgreSQL'))
    throw new DatabaseError(
      'not-postgresql',
      `The server at ${address} is ${facts?.version ?? 'unknown'}, which only speaks PostgreSQL's protocol. ` +
        'Use PostgreSQL 13 or later.',
    );
  if (facts.serverVersion < OLDEST_VERSION)
    throw new DatabaseError(
      'too-old',
      `The server at ${address} is PostgreSQL ${facts.versionName}. Use PostgreSQL 13 or later.`,
    );
  const { processID } = client as pg.Client & { processID: number | null };
  if (processID !== facts.pid)
    throw new DatabaseError(
      'pooled',
      `Between this program and PostgreSQL at ${address} is a connection pooler, so that one connection is not one ` +
        "session. Use the server's own address and port.",
    );
  if (facts.isStandby)
    throw new DatabaseError(
      'read-only',
      `PostgreSQL at ${address} is a standby, which accepts no writes. Use its primary.`,
    );
  const { database, role, isSuperuser, serverVersion } = facts;
  return { database, role, isSuperuser, serverVersion };
}

async function applySettings(client: pg.Client, lockTimeoutMs: number): Promise<void> {
  const since = new Date().toISOString().slice(0, 19);
  // the server cuts a name after 63 bytes
  const application_name = `${APPLICATION_NAME} pid ${process.pid} since ${since}Z on ${hostname()}`.slice(
    0,
    63,
  );
  const settings = { ...SETTINGS, lock_timeout: `${lockTimeoutMs}ms`, application_name };
  await client.query(
    `select set_config(name, wanted.value, false)
    from unnest($1::text[], $2::text[]) wanted (name, value)
    where exists (select from pg_settings where pg_settings.name ilike wanted.name)`,
    [Object.keys(settings), Object.values(settings)],
  );
}

/** Sets a value that only some roles may set; false when this one may not. */
async function maySet(client: pg.Client, name: string, value: string): Promise<boolean> {
  try {
    await client.query(`set ${name} = '${value}'`);
    return true;
  } catch (error) {
    if (errorCode(error) === '42501') return false;
    throw error;
  }
}
