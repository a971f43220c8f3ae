import { LabUnavailableError } from '@/lib/lab-error';
import type { LabLog } from '@/lib/lab-log';

/** What to throw when the lab cannot answer because something it needs failed. The cause is for the log alone. */
export function labUnavailable(message: string, cause: unknown, log: LabLog): LabUnavailableError {
  log.warn({ message, cause }, 'the lab could not be asked');
  return new LabUnavailableError(message, 'database-unavailable', { cause });
}

/** The lab's own rows, or word that they cannot be had. @throws LabUnavailableError */
export async function requireDatabase<T>(query: Promise<T>, log: LabLog): Promise<T> {
  try {
    return await query;
  } catch (error) {
    throw labUnavailable(
      'The lab’s database does not answer. Races and explorations are kept there; try again shortly.',
      error,
      log,
    );
  }
}
