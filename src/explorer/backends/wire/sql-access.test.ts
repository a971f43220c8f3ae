import { beforeAll, describe, expect, test } from 'vitest';
import { EVERYTHING_READ, EVERYTHING_STORED } from '@/explorer/search/access-set';
import { loadSqlParser, readSql } from '@/explorer/access/sql-shape';
import {
  catalogueOf,
  column,
  fn,
  foreign,
  primary,
  table,
  trigger,
} from '../../../../tests/fixtures/explorer/catalogue';
import { isSessionOnly, SqlAccess } from './sql-access';

beforeAll(loadSqlParser);

const CATALOGUE = catalogueOf({
  tables: [
    table('items', ['sku', 'stock'], { keys: [primary('sku')] }),
    table('orders', ['id', 'sku'], { foreignKeys: [foreign('sku', 'public.items', 'cascade')] }),
    table('reviews', ['id', 'sku'], { foreignKeys: [foreign('sku', 'public.items', 'restrict')] }),
    table('coupons', ['id', 'code'], { keys: [primary('id'), { ...primary('code'), isPrimary: false }] }),
    table('order', ['id', 'n'], { id: 'public."order"' }),
    table('events_2026', ['id'], { partitionOf: 'public.events' }),
    table('events', ['id'], { kind: 'partitioned' }),
    table('counted', [], { columns: [column('id', 'integer')] }),
    table('prices', [], { columns: [column('id', 'numeric')] }),
    table('numbered', [], { columns: [column('id', 'text', 'public.settle()')] }),
    table('audited', ['id', 'n'], { triggers: [trigger('update')] }),
  ],
  views: [
    { id: 'public.on_sale', isMaterialized: false, reads: ['public.items'], calls: [], definition: '' },
    {
      ...{ id: 'public.joined', isMaterialized: false, calls: [], definition: '' },
      reads: ['public.on_sale', 'public.orders'],
    },
  ],
  functions: [fn('settle', 'volatile'), fn('price', 'stable')],
});

const access = new SqlAccess(CATALOGUE);
function touched(sql: string, parameters: (string | null)[] = ['a']): Record<string, string> {
  const [shape] = readSql(sql);
  return Object.fromEntries(shape ? access.of(shape, parameters) : []);
}

describe('rows and tables', () => {
  test.for<[string, Record<string, string>]>([
    ['select stock from items where sku = $1', { 'public.items:["a"]': 'read' }],
    ["select stock from items where sku = 'a' and stock > 0", { 'public.items:["a"]': 'read' }],
    ['select * from items where stock = 1', { 'public.items:*': 'read' }],
    ['select * from items where sku = $1 for update', { 'public.items:["a"]': 'write' }],
    ['select * from "order" where id = $1', { 'public."order":["a"]': 'read' }],
    ['select * from coupons where code = $1', { 'public.coupons:*': 'read' }],
    ['select * from events_2026 where id = $1', { 'public.events:["a"]': 'read' }],
    ['select * from joined', { 'public.items:*': 'read', 'public.orders:*': 'read' }],
    ['select * from pg_class, information_schema.tables', { 'catalogue:*': 'read' }],
    ['update items set stock = 0 where sku = $1', { 'public.items:["a"]': 'write' }],
    [
      "update items set sku = 'b' where sku = $1",
      { 'public.items:*': 'write', 'public.orders:*': 'read', 'public.reviews:*': 'read' },
    ],
    [
      'delete from items where sku = $1',
      { 'public.items:["a"]': 'write', 'public.orders:*': 'write', 'public.reviews:*': 'read' },
    ],
    [
      'insert into orders (sku) values ($1)',
      { 'public.orders:*': 'write', 'public.items:["a"]': 'read', 'sequences:orders_id_seq': 'write' },
    ],
    [
      "insert into orders (id, sku) values ($1, 'b')",
      { 'public.orders:["a"]': 'write', 'public.items:["b"]': 'read' },
    ],
    [
      'insert into coupons (code) values ($1)',
      { 'public.coupons:*': 'write', 'sequences:coupons_id_seq': 'write' },
    ],
    ["select * from counted where id = '01'", { 'public.counted:["1"]': 'read' }],
    ["select * from prices where id = '1.0'", { 'public.prices:*': 'read' }],
    ['select pg_advisory_xact_lock(1)', { 'advisory:*': 'write' }],
    ["insert into coupons (id, code) values ('a', $1)", { 'public.coupons:*': 'write' }],
    ["select nextval('s'), setval('s', 1)", { 'sequences:*': 'write' }],
    ['select now()', { 'times:transaction': 'write' }],
    ['select current_timestamp', { 'times:transaction': 'write' }],
    ["select 'now'::timestamptz", { 'times:transaction': 'write' }],
    ['select clock_timestamp()', { 'times:*': 'write' }],
    ['begin', {}],
  ])('%s', ([sql, expected]) => {
    expect(touched(sql)).toEqual(expected);
  });

  test('a key that is null names no row', () => {
    expect(touched('select * from items where sku = $1', [null])).toEqual({ 'public.items:*': 'read' });
  });
});

test.for([
  'select settle()',
  'insert into numbered (n) values (1)',
  'update audited set n = 1',
  'update on_sale set stock = 1',
  'select * from unknown_table',
  'truncate items',
  'copy items from stdin',
  'set constraints all immediate',
  'select * from pg_locks',
  'not SQL',
])('%s may touch everything', (sql) => {
  expect(touched(sql)).toEqual(Object.fromEntries(EVERYTHING_STORED));
});

test('a stable function may read everything, a trigger of another event runs nothing', () => {
  expect(touched('select price()')).toEqual(Object.fromEntries(EVERYTHING_READ));
  expect(touched("insert into audited (id, n) values ('b', 1)")).toEqual({ 'public.audited:["b"]': 'write' });
});

test.for<[string, boolean]>([
  ['begin', true],
  ['set time zone utc; show timezone', true],
  ['', true],
  ['select version()', true],
  ['select * from pg_catalog.pg_type', true],
  ['select * from pg_locks', false],
  ['set constraints all immediate', false],
  ['commit', false],
  ['rollback', false],
  ['select 1 from items', false],
  ['select pg_advisory_lock(1)', false],
  ['begin; update items set stock = 0', false],
])('%s is about the session only: %s', ([sql, isSo]) => {
  expect(isSessionOnly(sql)).toBe(isSo);
});
