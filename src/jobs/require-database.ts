import { channel, subscribe } from 'node:diagnostics_channel';
import { LabUnavailableError } from '@/lib/lab-error';

const unavailability = channel('oversell:lab-unavailable');

/** Hears of every cause that became a `LabUnavailableError`, for the log: those who asked are told in words only. */
export function onUnavailable(hear: (failure: { message: string; cause: unknown }) => void): void {
  subscribe(unavailability.name, (failure) => hear(failure as Parameters<typeof hear>[0]));
}

/** What to throw when the lab cannot answer because something it needs failed. */
export function labUnavailable(message: string, cause: unknown): LabUnavailableError {
  unavailability.publish({ message, cause });
  return new LabUnavailableError(message, 'database-unavailable', { cause });
}

/** The lab's own rows, or word that they cannot be had. @throws LabUnavailableError */
export async function requireDatabase<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    throw labUnavailable(
      'The lab’s database does not answer. Races and explorations are kept there; try again shortly.',
      error,
    );
  }
}
