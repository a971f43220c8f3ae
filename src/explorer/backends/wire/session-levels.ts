import { READ_COMMITTED, SERIALIZABLE, stricterLevel, toLevel } from '@/explorer/access/sql-level';
import { readSql } from '@/explorer/access/sql-shape';
import type { Connection } from '@/wire/postgres/proxy';

type Session = Pick<Connection, 'parameters'>;

/**
 * The isolation level of transactions that set none, for each session of an app: the strictest that the session has ever
 * set. A rollback, RESET or another setting may have taken it back, so that is safe, and no more than that is known.
 */
export class SessionLevels {
  private readonly levels = new WeakMap<Session, string>();

  /** @param fallback the level of sessions that ask for none */
  constructor(private readonly fallback: string = READ_COMMITTED) {}

  of(session: Session): string {
    return this.levels.get(session) ?? stricterLevel(this.fallback, levelAtStart(session.parameters));
  }

  /** @param sql what the session prepares or sends; `undefined` where that is not known */
  note(session: Session, sql: string | undefined): void {
    const level = sql === undefined ? SERIALIZABLE : sessionLevelIn(sql);
    if (level !== undefined) this.levels.set(session, stricterLevel(this.of(session), level));
  }
}

/** The level that a text gives to later transactions of its session. */
function sessionLevelIn(sql: string): string | undefined {
  if (!/isolation|set_config/i.test(sql)) return undefined;
  return readSql(sql)
    .flatMap(({ kind, sessionLevel }) => (kind === 'other' ? [SERIALIZABLE] : (sessionLevel ?? [])))
    .reduce<string | undefined>(
      (one, other) => (one === undefined ? other : stricterLevel(one, other)),
      undefined,
    );
}

/** The level that the client asked for when it connected, as a parameter or in `options` (PGOPTIONS). */
function levelAtStart(parameters: ReadonlyMap<string, string>): string {
  const asked = [...parameters].flatMap(([name, value]) => {
    if (name === 'default_transaction_isolation') return [toLevel(value)];
    // a backslash stands before blanks within a value
    const given = /default[-_]transaction[-_]isolation\s*=\s*((?:\\.|[^\s\\])*)/gi;
    if (name !== 'options') return [];
    return [...value.matchAll(given)].map(([, level = '']) => toLevel(level.replaceAll(/\\(.)/g, '$1')));
  });
  return asked.reduce(stricterLevel, READ_COMMITTED);
}
