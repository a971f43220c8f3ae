import { performance } from 'node:perf_hooks';
import { nowUs } from '@/lib/clock';
import type { EventLoopLoad } from '@/model/bottleneck';
import { createHistogram, LONGEST_US } from './latency';

/**
 * Starts to measure how busy this thread's event loop is. The returned function stops the measurement and returns it.
 */
export function measureEventLoop(): () => EventLoopLoad {
  const delay = new DelayClock(nowUs());
  const before = performance.eventLoopUtilization();
  // the sampling timer keeps no process alive
  const sampling = setInterval(() => delay.tick(nowUs()), SAMPLE_MS).unref();
  return () => {
    clearInterval(sampling);
    // a stall that lasts until now has no sample yet
    delay.tick(nowUs());
    const { utilization } = performance.eventLoopUtilization(before);
    return { cpu: round(Math.min(1, utilization)), delayP99Ms: round(delay.p99Ms) };
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** How often the delay of an event loop is sampled, ms. The cost cannot be measured in a busy loop. */
export const SAMPLE_MS = 10;
const SAMPLE_US = SAMPLE_MS * 1_000;

/**
 * How late an event loop runs its callbacks, from the times at which a timer that is due every `SAMPLE_MS` ran.
 *
 * A loop that stands still for a second misses a hundred samples and shows one. Counted as one beside the 500 of five
 * calm seconds, it would leave the 99th percentile as it was, although a sixth of all callbacks came late: that is
 * coordinated omission. So the missed samples are added, each late by what was left of the stall when it was due, as
 * Gil Tene's HdrHistogram corrects for an expected interval. Every moment counts alike.
 */
export class DelayClock {
  private readonly histogram = createHistogram();

  /** Times are in µs. */
  constructor(private lastUs: number) {}

  /** The timer ran. */
  tick(nowUs: number): void {
    const lateUs = Math.round(nowUs - this.lastUs) - SAMPLE_US;
    this.lastUs = nowUs;
    this.histogram.recordValueWithExpectedInterval(Math.min(LONGEST_US, Math.max(0, lateUs)), SAMPLE_US);
  }

  /** 99th percentile over the time measured, ms. */
  get p99Ms(): number {
    return this.histogram.getValueAtPercentile(99) / 1_000;
  }
}
