import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOfAtLeast, estimateRate } from './binomial';

const counts = fc
  .integer({ min: 1, max: 200 })
  .chain((judged) => fc.tuple(fc.integer({ min: 0, max: judged }), fc.constant(judged)));

const chanceOf = (hits: number, n: number, rate: number) =>
  chanceOfAtLeast(hits, n, rate) - chanceOfAtLeast(hits + 1, n, rate);

describe('the interval', () => {
  // the limits that R's binom.test(x, n) and tables of the method give
  it.for([
    [0, 10, 0, 0.3085],
    [1, 10, 0.0025, 0.445],
    [2, 10, 0.0252, 0.5561],
    [5, 10, 0.1871, 0.8129],
    [10, 10, 0.6915, 1],
    [4, 20, 0.0573, 0.4366],
    [0, 30, 0, 0.1157],
    [5, 50, 0.0333, 0.2181],
    [10, 100, 0.049, 0.1762],
    [50, 100, 0.3983, 0.6017],
  ] as const)('of %d of %d is the published one', ([violated, judged, low, high]) => {
    const { interval } = estimateRate(violated, judged);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('is the limit in closed form where all trials agree', () => {
    for (const n of [1, 2, 10, 200]) {
      expect(estimateRate(0, n).interval.high).toBeCloseTo(1 - 0.025 ** (1 / n), 12);
      expect(estimateRate(n, n).interval.low).toBeCloseTo(0.025 ** (1 / n), 12);
    }
  });

  it('says nothing of no trial', () => {
    expect(estimateRate(0, 0)).toMatchObject({ rate: null, interval: { low: 0, high: 1 }, bound: null });
  });

  it('holds the observed rate, and turns over with what is counted', () => {
    fc.assert(
      fc.property(counts, ([violated, judged]) => {
        const { rate, interval } = estimateRate(violated, judged);
        const other = estimateRate(judged - violated, judged).interval;
        expect(interval.low).toBeLessThanOrEqual(rate ?? Number.NaN);
        expect(interval.high).toBeGreaterThanOrEqual(rate ?? Number.NaN);
        expect(interval.low).toBeCloseTo(1 - other.high, 12);
        expect(interval.high).toBeCloseTo(1 - other.low, 12);
      }),
    );
  });

  it('rises with every violation, and narrows around the same rate with more trials', () => {
    fc.assert(
      fc.property(counts, ([violated, judged]) => {
        const { interval } = estimateRate(violated, judged);
        const more = estimateRate(violated + 1, judged + 1).interval;
        const twice = estimateRate(2 * violated, 2 * judged).interval;
        expect(more.low).toBeGreaterThan(interval.low);
        expect(twice.high - twice.low).toBeLessThan(interval.high - interval.low);
      }),
    );
  });

  it('holds it also where many trials are inconclusive, and seldom those that break', () => {
    const n = 12;
    for (const [violated, ok] of [
      [0.05, 0.02],
      [0.1, 0.1],
      [0.2, 0],
      [0.5, 0.1],
      [0.01, 0.6],
    ] as const) {
      let covered = 0;
      for (let judged = 0; judged <= n; judged += 1) {
        for (let hits = 0; hits <= judged; hits += 1) {
          const chance =
            chanceOf(judged, n, violated + ok) * chanceOf(hits, judged, violated / (violated + ok));
          const { interval } = estimateRate(hits, judged, n);
          if (interval.low <= violated && violated <= interval.high) covered += chance;
        }
      }
      expect(covered, `violated ${violated}, ok ${ok}`).toBeGreaterThanOrEqual(0.95);
    }
  });

  it('holds the true rate in at least 95 % of experiments, whatever it is', () => {
    for (const n of [2, 5, 10, 20, 50, 200]) {
      const intervals = Array.from({ length: n + 1 }, (_, violated) => estimateRate(violated, n).interval);
      for (let rate = 0.005; rate < 1; rate += 0.0173) {
        const covered = intervals.reduce(
          (sum, { low, high }, violated) =>
            sum + (low <= rate && rate <= high ? chanceOf(violated, n, rate) : 0),
          0,
        );
        expect(covered, `n ${n}, rate ${rate}`).toBeGreaterThanOrEqual(0.95);
      }
    }
  });

  it('holds it too where trials end at the first violation', () => {
    for (const n of [1, 3, 10, 50]) {
      for (let rate = 0.005; rate < 1; rate += 0.0173) {
        let covered = 0;
        for (let last = 1; last <= n; last += 1) {
          const { low, high } = estimateRate(1, last).interval;
          if (low <= rate && rate <= high) covered += rate * (1 - rate) ** (last - 1);
        }
        const { high } = estimateRate(0, n).interval;
        if (rate <= high) covered += (1 - rate) ** n;
        expect(covered, `n ${n}, rate ${rate}`).toBeGreaterThanOrEqual(0.95);
      }
    }
  });
});

describe('the bound', () => {
  it('of none in n is about 3 / n, and exactly the rate at which none has a chance of 5 %', () => {
    for (const n of [1, 10, 20, 100, 200]) {
      const { bound } = estimateRate(0, n);
      expect(bound?.side).toBe('high');
      expect((1 - (bound?.rate ?? 0)) ** n).toBeCloseTo(0.05, 12);
    }
    expect(estimateRate(0, 100).bound?.rate).toBeCloseTo(3 / 100, 3);
    expect(estimateRate(0, 10).bound?.rate).toBeCloseTo(0.2589, 4);
  });

  it('of n in n mirrors it, and between the two there is none', () => {
    const { bound } = estimateRate(10, 10);
    expect(bound?.side).toBe('low');
    expect(bound?.rate).toBeCloseTo(0.05 ** (1 / 10), 12);
    expect(estimateRate(3, 10).bound).toBeNull();
  });
});
