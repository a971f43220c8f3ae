import { expect, test } from 'vitest';
import { nameContestants } from './race-name';

test.for([
  [['a'], 'a'],
  [['a', 'b', 'c', 'd'], 'a vs b vs c vs d'],
  [['a', 'b', 'c', 'd', 'e'], 'a vs b vs c vs 2 others'],
] as const)('%o are called %s', ([names, called]) => {
  expect(nameContestants(names)).toBe(called);
});
