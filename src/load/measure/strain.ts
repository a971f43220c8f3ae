import { performance } from 'node:perf_hooks';
import { nowUs } from '@/lib/clock';
import type { EventLoopLoad } from '@/model/bottleneck';
import { DelayClock, SAMPLE_MS } from './delay-clock';

/** Begins to measure how busy this thread's event loop is; the answer's function ends it and says. */
export function measureStrain(): () => EventLoopLoad {
  const delay = new DelayClock(nowUs());
  const before = performance.eventLoopUtilization();
  // a measurement of its own keeps no process alive
  const sampling = setInterval(() => delay.tick(nowUs()), SAMPLE_MS).unref();
  return () => {
    clearInterval(sampling);
    // a stall that goes on until now has had no sample yet
    delay.tick(nowUs());
    const { utilization } = performance.eventLoopUtilization(before);
    return { cpu: round(Math.min(1, utilization)), delayP99Ms: round(delay.p99Ms) };
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
