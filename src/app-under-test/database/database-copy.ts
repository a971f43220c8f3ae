import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { quoteIdentifier } from './catalogue';
import { connect, type ConnectOptions, type Session } from './connect';
import { DatabaseError, describeFailure, errorCode } from './database-error';
import { describeClients, type OtherClient } from './other-clients';

/** A database of one run, with everything that the app's own database holds. */
export interface DatabaseCopy {
  url: string;
  name: string;
  drop(): Promise<void>;
}

const COPY_PATTERN = '^oversell_copy_[0-9a-f]{12}$';
/** First key of the advisory lock that says that a copy is in use: "copy" in ASCII. */
const COPY_LOCK = 0x636f7079;

/**
 * Copies the app's database on its server, for a run that is not to touch it: `create database … template …`, with the
 * settings and grants that this statement leaves behind. Nothing may be connected to the database meanwhile.
 *
 * A lock on the server's maintenance database is held until the copy is dropped: without it, a copy is a leftover.
 *
 * @throws DatabaseError `in-use`, `no-right`, `disk-full`, or as `connect()`
 */
export async function copyDatabase(options: ConnectOptions): Promise<DatabaseCopy> {
  const source = await connect(options);
  await source.client.end();
  const admin = await connectMaintenance(options, source.database);
  const name = `oversell_copy_${randomBytes(6).toString('hex')}`;
  try {
    await admin.client.query('select pg_advisory_lock($1, hashtext($2))', [COPY_LOCK, name]);
    await createCopy(admin, source, name);
    await copySettings(admin.client, source.database, name);
  } catch (error) {
    await dropDatabase(admin, name).catch(() => undefined);
    await admin.client.end();
    throw error;
  }
  return {
    url: withDatabase(options.url, name),
    name,
    drop: async () => {
      try {
        await dropDatabase(admin, name);
      } finally {
        await admin.client.end();
      }
    },
  };
}

/**
 * Drops copies of runs that have ended without dropping them.
 *
 * @returns their names
 * @throws DatabaseError as `connect()`, or `no-right` for a copy of another role
 */
export async function dropLeftoverCopies(options: ConnectOptions): Promise<string[]> {
  const source = await connect(options);
  await source.client.end();
  const admin = await connectMaintenance(options, source.database);
  try {
    const { rows } = await admin.client.query<{ name: string }>(
      `select datname as name from pg_database
      where datname ~ $1 and pg_has_role(datdba, 'USAGE') and pg_try_advisory_lock($2, hashtext(datname))`,
      [COPY_PATTERN, COPY_LOCK],
    );
    for (const { name } of rows) await dropDatabase(admin, name);
    return rows.map(({ name }) => name);
  } finally {
    await admin.client.end();
  }
}

/** A database that every server has, as none can be copied or dropped from within. */
async function connectMaintenance(options: ConnectOptions, source: string): Promise<Session> {
  const candidates = ['postgres', 'template1'].filter((name) => name !== source);
  let failure: unknown;
  for (const name of candidates)
    try {
      return await connect({ ...options, url: withDatabase(options.url, name) });
    } catch (error) {
      failure = error;
    }
  throw describeFailure(failure, `A database to copy ${source} from cannot be opened`);
}

function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

async function createCopy(admin: Session, source: Session, name: string): Promise<void> {
  try {
    await admin.client.query(`create database ${name} template ${quoteIdentifier(source.database)}`);
  } catch (error) {
    const code = errorCode(error);
    if (code === '55006') {
      const { rows } = await admin.client.query<OtherClient>(
        `select pid, usename as role, application_name as "applicationName", host(client_addr) as address, state
        from pg_stat_activity where datname = $1 and usename is not null order by pid`,
        [source.database],
      );
      const users = rows.length > 0 ? ` by ${describeClients(rows)}` : '';
      throw new DatabaseError(
        'in-use',
        `The database ${source.address} cannot be copied while it is in use${users}. End these connections.`,
        { cause: error },
      );
    }
    if (code === '42501')
      throw new DatabaseError(
        'no-right',
        `The role ${source.role} may not copy the database ${source.address}: it needs CREATEDB and has to own the ` +
          'database, or be a superuser.',
        { cause: error },
      );
    throw describeFailure(error, `The database ${source.address} could not be copied`);
  }
}

interface Setting {
  role: string | null;
  name: string;
  value: string;
}

/** Settings of a database, such as its search path, and grants on it belong to its name: a copy has none. */
async function copySettings(client: pg.Client, source: string, copy: string): Promise<void> {
  const settings = await client.query<Setting>(
    `select rolname as role, split_part(entry, '=', 1) as name, substr(entry, strpos(entry, '=') + 1) as value
    from pg_db_role_setting left join pg_roles on pg_roles.oid = setrole, unnest(setconfig) entry
    where setdatabase = (select oid from pg_database where datname = $1) and (rolname is null) = (setrole = 0)`,
    [source],
  );
  for (const { role, name, value } of settings.rows) {
    const target = role === null ? 'alter database' : `alter role ${quoteIdentifier(role)} in database`;
    try {
      await client.query('begin');
      // a list such as a search path is one text here, and several words in a statement
      await client.query('select set_config($1, $2, true)', [name, value]);
      await client.query(`${target} ${copy} set ${name} from current`);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw describeFailure(error, `The setting ${name} of the database ${source} could not be copied`);
    }
  }
  const grants = await client.query<{ privilege: string; grantee: string }>(
    `select privilege_type as privilege, coalesce(quote_ident(rolname), 'public') as grantee
    from pg_database, aclexplode(datacl) left join pg_roles on pg_roles.oid = grantee
    where datname = $1 and grantee <> datdba`,
    [source],
  );
  for (const { privilege, grantee } of grants.rows)
    await client.query(`grant ${privilege} on database ${copy} to ${grantee}`);
}

async function dropDatabase({ client }: Session, name: string): Promise<void> {
  try {
    await client.query(`drop database if exists ${name} with (force)`);
  } catch (error) {
    throw describeFailure(error, `The copy ${name} could not be dropped`);
  }
}
