import { codeOf } from '@/failures/failure-table';
import { inWords } from '@/failures/in-words';
import { LabUnavailableError } from '@/lib/lab-error';
import type { LabLog } from '@/lib/lab-log';

/** The error to throw when the lab is unavailable because a dependency failed. Only the log shows the cause. */
export function labUnavailable(message: string, cause: unknown, log: LabLog): LabUnavailableError {
  log.warn({ message, cause }, 'the lab could not be asked');
  return new LabUnavailableError(message, 'database-unavailable', { cause });
}

const NO_ANSWER =
  'The lab’s database does not answer. Races and explorations are kept there; try again shortly.';
const NO_ROOM =
  'PostgreSQL accepts no more connections, and the lab needs one to read what it keeps there. Close some, or raise max_connections.';

/** What PostgreSQL itself answers when a statement of the lab fails for lack of something. */
const ANSWERS = new Set([
  '25006',
  '42501',
  '42703',
  '42P01',
  '53100',
  '53200',
  '58030',
  '58P01',
  'XX001',
  'XX002',
]);

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === '53300') return NO_ROOM;
  return ANSWERS.has(code) ? `The lab’s database cannot be used: ${inWords(error)}.` : NO_ANSWER;
}

/** Resolves with the lab's own rows. @throws LabUnavailableError when the query fails */
export async function requireDatabase<T>(query: Promise<T>, log: LabLog): Promise<T> {
  try {
    return await query;
  } catch (error) {
    throw labUnavailable(reasonOf(error), error, log);
  }
}
