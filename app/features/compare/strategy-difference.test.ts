import { expect, it } from 'vitest';
import { differStrategies } from './strategy-difference';

it('names what a column races and another does not, and counts the rest', () => {
  expect(
    differStrategies([
      ['a', 'b', 'c', 'd'],
      ['b', 'a'],
      ['a', 'b', 'e'],
    ]),
  ).toEqual([
    { own: ['c', 'd'], shared: 2 },
    { own: [], shared: 2 },
    { own: ['e'], shared: 2 },
  ]);
  expect(differStrategies([['a'], null])).toEqual([
    { own: ['a'], shared: 0 },
    { own: [], shared: 0 },
  ]);
});
