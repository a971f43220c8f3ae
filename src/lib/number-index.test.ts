import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberIndex } from './number-index';

test('behaves like a Map that keeps the first value', () => {
  const key = fc.oneof(fc.nat(40), fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 200 }), fc.array(key), (keys, others) => {
      const index = new NumberIndex(keys.length);
      const model = new Map<number, number>();
      for (const [i, k] of keys.entries()) {
        expect(index.claim(k, i)).toBe(model.get(k) ?? -1);
        if (!model.has(k)) model.set(k, i);
      }
      for (const k of [...keys, ...others]) expect(index.find(k)).toBe(model.get(k) ?? -1);
    }),
  );
});

test('an empty index finds nothing', () => {
  expect(new NumberIndex(0).find(0)).toBe(-1);
});
