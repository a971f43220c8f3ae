import { quoteIdentifier } from './catalogue';
import type { Session } from './connect';
import { errorCode } from './database-error';

const SETTING = 'deadlock_timeout';

/**
 * Has the server look for deadlocks after 1 ms instead of 1 s, in every connection that the app opens from now on: the
 * request that closes the circle is then the victim, in no time. The setting is the role's, in this database alone;
 * what it was is written beside the snapshot in the same transaction.
 *
 * @param role the app's role
 * @returns why the role may not; undefined when it is done
 */
export async function shortenDeadlockTimeout(
  session: Session,
  schema: string,
  role: string = session.role,
): Promise<string | undefined> {
  const { client } = session;
  await client.query('begin; set local synchronous_commit = on');
  try {
    await client.query(
      `insert into ${schema}.settings
      select $1::text, $2::text, (
        select substr(entry, strpos(entry, '=') + 1) from pg_db_role_setting, unnest(setconfig) entry
        where setdatabase = (select oid from pg_database where datname = current_database())
          and setrole = (select oid from pg_roles where rolname = $1::text) and starts_with(entry, $2::text || '='))`,
      [role, SETTING],
    );
    await client.query(`${alterRole(session, role)} set ${SETTING} = '1ms'`);
    await client.query('commit');
    return undefined;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    if (errorCode(error) !== '42501') throw error;
    return (
      `The role ${session.role} may not set ${SETTING} for ${role}, so each deadlock takes the server 1 s. ` +
      `A superuser can allow it: grant set on parameter ${SETTING} to ${quoteIdentifier(session.role)} (PostgreSQL 15).`
    );
  }
}

/** Puts back each setting that a snapshot remembers, within the transaction of the caller. */
export async function undoSettings(session: Session, schema: string): Promise<void> {
  const { client } = session;
  // a role that is gone has taken its settings along
  const { rows } = await client.query<{ role: string; name: string; earlier: string | null }>(
    `select role, settings.name, earlier from ${schema}.settings join pg_roles on rolname = role`,
  );
  for (const { role, name, earlier } of rows)
    await client.query(
      earlier === null
        ? `${alterRole(session, role)} reset ${name}`
        : `${alterRole(session, role)} set ${name} = ${client.escapeLiteral(earlier)}`,
    );
}

function alterRole({ database }: Session, role: string): string {
  return `alter role ${quoteIdentifier(role)} in database ${quoteIdentifier(database)}`;
}
