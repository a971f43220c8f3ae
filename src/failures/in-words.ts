import { codeOf, meaningOf } from './failure-table';

/** Failures that only the lab's own statements meet; the others are in the table of failures. */
const OF_THE_LAB: Record<string, string> = {
  '25006': 'PostgreSQL is read-only',
  '28000': 'PostgreSQL lets this user in no more',
  '28P01': 'PostgreSQL refuses the password',
  '3D000': 'the database is gone',
  '42501': 'PostgreSQL denies this user what the lab needs',
  '42703': 'a column that this program needs is missing',
  '42P01': 'a table that this program needs is missing',
  '53100': 'PostgreSQL has no disk space left',
  '53200': 'PostgreSQL has no memory left',
  '57P02': 'PostgreSQL crashed and recovers',
  '58030': 'PostgreSQL cannot read or write its files',
  '58P01': 'a file of PostgreSQL is gone: its data folder was removed or damaged',
  XX001: 'a table of PostgreSQL is damaged',
  XX002: 'an index of PostgreSQL is damaged',
  ECONNREFUSED: 'nothing listens there',
  EPIPE: 'the connection ended',
};

/** Error names of libraries, whose messages are for programs. */
const OF_LIBRARIES = /^(?:Prisma|DriverAdapter|DatabaseError|AggregateError)/;

/**
 * A failure in words for a person, without a full stop. The text of a database or of a library stays in the log; an
 * error of this program is quoted as it is.
 */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  const known = OF_THE_LAB[code] ?? meaningOf(code)?.reason;
  if (known !== undefined) return known;
  const isForeign = OF_LIBRARIES.test(error.name) || ('code' in error && error.code !== undefined);
  if (isForeign) return `a statement of the lab failed (${code})`;
  const because = error.cause === undefined ? '' : ` (${inWords(error.cause)})`;
  return error.message.trim().replace(/\.$/, '') + because;
}

/** The same as a sentence. */
export function asSentence(error: unknown): string {
  const words = inWords(error);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
