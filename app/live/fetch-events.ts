import type { StoredBatch } from './protocol';

/** Reads stored attempts of a lane from sequence number `from` on. The answer may end early: ask again from there. */
export async function fetchEvents(raceId: string, lane: number, from: number): Promise<StoredBatch[]> {
  const answer = await fetch(`/api/races/${encodeURIComponent(raceId)}/events?lane=${lane}&from=${from}`, {
    headers: { accept: 'application/json' },
  });
  if (!answer.ok) throw new Error(`The events could not be read (HTTP ${answer.status}).`);
  const body = (await answer.json()) as { batches: StoredBatch[] };
  return body.batches;
}
