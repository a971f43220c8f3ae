import fc from 'fast-check';
import { expect, test } from 'vitest';
import { medianOf } from './median';

test('agrees with sorting', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 })), (values) => {
      const sorted = values.toSorted((a, b) => a - b);
      expect(medianOf(Float64Array.from(values))).toBe(sorted[values.length >> 1] ?? NaN);
    }),
    { numRuns: 2_000 },
  );
});
