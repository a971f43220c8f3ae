import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrivalsOf, expectedArrivals, timeOf } from './arrivals';
import type { ArrivalPlan } from './arrivals';

const PLAN: ArrivalPlan = { seed: 1, rate: 1_000, rampMs: 0, arrivals: 'poisson' };

function take(count: number, plan: Partial<ArrivalPlan>): number[] {
  const arrivals = arrivalsOf({ ...PLAN, ...plan });
  return Array.from({ length: count }, () => arrivals.next().value);
}

test('arrivals depend on the plan alone: the same again, and others for another seed', () => {
  const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(seed, fc.integer({ min: 0, max: 5_000 }), (s, rampMs) => {
      const times = take(50, { seed: s, rampMs });
      expect(take(50, { seed: s, rampMs })).toEqual(times);
      expect(take(50, { seed: (s + 1) % 2 ** 32, rampMs })).not.toEqual(times);
      expect(times.every((ms, i) => ms >= (times[i - 1] ?? 0))).toBe(true);
    }),
  );
});

test('constant arrivals are one interval apart, the first at the start', () => {
  expect(take(5, { arrivals: 'constant', rate: 200 })).toEqual([0, 5, 10, 15, 20]);
});

test('Poisson arrivals keep the rate, and their gaps vary as much as they are long', () => {
  const times = take(20_000, {});
  const gaps = times.map((ms, i) => ms - (times[i - 1] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  expect(mean).toBeGreaterThan(0.97);
  expect(mean).toBeLessThan(1.03);
  expect(deviation / mean).toBeGreaterThan(0.95);
  expect(deviation / mean).toBeLessThan(1.05);
});

test.for(['poisson', 'constant'] as const)(
  'a ramp raises the rate of %s arrivals in a straight line',
  (arrivals) => {
    const times = take(30_000, { arrivals, rampMs: 10_000 });
    const within = (from: number, to: number) => times.filter((ms) => ms >= from && ms < to).length;
    // the rate at the middle of each second: 50, 550 and 1,000 a second
    expect(within(0, 1_000)).toBeGreaterThan(20);
    expect(within(0, 1_000)).toBeLessThan(80);
    expect(within(5_000, 6_000)).toBeGreaterThan(450);
    expect(within(5_000, 6_000)).toBeLessThan(650);
    expect(within(12_000, 13_000)).toBeGreaterThan(880);
    expect(within(12_000, 13_000)).toBeLessThan(1_120);
  },
);

test('the time of an arrival and the arrivals by a time are inverses of each other', () => {
  const positive = fc.double({ min: 0.001, max: 1_000, noNaN: true });
  fc.assert(
    fc.property(
      positive,
      fc.double({ min: 0, max: 10_000, noNaN: true }),
      positive,
      (count, rampMs, perMs) => {
        const ms = timeOf(count, perMs, rampMs);
        expect(expectedArrivals(ms, perMs, rampMs) / count).toBeCloseTo(1, 6);
      },
    ),
  );
});
