import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrivalTime, thinkTime } from './think-time';

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
