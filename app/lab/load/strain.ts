import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Strain } from '../bottleneck';

/** How often the loop's delay is sampled, ms. */
const RESOLUTION_MS = 5;
const NS_PER_MS = 1e6;

/** Begins to measure how busy this thread's event loop is; the answer's function ends it and says. */
export function measureStrain(): () => Strain {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const before = performance.eventLoopUtilization();
  delay.enable();
  return () => {
    delay.disable();
    const { utilization } = performance.eventLoopUtilization(before);
    // the histogram holds the whole time between two samples
    const late = delay.count === 0 ? 0 : delay.percentile(99) / NS_PER_MS - RESOLUTION_MS;
    return { cpu: round(Math.min(1, utilization)), delayP99Ms: round(Math.max(0, late)) };
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
