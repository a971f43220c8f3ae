import type { Refusal, Result } from '@/lib/lab-error';
import { orUnavailable, statusOf } from '@/server/http/or-unavailable';

/** The response to a deletion form: first a question, then what is deleted and why the rest is not. */
export interface DeleteAnswer {
  /** Ids to ask about, before anything is deleted. */
  asked: string[] | null;
  deleted: string[];
  error: string | null;
}

/** Most entries that one form may delete. */
const MOST = 100;

/**
 * Deletes what a form's `id` fields name, once the form says `confirmed`; until then it returns the question. Refused
 * entries stay, and the others are deleted all the same; the status is that of the first refusal.
 */
export async function deleteChosen(
  form: FormData,
  remove: (id: string) => Promise<Result>,
): Promise<{ answer: DeleteAnswer; status: number }> {
  const ids = [...new Set(form.getAll('id').filter((id) => typeof id === 'string'))];
  if (ids.length === 0) return failed('Choose what to delete first.');
  if (ids.length > MOST) return failed(`At most ${MOST} can be deleted at once, not ${ids.length}.`);
  if (form.get('confirmed') === null)
    return { answer: { asked: ids, deleted: [], error: null }, status: 200 };
  const deleted: string[] = [];
  const refusals: Refusal[] = [];
  for (const id of ids) {
    const result = await orUnavailable(remove(id));
    if (result.ok) deleted.push(id);
    else refusals.push(result);
  }
  const messages = new Set(refusals.map(({ error }) => error.message));
  const error = refusals.length === 0 ? null : [...messages].join(' ');
  const [first] = refusals;
  return { answer: { asked: null, deleted, error }, status: first ? statusOf(first) : 200 };
}

function failed(error: string): { answer: DeleteAnswer; status: number } {
  return { answer: { asked: null, deleted: [], error }, status: 400 };
}

/** The response to a form with an intent that no page offers. */
export const UNKNOWN_INTENT: DeleteAnswer = {
  asked: null,
  deleted: [],
  error: 'The page asked for something that does not exist.',
};
