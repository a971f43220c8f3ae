/** Why the database of the app under test cannot be explored, or not be restored. */
export type DatabaseErrorKind =
  /** The address, or one that its name stands for, is beyond loopback. */
  | 'not-loopback'
  | 'unreachable'
  | 'login-refused'
  | 'no-such-database'
  | 'not-postgresql'
  | 'too-old'
  /** A pooler shares server connections between clients, so settings and locks of a connection mean nothing. */
  | 'pooled'
  /** A standby, or a server that accepts no writes. */
  | 'read-only'
  /** Another exploration works on this database. */
  | 'locked'
  /** Other clients are connected to this database. */
  | 'in-use'
  | 'too-large'
  /** The role may not do what restoring needs. */
  | 'no-right'
  /** The role may do it, but the rows would not be the same afterwards. */
  | 'unrestorable'
  /** An earlier exploration ended without restoring. */
  | 'leftover'
  /** A transaction of another connection holds rows or tables. */
  | 'blocked'
  /** A table or column of the snapshot is gone. */
  | 'schema-changed'
  | 'disk-full'
  | 'connection-lost'
  /** PostgreSQL refused a statement for a reason that has no kind of its own. */
  | 'failed';

/** A refusal or failure with one message for a person: what is wrong, and what to do. It holds no password. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';

  constructor(
    readonly kind: DatabaseErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The SQLSTATE or system code of an error; an empty string when it has none. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : '';
}

const KINDS: readonly (readonly [RegExp, DatabaseErrorKind, string])[] = [
  [/^(42P01|42703|42704|3F000)$/, 'schema-changed', 'A table, column or type has changed since the snapshot'],
  [/^(53100|53200)$/, 'disk-full', 'PostgreSQL has run out of disk or memory'],
  [/^42501$/, 'no-right', 'The role lacks a right'],
  [/^(55P03|40P01)$/, 'blocked', 'Another connection holds a lock'],
  [/^(57P0\d|08\w{3}|ECONNRESET|EPIPE)$/, 'connection-lost', 'The connection to PostgreSQL was lost'],
];

/**
 * The error of a statement as a `DatabaseError`; one that is one already stays as it is.
 *
 * @param doing what failed, as the beginning of a sentence, such as "Restoring the rows failed"
 * @param advice what to do, as a sentence
 * @param unknownKind of an error that has no kind by itself
 */
export function describeFailure(
  error: unknown,
  doing: string,
  advice = '',
  unknownKind: DatabaseErrorKind = 'failed',
): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const code = errorCode(error);
  const isLost = /Connection terminated|not queryable|Client was closed/.test(reason);
  const [, kind, meaning] = KINDS.find(([pattern]) => pattern.test(isLost ? '08006' : code)) ?? [];
  const { schema, table } = error as { schema?: unknown; table?: unknown };
  const where = typeof schema === 'string' && typeof table === 'string' ? ` (${schema}.${table})` : '';
  const said = `${meaning === undefined ? '' : `${meaning}: `}${reason}${where}`;
  const message = [`${doing}. ${said.replace(/\.?$/, '.')}`, advice].filter((part) => part !== '').join(' ');
  return new DatabaseError(kind ?? unknownKind, message, { cause: error });
}
