import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortedIndexes } from './sorted-indexes';

const key = fc.oneof(
  fc.double(),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(NaN, 0, -0, Infinity, -Infinity),
);

/** Long lists come from repeating short ones with shifts, which is quicker than drawing each number. */
const keys = fc
  .tuple(fc.array(key, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 80 }), fc.integer())
  .map(([few, times, shift]) =>
    Float64Array.from({ length: few.length * times }, (_, i) => few[i % few.length]! + (i % 7) * shift),
  );

/** What times, versions and ids are: whole numbers, close together or not. */
const wholeKeys = fc
  .tuple(
    fc.array(fc.integer(), { minLength: 1, maxLength: 30 }),
    fc.integer({ min: 20, max: 80 }),
    fc.constantFrom(0, -0, 1, 3, 2 ** 20, 2 ** 32, 2 ** 51),
    fc.constantFrom(1, 2 ** 21, 2 ** 40),
  )
  .map(([few, times, shift, width]) =>
    Float64Array.from(
      { length: few.length * times },
      (_, i) => (few[i % few.length]! % width) + (i % 7) * shift,
    ),
  );

test.each([
  ['any', keys],
  ['whole', wholeKeys],
])('agrees with a stable sort by comparison, for few keys and for many: %s', (_name, someKeys) => {
  fc.assert(
    fc.property(someKeys, fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), (values, pattern) => {
      const mask = Uint8Array.from(values, (_, i) => Number(pattern[i % pattern.length]));
      const expected = [...values.keys()]
        .filter((i) => !Number.isNaN(values[i]) && mask[i] === 1)
        .sort((a, b) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : a - b));
      expect([...sortedIndexes(values, mask)]).toEqual(expected);
    }),
    { numRuns: 1_000 },
  );
});
