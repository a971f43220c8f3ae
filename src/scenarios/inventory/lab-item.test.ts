import { expect, test } from 'vitest';
import { isLabItem, maySell } from './lab-item';

test.for([
  ['race.k7w2m9qd4x.0', true],
  ['race.k7w2m9qd4x.39', true],
  ['explored-zik0zj-k7w2m9qd.12.0', true],
  ['demo', false],
  ['race.car', false],
  ['race.k7w2m9qd4x', false],
  ['race.k7w2m9qd4x.0.1', false],
  ['my-race.k7w2m9qd4x.0', false],
] as const)('whether the lab owns the item %s: %s', ([sku, expected]) => {
  expect(isLabItem(sku)).toBe(expected);
});

test('sells the item of a lane to the load generator alone, and that of a schedule to none', () => {
  const sold = (sku: string) => [maySell(sku, () => true), maySell(sku, () => false)];
  expect(sold('race.k7w2m9qd4x.1')).toEqual([true, false]);
  expect(sold('explored-zik0zj-k7w2m9qd.12.0')).toEqual([false, false]);
  expect(sold('demo')).toEqual([true, true]);
});
