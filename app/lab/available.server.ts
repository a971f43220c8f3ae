import { LabUnavailableError } from './lab-error';

/** The lab's own rows, or word that they cannot be had. @throws LabUnavailableError */
export async function available<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    throw new LabUnavailableError(
      'The lab’s database does not answer. Races are kept there; try again shortly.',
      { cause: error },
    );
  }
}
