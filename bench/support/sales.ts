import { performance } from 'node:perf_hooks';
import { createHistogram, recordLatency, toLatency } from '@/load/measure/latency';

/** One cell of the bench: who sells is told what, how hard and how long. */
export interface Cell {
  sku: string;
  /** Buyers at work at any moment. */
  inFlight: number;
  seconds: number;
  signal: AbortSignal;
}

/** What came of one cell. */
export interface Sales {
  /** Orders that were accepted within the cell's time, a second. */
  perSecond: number;
  /** Orders accepted, with those still under way when the time was up. */
  accepted: number;
  retries: number;
  conflicts: number;
  p50Ms: number;
  p99Ms: number;
}

export interface Attempt {
  outcome: 'accepted' | 'conflict';
  retries: number;
}

/**
 * Keeps as many buyers busy as are to be in flight, each with its next attempt as soon as the last one is answered.
 * The first attempt that throws ends them all.
 */
export async function sellInClosedLoop(attempt: () => Promise<Attempt>, cell: Cell): Promise<Sales> {
  const histogram = createHistogram();
  const counts = { accepted: 0, retries: 0, conflicts: 0 };
  let inTime = 0;
  let isBroken = false;
  const end = performance.now() + cell.seconds * 1_000;
  const buyer = async () => {
    while (!isBroken && !cell.signal.aborted && performance.now() < end) {
      const start = performance.now();
      const { outcome, retries } = await attempt();
      const now = performance.now();
      counts.retries += retries;
      if (outcome === 'conflict') counts.conflicts += 1;
      else {
        counts.accepted += 1;
        // back-off keeps some at work long after the time is up: a mean with that tail would not be a rate
        if (now <= end) inTime += 1;
        recordLatency(histogram, (now - start) * 1_000);
      }
    }
  };
  const guarded = () => buyer().catch((error: unknown) => ((isBroken = true), Promise.reject(error)));
  const ends = await Promise.allSettled(Array.from({ length: cell.inFlight }, guarded));
  for (const done of ends) if (done.status === 'rejected') throw done.reason;
  const { p50, p99 } = toLatency(histogram);
  return { ...counts, perSecond: inTime / cell.seconds, p50Ms: p50, p99Ms: p99 };
}
