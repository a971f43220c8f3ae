import { beforeAll, expect, test } from 'vitest';
import { loadSqlParser } from '@/explorer/access/sql-shape';
import type { CheckMove } from '@/model/app-check';
import { matchPattern } from './match-pattern';

beforeAll(loadSqlParser);

/** Moves such as `1 select …`, the request first. */
function match(...moves: string[]) {
  return matchPattern(
    moves.map((text): CheckMove => ({ request: Number(text[0]), event: 'statement', sql: text.slice(2) })),
  );
}

const READ = 'select stock from items where sku = $1';
const WRITE = 'update items set stock = $2 where sku = $1';

test('a value that was replaced is written over', () => {
  expect(match(`1 ${READ}`, `2 ${READ}`, `2 ${WRITE}`, `1 ${WRITE}`)).toEqual({
    ...{ pattern: 'lost-update', request: 1, reads: 0, changed: 2, writes: 3 },
  });
});

test('a change counts from where it is committed, and a write from there as well', () => {
  const before = [`1 ${READ}`, `1 ${WRITE}`, `2 ${READ}`, `2 ${WRITE}`, '1 commit', '2 commit'];
  expect(match(...before)).toEqual({ pattern: 'lost-update', request: 2, reads: 2, changed: 4, writes: 5 });
  expect(match(`1 ${READ}`, `1 ${WRITE}`, '1 commit', `2 ${READ}`, `2 ${WRITE}`, '2 commit')).toBeNull();
});

test('both keep to a limit by counting', () => {
  const count = 'select count(*) from redemptions where code = $1';
  const add = 'insert into redemptions (code) values ($1)';
  const moves = [`1 ${count}`, `1 ${add}`, `2 ${count}`, `2 ${add}`, '2 commit', '1 commit'];
  expect(match(...moves)).toEqual({ pattern: 'write-skew', request: 1, reads: 0, changed: 4, writes: 5 });
});

test('both add a row that neither has seen', () => {
  const look = 'select 1 from seats where row = 1';
  const add = 'insert into seats (row) values (1)';
  expect(match(`1 ${look}`, `2 ${look}`, `2 ${add}`, `1 ${add}`)?.pattern).toBe('duplicate-insert');
});

test('each writes what the other has read', () => {
  const moves = ['1 select * from a', '2 select * from b', '2 update a set n = 1', '1 update b set n = 1'];
  expect(match(...moves)?.pattern).toBe('write-skew');
});

test('what was checked has changed before the act', () => {
  const moves = [
    '1 select open from shops',
    '2 update shops set open = false',
    '1 insert into sales values (1)',
  ];
  expect(match(...moves)).toMatchObject({ pattern: 'check-then-act', reads: 0, changed: 1, writes: 2 });
});

test.for([
  [['1 select stock from items', '1 update items set stock = 0', '2 select stock from items']],
  [['1 update items set stock = 0', '2 update items set stock = 1']],
  [['1 select * from items', '2 update items set stock = 1', '1 select * from items']],
])('nothing known: %s', ([moves]) => {
  expect(match(...(moves ?? []))).toBeNull();
});
