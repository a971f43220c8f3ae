import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrivalTime, pauseTime, thinkTime } from './think-time';

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('think times depend on seed and number alone, and stay within half and one and a half times the mean', () => {
  fc.assert(
    fc.property(seed, fc.nat(1_000_000), fc.integer({ min: 0, max: 10_000 }), (s, n, mean) => {
      const ms = thinkTime(s, n, mean);
      expect(ms).toBe(thinkTime(s, n, mean));
      expect(Number.isInteger(ms)).toBe(true);
      expect(ms).toBeGreaterThanOrEqual(Math.floor(mean * 0.5));
      expect(ms).toBeLessThanOrEqual(Math.ceil(mean * 1.5));
    }),
  );
});

test('they average to the mean and differ between seeds', () => {
  const times = Array.from({ length: 10_000 }, (_, n) => thinkTime(1, n, 100));
  expect(times.reduce((sum, ms) => sum + ms) / times.length).toBeCloseTo(100, -1);
  expect(times).not.toEqual(times.map((_, n) => thinkTime(2, n, 100)));
});

test('buyers arrive within the ramp, spread evenly', () => {
  const times = Array.from({ length: 10_000 }, (_, k) => arrivalTime(5, k, 200));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...times)).toBeLessThan(200);
  const firstHalf = times.filter((ms) => ms < 100).length;
  expect(firstHalf / times.length).toBeCloseTo(0.5, 1);
});

test('pauses of a buyer depend on seed, buyer and purchase alone, and differ between buyers', () => {
  const pauses = (k: number) => Array.from({ length: 1_000 }, (_, made) => pauseTime(3, k, made, 200));
  expect(pauses(0)).toEqual(pauses(0));
  expect(pauses(1)).not.toEqual(pauses(0));
  expect(Math.min(...pauses(2))).toBeGreaterThanOrEqual(100);
  expect(Math.max(...pauses(2))).toBeLessThanOrEqual(300);
  expect(pauses(2).reduce((sum, ms) => sum + ms) / 1_000).toBeCloseTo(200, -1);
  expect(pauseTime(3, 0, 0, 0)).toBe(0);
});

test('neighbouring seeds and places share nothing', () => {
  const first = Array.from({ length: 5_000 }, (_, s) => thinkTime(s, 0, 1_000));
  const correlation = (shift: number) => {
    const pairs = first.slice(shift).map((ms, i) => [(first[i] ?? 0) - 1_000, ms - 1_000] as const);
    return pairs.reduce((sum, [a, b]) => sum + a * b, 0) / pairs.reduce((sum, [a]) => sum + a * a, 0);
  };
  for (const shift of [1, 2, 3]) expect(Math.abs(correlation(shift))).toBeLessThan(0.06);
});
