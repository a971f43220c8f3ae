import type pg from 'pg';
import { APPLICATION_NAME, type Session } from './connect';
import { DatabaseError, errorCode } from './database-error';

/** A connection of another program to the same database. */
export interface OtherClient {
  pid: number;
  role: string;
  applicationName: string;
  /** Null for a Unix socket, and when the role may not see it. */
  address: string | null;
  /** Such as `idle in transaction`; null when the role may not see it. */
  state: string | null;
}

/** The advisory lock of an exploration: "over" and "sell" in ASCII. PostgreSQL keeps it for each database. */
const LOCK = [0x6f766572, 0x73656c6c] as const;

/**
 * Takes the lock that one exploration of a database holds until its connection ends. Waits for the lock timeout: the
 * connection of a killed exploration ends once its last statement has.
 *
 * @throws DatabaseError `locked`, with the process that holds it
 */
export async function lockDatabase(session: Session): Promise<void> {
  try {
    await session.client.query('select pg_advisory_lock($1, $2)', [...LOCK]);
  } catch (error) {
    if (errorCode(error) !== '55P03') throw error;
    const { rows } = await session.client.query<{ pid: number; holder: string | null }>(
      `select pid, nullif(application_name, '') as holder
      from pg_locks left join pg_stat_activity using (pid)
      where locktype = 'advisory' and classid = $1 and objid = $2 and objsubid = 2 and granted
        and database = (select oid from pg_database where datname = current_database())`,
      [...LOCK],
    );
    const [by] = rows;
    const holder = by
      ? `${by.holder ?? 'a client without a name'} (connection ${by.pid})`
      : 'it has just ended';
    throw new DatabaseError(
      'locked',
      `Another exploration works on the database ${session.address}: ${holder}. ` +
        'Two at once would overwrite each other. Wait until it has ended, or use another database.',
      { cause: error },
    );
  }
}

/**
 * Other programs that are connected to the database now. The server hides most of what another role's connection
 * does from roles without `pg_read_all_stats`; that it is there is never hidden.
 *
 * @param exceptPids connections that belong to the exploration, such as those of the app it has started
 */
export async function listOtherClients(
  client: pg.Client,
  exceptPids: readonly number[] = [],
): Promise<OtherClient[]> {
  const { rows } = await client.query<OtherClient>(
    `select pid, usename as role, application_name as "applicationName", host(client_addr) as address, state
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and pid <> all ($1)
      and usename is not null
      and coalesce(backend_type in ('client backend', 'walsender'), true)
      -- whatever it is, it does nothing without the lock
      and not starts_with(application_name, $2)
    order by pid`,
    [exceptPids, APPLICATION_NAME],
  );
  return rows;
}

/** @throws DatabaseError `in-use`, with the other clients */
export async function requireNoOtherClients(session: Session): Promise<void> {
  const clients = await listOtherClients(session.client);
  if (clients.length === 0) return;
  throw new DatabaseError(
    'in-use',
    `The database ${session.address} is in use by ${describeClients(clients)}. ` +
      'An exploration overwrites what others write meanwhile: end these connections, or work on a copy (--database-copy).',
  );
}

/**
 * Connections that hold locks on tables, for the message about a lock that was not granted in time.
 *
 * @param tables oids
 */
export async function listLockHolders(client: pg.Client, tables: readonly number[]): Promise<OtherClient[]> {
  const { rows } = await client.query<OtherClient>(
    `select distinct pid, usename as role, application_name as "applicationName", host(client_addr) as address, state
    from pg_locks join pg_stat_activity using (pid)
    where pid <> pg_backend_pid() and granted and locktype = 'relation' and mode <> 'AccessShareLock'
      and relation = any ($1::bigint[]::oid[])
    order by pid`,
    [tables],
  );
  return rows;
}

/** Clients in one line, such as `psql (role ann, ::1, idle in transaction, connection 4711)`. */
export function describeClients(clients: readonly OtherClient[]): string {
  return clients
    .map(({ pid, role, applicationName, address, state }) => {
      const facts = [`role ${role}`, address, state, `connection ${pid}`].filter((fact) => fact !== null);
      return `${applicationName === '' ? 'a client without a name' : applicationName} (${facts.join(', ')})`;
    })
    .join('; ');
}
