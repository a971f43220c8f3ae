import { expect, test } from 'vitest';
import { toColumns } from './text-columns';

test('lines are wrapped at words within their column', () => {
  expect(toColumns(['select a, b from items', '-> a 1'], 0, 12)).toEqual([
    'select a, b',
    '  from items',
    '-> a 1',
  ]);
  expect(toColumns(['select 1'], 1, 10)).toEqual(['            select 1']);
});

test('a word that is longer than its column is cut', () => {
  expect(toColumns(['abcdefghij'], 0, 6)).toEqual(['abcd', '  efgh', '  ij']);
});
