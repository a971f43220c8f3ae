import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { Histogram } from 'hdr-histogram-js';
import type { Distribution, Latency } from '@/model/race';

/**
 * The longest time that a histogram can resolve, µs: a day. No attempt takes that long, and none that was due waits
 * that long, since a load by number is planned to take at most an hour and a purchase times out after a minute.
 */
export const LONGEST_US = 86_400_000_000;
/** Ten minutes, enough where only the duration of an attempt counts. */
const LONGEST_SMALL_US = 600_000_000;

/** Three significant digits up to a day, in µs: less than 0.1 % error in constant memory. */
export function createHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_US,
    numberOfSignificantValueDigits: 3,
    autoResize: false,
  });
}

/** Two digits in a few kilobytes: enough for the percentiles of one bucket of a chart. */
export function createSmallHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_SMALL_US,
    numberOfSignificantValueDigits: 2,
    bitBucketSize: 16,
    autoResize: false,
  });
}

/** Records a latency in µs; values outside the trackable range are clamped to it. */
export function recordLatency(histogram: Histogram, us: number): void {
  histogram.recordValue(Math.min(histogram.highestTrackableValue, Math.max(1, Math.round(us))));
}

/** The histogram's counts, deflated: 1 to 10 KB. Never decoded in a browser. */
export function encodeHistogram(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram);
}

/** The inverse of `encodeHistogram`. @throws Error for anything else */
export function decodeHistogram(encoded: string): Histogram {
  return decodeFromCompressedBase64(encoded);
}

/**
 * Merges the latencies of several lanes: every count and percentile is exact, because all lanes have the same buckets.
 * Minimum and maximum are those of their buckets, up to 0.1 % off; the lanes know them exactly.
 */
export function mergeHistograms(encoded: readonly string[]): Histogram {
  const merged = createHistogram();
  for (const one of encoded) merged.add(decodeHistogram(one));
  return merged;
}

/**
 * The summary of a histogram, ms. Minimum and maximum are exact; the other figures are the end or middle of a bucket,
 * and never beyond those two.
 */
export function toLatency(histogram: Histogram): Latency {
  if (histogram.totalCount === 0)
    return { min: 0, mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, p999: 0, p9999: 0, max: 0 };
  const { minNonZeroValue: min, maxValue: max, mean } = histogram;
  const within = (us: number) => toMs(Math.min(max, Math.max(min, us)));
  const at = (percentile: number) => within(histogram.getValueAtPercentile(percentile));
  return {
    min: toMs(min),
    mean: within(mean),
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    p9999: at(99.99),
    max: toMs(max),
  };
}

const STEPS_PER_DECADE = 8;
const DECADES = 9;

/** Counts latencies between edges that grow by a constant factor, eight per decade, from 1 µs to 1,000 s. */
export class LogDistribution {
  private readonly counts = new Uint32Array(STEPS_PER_DECADE * DECADES);

  record(us: number): void {
    const step = Math.floor(Math.log10(Math.max(1, us)) * STEPS_PER_DECADE);
    const i = Math.min(this.counts.length - 1, step);
    this.counts[i] = (this.counts[i] ?? 0) + 1;
  }

  /** From the first non-empty bucket to the last. */
  toDistribution(): Distribution {
    const first = this.counts.findIndex((count) => count > 0);
    if (first === -1) return { edgesMs: [], counts: [] };
    const last = this.counts.findLastIndex((count) => count > 0);
    const edge = (_: unknown, i: number) =>
      Number((10 ** ((first + i) / STEPS_PER_DECADE - 3)).toPrecision(4));
    return {
      edgesMs: Array.from({ length: last - first + 2 }, edge),
      counts: [...this.counts.subarray(first, last + 1)],
    };
  }
}

/** µs to ms with three decimals. */
export function toMs(us: number): number {
  return Math.round(us) / 1_000;
}
