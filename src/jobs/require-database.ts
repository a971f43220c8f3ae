import { codeOf } from '@/failures/failure-table';
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

/** Resolves with the lab's own rows. @throws LabUnavailableError when the query fails */
export async function requireDatabase<T>(query: Promise<T>, log: LabLog): Promise<T> {
  try {
    return await query;
  } catch (error) {
    throw labUnavailable(codeOf(error) === '53300' ? NO_ROOM : NO_ANSWER, error, log);
  }
}
