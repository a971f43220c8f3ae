import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chanceOfDifference } from './fisher-exact';

const share = (hits: number, of: number) => ({ hits, of });

test('the lady tasting tea, and tables worked out by hand', () => {
  // 3 of 4 cups right on either side: (1 + 16 + 16 + 1) / 70
  expect(chanceOfDifference(share(3, 4), share(1, 4))).toBeCloseTo(34 / 70, 12);
  expect(chanceOfDifference(share(4, 4), share(0, 4))).toBeCloseTo(2 / 70, 12);
  // 0 of 5 and 2 of 2: the only table as unlikely as itself is itself, 1 / C(7, 2)
  expect(chanceOfDifference(share(0, 5), share(2, 2))).toBeCloseTo(1 / 21, 12);
});

test('shares that cannot differ do not', () => {
  for (const [one, other] of [
    [share(0, 20), share(0, 5)],
    [share(7, 7), share(3, 3)],
    [share(0, 0), share(4, 9)],
  ] as const)
    expect(chanceOfDifference(one, other)).toBeCloseTo(1, 9);
});

const shares = fc.nat(40).chain((of) => fc.record({ hits: fc.nat(of), of: fc.constant(of) }));

test('is a chance, the same whichever share comes first and whichever way the trials are called', () => {
  fc.assert(
    fc.property(shares, shares, (one, other) => {
      const chance = chanceOfDifference(one, other);
      const missed = ({ hits, of }: typeof one) => share(of - hits, of);
      expect(chance).toBeGreaterThan(0);
      expect(chance).toBeLessThanOrEqual(1);
      expect(chanceOfDifference(other, one)).toBeCloseTo(chance, 9);
      expect(chanceOfDifference(missed(one), missed(other))).toBeCloseTo(chance, 9);
    }),
  );
});

test('of rates that are equal it calls at most 5 in 100 different, worked out over all outcomes', () => {
  for (const [n, m, rate] of [
    [20, 20, 0.1],
    [10, 40, 0.5],
    [200, 5, 0.03],
  ] as const) {
    let wrong = 0;
    for (let i = 0; i <= n; i += 1)
      for (let j = 0; j <= m; j += 1)
        if (chanceOfDifference(share(i, n), share(j, m)) < 0.05)
          wrong += binomial(i, n, rate) * binomial(j, m, rate);
    expect(wrong).toBeLessThanOrEqual(0.05);
  }
});

function binomial(k: number, n: number, rate: number): number {
  let log = k * Math.log(rate) + (n - k) * Math.log1p(-rate);
  for (let i = 1; i <= k; i += 1) log += Math.log((n - k + i) / i);
  return Math.exp(log);
}
