/**
 * The possible outcomes of an attempt. The order is part of the stored event format: batches hold an index into this
 * list, so new outcomes go to the end.
 *
 * - `accepted`: the buyer was told that the purchase succeeded.
 * - `sold-out`: the buyer was told that there was not enough stock.
 * - `conflict`: the strategy gave up (retries used up, lock not granted in time) and certainly sold nothing.
 * - `error`: a definite failure; certainly sold nothing.
 * - `indeterminate`: the client cannot know the outcome (time-out or broken connection after sending).
 */
export const OUTCOMES = ['accepted', 'sold-out', 'conflict', 'error', 'indeterminate'] as const;

export type Outcome = (typeof OUTCOMES)[number];

const CODES = new Map<string, number>(OUTCOMES.map((outcome, code) => [outcome, code]));

/** The code of an outcome in an event batch; `undefined` for anything that is not an outcome. */
export function outcomeCode(outcome: string): number | undefined {
  return CODES.get(outcome);
}

/** Number of attempts by outcome. `attempts` is the sum of the others. */
export interface OutcomeCounts {
  attempts: number;
  accepted: number;
  soldOut: number;
  conflict: number;
  error: number;
  indeterminate: number;
}

/** The key in `OutcomeCounts` of each outcome, in the order of `OUTCOMES`. */
export const COUNT_KEYS = ['accepted', 'soldOut', 'conflict', 'error', 'indeterminate'] as const;

export function noOutcomes(): OutcomeCounts {
  return { attempts: 0, accepted: 0, soldOut: 0, conflict: 0, error: 0, indeterminate: 0 };
}
