import { expect, test } from 'vitest';
import { chanceOfAtLeast, estimateRate } from '@/lib/binomial';
import { describeRange } from './experiment-wording';

/** The limits that a sentence names, from 0 to 1. */
function limitsIn(words: string): { low: number; high: number } {
  const figures = [...words.matchAll(/([\d.]+) %/g)].map(([, figure]) => Number(figure) / 100);
  const [first = Number.NaN, second = Number.NaN] = figures;
  if (words.startsWith('at most ')) return { low: 0, high: first };
  return words.startsWith('at least ') ? { low: first, high: 1 } : { low: first, high: second };
}

test.each([5, 10, 20])(
  'what is told of %i trials is true in at least 95 %% of experiments, whatever the rate',
  (n) => {
    const told = Array.from({ length: n + 1 }, (_, violated) =>
      limitsIn(describeRange(estimateRate(violated, n))),
    );
    for (let percent = 1; percent <= 99; percent += 1) {
      const rate = percent / 100;
      const covered = told.reduce((sum, { low, high }, violated) => {
        const chance = chanceOfAtLeast(violated, n, rate) - chanceOfAtLeast(violated + 1, n, rate);
        return low <= rate && rate <= high ? sum + chance : sum;
      }, 0);
      expect(covered, `rate ${rate}`).toBeGreaterThanOrEqual(0.95);
    }
  },
);

test('trials that agree are told by the end of the two-sided interval that says something', () => {
  expect(describeRange(estimateRate(0, 10))).toBe('at most 30.9 %');
  expect(describeRange(estimateRate(5, 5))).toBe('at least 47.8 %');
  expect(describeRange(estimateRate(7, 20))).toBe('15.3 % to 59.3 %');
  expect(describeRange(estimateRate(0, 0))).toBe('unknown');
});
