import { expect, it } from 'vitest';
import { roundEstimate, TreeSize } from './tree-size';

it('the size of a tree is known when all of it has been reached, and estimated before', () => {
  const size = new TreeSize();
  expect(size.estimate()).toBe(0);
  size.add(1, 1 / 4);
  expect(size.estimate()).toBe(4);
  // a part in which there was nothing
  size.add(0, 1 / 4);
  expect(size.estimate()).toBe(2);
  size.add(3, 1 / 2);
  expect(size.estimate()).toBe(4);
});

it('an estimate is told with two digits', () => {
  expect([7, 231, 98_765].map(roundEstimate)).toEqual([7, 230, 99_000]);
});
