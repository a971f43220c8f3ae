import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PLAN_FIELDS } from '@/plan/fields';
import { deriveSeed } from './derive-seed';

const seeds = fc.integer(PLAN_FIELDS.seed);

it('gives the first trial the plan’s own seed', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      expect(deriveSeed(seed, 1)).toBe(seed);
    }),
  );
});

it('gives every trial another seed, each one that a plan may have', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const derived = Array.from({ length: 1_000 }, (_, i) => deriveSeed(seed, i + 1));
      expect(new Set(derived).size).toBe(1_000);
      for (const one of derived) {
        expect(Number.isInteger(one)).toBe(true);
        expect(one).toBeGreaterThanOrEqual(PLAN_FIELDS.seed.min);
        expect(one).toBeLessThanOrEqual(PLAN_FIELDS.seed.max);
      }
    }),
    { numRuns: 50 },
  );
});

it('stays the same from version to version, as stored experiments are replayed by it', () => {
  expect([1, 2, 3, 4].map((trial) => deriveSeed(1, trial))).toEqual([1, 1364076726, 821347079, 2247144486]);
});
