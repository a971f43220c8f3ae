import { expect, it } from 'vitest';
import { draw } from './draw';

const drawn = (seed: number) =>
  Array.from({ length: 100 }, (_, n) =>
    Array.from({ length: 5 }, (__, count) => draw(seed, n, count, 4)).join(''),
  );

it('draws the same for the same seed, and something else for the next one', () => {
  expect(drawn(1)).toEqual(drawn(1));
  const [one, two] = [new Set(drawn(1)), drawn(2)];
  // 1,024 are possible: a tenth of them is there by chance
  expect(two.filter((draws) => one.has(draws)).length).toBeLessThan(25);
});
