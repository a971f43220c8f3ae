import { emptyColumns, HISTORY_NAMES } from './columns';
import type { HistoryColumns } from './columns';

/** What every attempt of a lane did: what its audit needs. */
export type History = HistoryColumns & {
  /** Attempt i's id is `attemptPrefix + n[i]`. */
  attemptPrefix: string;
};

/** The prefix of the ids of a lane's attempts; the rest is the attempt's number. */
export function attemptPrefixOf(raceId: string, lane: number): string {
  return `${raceId}.${lane}.`;
}

/** Joins batches into one history. Memory: about 133 bytes an attempt. */
export function joinBatches(batches: readonly HistoryColumns[], attemptPrefix: string): History {
  const count = batches.reduce((sum, batch) => sum + batch.count, 0);
  const history: History = { attemptPrefix, ...emptyColumns(count) };
  let at = 0;
  for (const batch of batches) {
    for (const name of HISTORY_NAMES) history[name].set(batch[name].subarray(0, batch.count), at);
    at += batch.count;
  }
  return history;
}

/** The attempts of a history for which `keep` is 1, in their order. */
export function selectAttempts(history: History, keep: Uint8Array): History {
  const count = keep.reduce((sum, kept) => sum + kept, 0);
  const selected: History = { attemptPrefix: history.attemptPrefix, ...emptyColumns(count) };
  for (const name of HISTORY_NAMES)
    selected[name].set(history[name].filter((_: number, i: number) => keep[i] === 1));
  return selected;
}
