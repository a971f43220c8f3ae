import { setTimeout as wait } from 'node:timers/promises';
import { nowUs } from '@/lib/clock';

/**
 * Time and chance as an attempt sees them. One seam for both, so that the explorer can substitute its own: there
 * nothing sleeps, and every draw is the same in each run.
 */
export interface AttemptClock {
  /** Microseconds. */
  nowUs: () => number;
  sleep: (ms: number) => Promise<void>;
  /** How many ms of the machine's clock a time-out of this many lasts. */
  timeout: (ms: number) => number;
  /** A random whole number from 0 up to, but not including, `below`. */
  pick: (below: number) => number;
}

export const REAL_CLOCK: AttemptClock = {
  nowUs,
  sleep: async (ms) => {
    if (ms > 0) await wait(ms);
  },
  timeout: (ms) => ms,
  pick: (below) => Math.floor(Math.random() * below),
};
