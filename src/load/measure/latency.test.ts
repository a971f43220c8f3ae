import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createHistogram,
  encodeHistogram,
  LogDistribution,
  mergeHistograms,
  recordLatency,
  toLatency,
} from './latency';

test('latencies come out in ms, to three digits', () => {
  const histogram = createHistogram();
  for (let ms = 1; ms <= 1_000; ms += 1) recordLatency(histogram, ms * 1_000);
  const latency = toLatency(histogram);
  expect(latency.p50).toBeCloseTo(500, -1);
  expect(latency.p99).toBeCloseTo(990, -1);
  expect(latency.max).toBeCloseTo(1_000, -1);
  expect(latency.min).toBeCloseTo(1, 1);
});

test('each percentile is its own', () => {
  const histogram = createHistogram();
  const times = [
    [5_000, 1],
    [4_000, 2],
    [600, 4],
    [300, 8],
    [80, 16],
    [15, 32],
    [5, 64],
  ] as const;
  for (const [count, ms] of times) for (let i = 0; i < count; i += 1) recordLatency(histogram, ms * 1_000);
  const { p50, p90, p95, p99, p999, p9999 } = toLatency(histogram);
  expect([p50, p90, p95, p99, p999, p9999].map(Math.round)).toEqual([1, 2, 4, 8, 32, 64]);
});

test('nothing is below the minimum or above the maximum', () => {
  const one = createHistogram();
  recordLatency(one, 67_635);
  expect(new Set(Object.values(toLatency(one)))).toEqual(new Set([67.635]));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 50_000_000 }), { minLength: 1, maxLength: 20 }), (all) => {
      const histogram = createHistogram();
      for (const us of all) recordLatency(histogram, us);
      const { min, max, mean, ...percentiles } = toLatency(histogram);
      expect([min, max]).toEqual([Math.min(...all) / 1_000, Math.max(...all) / 1_000]);
      for (const ms of [mean, ...Object.values(percentiles)]) {
        expect(ms).toBeGreaterThanOrEqual(min);
        expect(ms).toBeLessThanOrEqual(max);
      }
    }),
  );
});

test('a wait that is as long as a load may be planned to take is not cut short', () => {
  const histogram = createHistogram();
  recordLatency(histogram, 2 * 3_600_000_000);
  expect(toLatency(histogram).p99).toBe(7_200_000);
});

test('an empty histogram is all zero, and values beyond its range count as its ends', () => {
  const histogram = createHistogram();
  expect(toLatency(histogram)).toEqual({
    min: 0,
    mean: 0,
    p50: 0,
    p90: 0,
    p95: 0,
    p99: 0,
    p999: 0,
    p9999: 0,
    max: 0,
  });
  recordLatency(histogram, -5);
  recordLatency(histogram, 1e12);
  expect(histogram.totalCount).toBe(2);
});

test('the distribution counts every attempt between growing edges', () => {
  const distribution = new LogDistribution();
  for (const us of [0, 900, 1_100, 1_200, 50_000, 1e15]) distribution.record(us);
  const { edgesMs, counts } = distribution.toDistribution();
  expect(edgesMs).toHaveLength(counts.length + 1);
  expect(counts.reduce((total, count) => total + count)).toBe(6);
  expect(edgesMs.every((edge, i) => i === 0 || edge > (edgesMs[i - 1] ?? 0))).toBe(true);
  const at = (ms: number) => counts[edgesMs.findLastIndex((edge) => edge <= ms)];
  expect(at(1.1)).toBe(2);
  expect(at(50)).toBe(1);
});

test('stored histograms merge into exactly what one histogram of all attempts would be', () => {
  const latencies = fc.array(fc.integer({ min: 1, max: 600_000_000 }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.array(latencies, { minLength: 1, maxLength: 5 }), (lanes) => {
      const all = createHistogram();
      const encoded = lanes.map((lane) => {
        const own = createHistogram();
        for (const us of lane) [own, all].forEach((histogram) => recordLatency(histogram, us));
        return encodeHistogram(own);
      });
      const merged = mergeHistograms(encoded);
      expect(merged.totalCount).toBe(all.totalCount);
      for (let percentile = 0; percentile <= 100; percentile += 0.25)
        expect(merged.getValueAtPercentile(percentile)).toBe(all.getValueAtPercentile(percentile));
      expect(merged.mean).toBe(all.mean);
    }),
    { numRuns: 30 },
  );
});

test('a histogram takes the same memory, and a few kilobytes in the store, however much it counts', () => {
  const histogram = createHistogram();
  const before = histogram.estimatedFootprintInBytes;
  for (let i = 1; i <= 100_000; i += 1) recordLatency(histogram, 500 + ((i * 7_919) % 90_000));
  expect(histogram.estimatedFootprintInBytes).toBe(before);
  expect(encodeHistogram(histogram).length).toBeLessThan(20_000);
});
