import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeriesBuilder } from './series';

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

test('puts each attempt into the bucket in which it returned', () => {
  const series = new SeriesBuilder(10);
  series.addAttempt(10_000, 0, 5_000, 1);
  series.addAttempt(30_000, 1, 7_000, 0);
  series.addAttempt(60_000, 0, 9_000, 2);
  series.addStock(60, 7);

  expect(series.build(10)).toMatchObject({
    bucketMs: 25,
    length: 3,
    accepted: [1, 0, 1],
    soldOut: [0, 1, 0],
    sold: [1, 1, 3],
    stock: [null, null, 7],
    p50: [5.023, 7.007, 9.023],
  });
});

test('never has more buckets than it may, and never loses an attempt, a unit or the last stock', () => {
  const attempt = fc.record({
    at: fc.integer({ min: 0, max: 3_600_000_000 }),
    outcome: fc.integer({ min: 0, max: 4 }),
    units: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(attempt, { minLength: 1 }), fc.integer({ min: 1, max: 40 }), (attempts, limit) => {
      const series = new SeriesBuilder(50);
      for (const { at, outcome, units } of attempts) series.addAttempt(at, outcome, 1_000, units);
      const end = Math.max(...attempts.map(({ at }) => at)) / 1_000;
      series.addStock(end, 42);

      const built = series.build(limit);

      expect(built.length).toBeLessThanOrEqual(limit);
      const counts = [built.accepted, built.soldOut, built.conflict, built.error, built.indeterminate];
      expect(counts.map(sum)).toEqual(
        [0, 1, 2, 3, 4].map((code) => attempts.filter((a) => a.outcome === code).length),
      );
      expect(built.sold.at(-1)).toBe(sum(attempts.map(({ units }) => units)));
      expect(built.stock.at(-1)).toBe(42);
    }),
  );
});

test('percentiles of merged buckets are those of all their attempts', () => {
  const series = new SeriesBuilder(4);
  for (let ms = 0; ms < 400; ms += 1) series.addAttempt(ms * 1_000, 0, (ms + 1) * 1_000, 0);
  const built = series.build(1);
  expect(built.length).toBe(1);
  expect(built.p50[0]).toBeCloseTo(200, -1);
  expect(built.p99[0]).toBeCloseTo(396, -1);
});
