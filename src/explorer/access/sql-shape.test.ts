import { beforeAll, describe, expect, test } from 'vitest';
import { loadSqlParser, readSql } from './sql-shape';
import type { TableUse } from './sql-shape';

beforeAll(loadSqlParser);

/** `update items (sku = $1)`, and so on. */
function usesOf(sql: string): string[] {
  const told = ({ schema, name, use, equals }: TableUse) => {
    const keys = [...equals].map(([column, value]) =>
      'parameter' in value ? `${column} = $${value.parameter}` : `${column} = '${value.constant}'`,
    );
    return `${use} ${schema === undefined ? '' : `${schema}.`}${name}${keys.length > 0 ? ` (${keys.join(', ')})` : ''}`;
  };
  return readSql(sql).flatMap(({ tables }) => tables.map(told));
}

describe('tables', () => {
  test.for([
    ['select stock from "order" o where o.sku = $1 and qty > 2', 'read order (sku = $1)'],
    ['select * from shop."Item" where 1 = id', "read shop.Item (id = '1')"],
    ['select stock from items where sku = $1 for update', 'lock items (sku = $1)'],
    ['select 1 from items where sku = $1 or id = 2', 'read items'],
    ["select 1 from items where sku = 'a'::citext", 'read items'],
    ["update items set stock = stock - 1 where sku = 'a'::text and stock > 0", "update items (sku = 'a')"],
    ['delete from items where id = 0', "delete items (id = '0')"],
    ['insert into orders (sku, n) values ($1, 2)', "insert orders (sku = $1, n = '2')"],
    ['insert into orders values ($1, 2)', 'insert orders'],
    ['insert into a (x) values (1), (2)', 'insert a'],
    ['insert into a (x) select y from b where z = $2', 'insert a', 'read b (z = $2)'],
    ['insert into a (x, y) select $1::text, y from b', 'insert a (x = $1)', 'read b'],
    ['insert into a (x, y) select b.*, $1 from b', 'insert a', 'read b'],
    ['insert into a (x) select $1 union select $2', 'insert a'],
    [
      'insert into a (x) values ($1) on conflict (x) do update set n = a.n + 1',
      'insert a (x = $1)',
      'update a (x = $1)',
    ],
    [
      'insert into a (x, y) values ($1, 2) on conflict (y) do update set n = a.n + 1',
      "insert a (x = $1, y = '2')",
      "update a (y = '2')",
    ],
    [
      'insert into a (x) values ($1) on conflict on constraint k do update set n = 1',
      'insert a (x = $1)',
      'update a',
    ],
    ['insert into a (x) values ((select max(y) from b))', 'insert a', 'read b'],
    ['update a set n = b.n from b where a.id = $1 and b.id = a.id', 'update a (id = $1)', 'read b'],
    ['update a set n = b.n from b where id = $1', 'update a', 'read b'],
    ['delete from a using b where a.id = b.id', 'delete a', 'read b'],
    [
      'select * from a join b on a.id = b.id, c left join (select * from d) e on true',
      'read a',
      'read b',
      'read c',
      'read d',
    ],
    ['select * from a, b for update', 'lock a', 'lock b'],
    ['select * from a x left join b on true where x.id = $1 and n = 2', 'read a (id = $1)', 'read b'],
    ['select * from s.a where s.a.id = $1 and t.a.n = 2', 'read s.a (id = $1)'],
    ['select * from a x (id, n) where x.id = $1', 'read a'],
    ['select * from (select * from a where id = 1) q, b for update', "lock a (id = '1')", 'lock b'],
    ['select * from (select * from a) q where x in (select y from b) for update', 'lock a', 'read b'],
    [
      'with q as (delete from jobs where id in (select id from jobs for update skip locked limit 1) returning *) select * from q',
      'delete jobs',
      'lock jobs',
    ],
    ['select * from a union select * from b where id = 3', 'read a', "read b (id = '3')"],
    [
      'merge into a using b on a.id = b.id when matched then delete',
      'update a',
      'insert a',
      'delete a',
      'read b',
    ],
  ])('%s', ([sql = '', ...uses]) => {
    expect(usesOf(sql)).toEqual(uses);
  });
});

test.for<[string, string[]]>([
  ['select from a where x = y and $1 = z', ['x', 'y']],
  ['select from a where x = (select max(y) from b) and z = lower($1)', ['x', 'z']],
  ['select from a where x in (select y from b) and z = any($1) and n in (1, 2)', ['x', 'z', 'n']],
  ['select from a where x = b.x or y = b.y', ['']],
  ['select from a where x <> b.x and x not in (1) and x < any(select 1) and not x = b.x', ['']],
  ['select from a join b on b.x = a.y where a.z = $1 and n = $2', ['n', 'y', 'x']],
  ['select from a join c using (x)', ['x']],
  ['update a set n = 1 from c where a.x = c.x', ['x']],
])('the condition of %s ties rows to others by %j', ([sql, columns]) => {
  const ties = readSql(sql).flatMap(({ tables }) => tables.filter(({ name }) => name !== 'c'));
  const names = ties.flatMap((use) => [...use.ties]);
  expect(new Set(names)).toEqual(new Set(columns.filter(Boolean)));
});

test.for([
  ['begin', 'begin'],
  ['start transaction isolation level repeatable read', 'begin'],
  ['COMMIT', 'commit'],
  ['end', 'commit'],
  ['rollback', 'rollback'],
  ['rollback to savepoint a', 'rollback to savepoint'],
  ['savepoint a', 'savepoint'],
  ['set statement_timeout = 100', 'setting'],
  ['show transaction_isolation', 'setting'],
  ['deallocate all', 'setting'],
  ['select 1', 'statement'],
  ['truncate items', 'other'],
  ['create table a (b int)', 'other'],
  ['call settle(1)', 'other'],
  ['this is no SQL', 'other'],
])('%s is of kind %s', ([sql = '', kind]) => {
  expect(readSql(sql).map((shape) => shape.kind)).toEqual([kind]);
});

test('BEGIN and SET TRANSACTION set the isolation level', () => {
  const levels = readSql(
    'begin isolation level serializable; set transaction isolation level repeatable read',
  );
  expect(levels.map(({ level }) => level)).toEqual(['serializable', 'repeatable read']);
});

test('a level may be set for a session, and an end may begin the next transaction', () => {
  const shapes = readSql(
    'set session characteristics as transaction isolation level serializable; commit and chain; commit',
  );
  expect(shapes.map(({ sessionLevel, level, isChained }) => [sessionLevel, level, isChained])).toEqual([
    ['serializable', undefined, undefined],
    [undefined, undefined, true],
    [undefined, undefined, undefined],
  ]);
});

test('a text may hold several statements, or none', () => {
  expect(readSql('begin; select 1; commit').map(({ kind }) => kind)).toEqual([
    'begin',
    'statement',
    'commit',
  ]);
  for (const nothing of ['', ' ; ', '-- a comment', '/* ping */']) expect(readSql(nothing)).toEqual([]);
});

test.for([
  ['update items set stock = stock - 1 where sku = $1 and stock > 0', false],
  ['insert into a (x) values (1)', false],
  ['select count(*) from a where x in (select y from b)', false],
  ['insert into a (x) select 1 where (select count(*) from a) < 1', true],
  ['update a set n = (select count(*) from b)', true],
  ['update a set n = b.n from b where a.id = b.id', true],
  ['with q as (select 1) delete from a where id in (select * from q)', true],
])('%s reads more than it writes: %s', ([sql, readsMore]) => {
  expect(readSql(String(sql))[0]?.readsMore).toBe(readsMore);
});

test('a function counts wherever it is called', () => {
  const [shape] = readSql(
    "select nextval('s'), lower(x) from pg_catalog.f(1) where pg_advisory_lock(2) is null",
  );
  expect(shape?.functions.toSorted()).toEqual(['f', 'lower', 'nextval', 'pg_advisory_lock']);
});
