import { expect, test } from 'vitest';
import { attemptPrefixOf } from './history';
import { isLabItem, maySell } from './lab-item';

test.for([
  ['race.k7w2m9qd4x.0', true],
  ['race.k7w2m9qd4x.39', true],
  ['explored-k7w2m9qd.12.0', true],
  ['demo', false],
  ['race.car', false],
  ['race.k7w2m9qd4x', false],
  ['race.k7w2m9qd4x.0.1', false],
  ['my-race.k7w2m9qd4x.0', false],
] as const)('whether the lab owns the item %s: %s', ([sku, expected]) => {
  expect(isLabItem(sku)).toBe(expected);
});

test('sells the item of a lane to attempts of its race alone, and that of a schedule to none', () => {
  const sku = 'race.k7w2m9qd4x.1';
  expect(maySell({ sku, attemptId: `${attemptPrefixOf('k7w2m9qd4x', 1)}17` })).toBe(true);
  expect(maySell({ sku, attemptId: 'k7w2m9qd4x.warm-up.3' })).toBe(true);
  expect(maySell({ sku })).toBe(false);
  expect(maySell({ sku, attemptId: 'mine' })).toBe(false);
  expect(maySell({ sku, attemptId: `${attemptPrefixOf('k7w2m9qd4y', 1)}17` })).toBe(false);
  expect(maySell({ sku: 'explored-k7w2m9qd.12.0', attemptId: 'explored-k7w2m9qd.r12.0' })).toBe(false);
  expect(maySell({ sku: 'demo' })).toBe(true);
});
