import { expect, test } from 'vitest';
import { formatMs } from './wording';

test.for([
  [0.8361, '0.84 ms'],
  [12.345, '12.3 ms'],
  [217.535, '218 ms'],
  [1_217.535, '1.22 s'],
  [61_217.535, '61.2 s'],
] as const)('%f ms is shown as %s', ([ms, shown]) => {
  expect(formatMs(ms)).toBe(shown);
});
