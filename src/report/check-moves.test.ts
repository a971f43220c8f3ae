import { expect, test } from 'vitest';
import { describeMove, inlineParams } from './check-moves';

test.for([
  ['select stock from items where sku = $1', ['a'], "select stock from items where sku = 'a'"],
  ['update items set note = $1;', [null], 'update items set note = null;'],
  [
    'insert into orders\n  values ($2, $1) ;\n',
    ["O'Hara", '7'],
    "insert into orders values ('7', 'O''Hara') ;",
  ],
  // whose parameters these are is not known
  ['select $1; select $1', ['a'], 'select $1; select $1'],
] as const)('parameters stand where they belong: %s', ([sql, params, whole]) => {
  expect(inlineParams(sql, params)).toBe(whole);
});

test('a move that goes by what is no longer so says by what', () => {
  const match = { pattern: 'lost-update', request: 2, reads: 2, changed: 4, writes: 5 } as const;
  const commit = { request: 2, event: 'statement', sql: 'COMMIT', tag: 'COMMIT' } as const;
  expect(describeMove(commit, 5, match)).toEqual([
    'COMMIT',
    '-> COMMIT',
    '!! by what it read at 3, which 5 has changed',
  ]);
  expect(describeMove(commit, 4, match)).toEqual(['COMMIT', '-> COMMIT']);
});
