import type { StoredBatch } from '@/server/live/protocol';
import { fetchJson } from './fetch-json';

/** Reads stored attempts of a lane from sequence number `from` on. The answer may end early: ask again from there. */
export async function fetchEvents(raceId: string, lane: number, from: number): Promise<StoredBatch[]> {
  const path = `/api/races/${encodeURIComponent(raceId)}/events?lane=${lane}&from=${from}`;
  return (await fetchJson<{ batches: StoredBatch[] }>(path, 'The events')).batches;
}
