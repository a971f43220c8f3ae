import { beforeAll, describe, expect, test } from 'vitest';
import type { Catalogue, ForeignKeyInfo, KeyInfo, TableInfo } from '@/app-under-test/database/catalogue';
import { EVERYTHING_READ, EVERYTHING_STORED } from '@/explorer/search/access-set';
import { loadSqlParser, readSql } from '@/explorer/schedule/sql-shape';
import { isSessionOnly, SqlAccess } from './sql-access';

beforeAll(loadSqlParser);

const primary = (...columns: string[]): KeyInfo => ({
  ...{
    name: 'key',
    isPrimary: true,
    isImmediate: true,
    predicate: null,
    nullsNotDistinct: false,
    definition: '',
  },
  columns,
});
const foreign = (
  column: string,
  references: string,
  onDelete: ForeignKeyInfo['onDelete'],
): ForeignKeyInfo => ({
  ...{
    name: 'fk',
    columns: [column],
    references,
    referencedColumns: ['sku'],
    onDelete,
    onUpdate: 'no-action',
  },
  ...{ isDeferrable: false, isInitiallyDeferred: false, isValidated: true },
});

function table(name: string, columns: string[], more: Partial<TableInfo> = {}): TableInfo {
  return {
    ...{
      id: `public.${name}`,
      oid: 0,
      schema: 'public',
      name,
      kind: 'table',
      partitionOf: null,
      inherits: [],
    },
    ...{ isUnlogged: false, isPopulated: true, estimatedRows: null, extension: null },
    columns: columns.map((column) => ({
      ...{ name: column, type: 'text', isNullable: false, generated: null, identity: null },
      default: column === 'id' ? `nextval('${name}_id_seq')` : null,
    })),
    ...{ keys: [primary('id')], foreignKeys: [], triggers: [], rules: [] },
    ...more,
  };
}

const CATALOGUE: Catalogue = {
  tables: [
    table('items', ['sku', 'stock'], { keys: [primary('sku')] }),
    table('orders', ['id', 'sku'], { foreignKeys: [foreign('sku', 'public.items', 'cascade')] }),
    table('reviews', ['id', 'sku'], { foreignKeys: [foreign('sku', 'public.items', 'restrict')] }),
    table('coupons', ['id', 'code'], { keys: [primary('id'), { ...primary('code'), isPrimary: false }] }),
    table('order', ['id', 'n'], { id: 'public."order"' }),
    table('events_2026', ['id'], { partitionOf: 'public.events' }),
    table('events', ['id'], { kind: 'partitioned' }),
    table('counted', ['id', 'n'], {
      columns: [
        { name: 'id', type: 'integer', isNullable: false, default: null, generated: null, identity: null },
      ],
    }),
    table('prices', ['id', 'n'], {
      columns: [
        { name: 'id', type: 'numeric', isNullable: false, default: null, generated: null, identity: null },
      ],
    }),
    table('numbered', ['id', 'n'], {
      columns: [
        {
          name: 'id',
          type: 'text',
          isNullable: false,
          default: 'public.settle()',
          generated: null,
          identity: null,
        },
      ],
    }),
    table('audited', ['id', 'n'], {
      triggers: [
        {
          ...{ name: 't', timing: 'after', level: 'row', events: ['update'], firing: 'origin' },
          ...{ function: 'public.note', isConstraint: false, isInherited: false, definition: '' },
        },
      ],
    }),
  ],
  views: [
    { id: 'public.on_sale', isMaterialized: false, reads: ['public.items'], calls: [], definition: '' },
    {
      id: 'public.joined',
      isMaterialized: false,
      reads: ['public.on_sale', 'public.orders'],
      calls: [],
      definition: '',
    },
  ],
  functions: [
    {
      ...{ id: 'public.settle', name: 'settle', arguments: '', kind: 'function', volatility: 'volatile' },
      ...{ language: 'sql', isSecurityDefiner: false, extension: null },
    },
    {
      ...{ id: 'public.price', name: 'price', arguments: '', kind: 'function', volatility: 'stable' },
      ...{ language: 'sql', isSecurityDefiner: false, extension: null },
    },
  ],
  ...{ sequences: [], eventTriggers: [], largeObjects: 0 },
};

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
    ['select * from pg_class, information_schema.tables', {}],
    ['update items set stock = 0 where sku = $1', { 'public.items:["a"]': 'write' }],
    [
      "update items set sku = 'b' where sku = $1",
      { 'public.items:*': 'write', 'public.orders:*': 'read', 'public.reviews:*': 'read' },
    ],
    [
      'delete from items where sku = $1',
      { 'public.items:["a"]': 'write', 'public.orders:*': 'write', 'public.reviews:*': 'read' },
    ],
    ['insert into orders (sku) values ($1)', { 'public.orders:*': 'write', 'public.items:["a"]': 'read' }],
    [
      "insert into orders (id, sku) values ($1, 'b')",
      { 'public.orders:["a"]': 'write', 'public.items:["b"]': 'read' },
    ],
    ['insert into coupons (code) values ($1)', { 'public.coupons:*': 'write' }],
    ["select * from counted where id = '01'", { 'public.counted:["1"]': 'read' }],
    ["select * from prices where id = '1.0'", { 'public.prices:*': 'read' }],
    ['select pg_advisory_xact_lock(1)', { 'advisory:*': 'write' }],
    ["insert into coupons (id, code) values ('a', $1)", { 'public.coupons:*': 'write' }],
    ["select nextval('s'), setval('s', 1), now()", { 'sequences:*': 'write' }],
    ['select now()', {}],
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
  'not SQL',
])('%s may touch everything', (sql) => {
  expect(touched(sql)).toEqual(Object.fromEntries(EVERYTHING_STORED));
});

test('a stable function may read everything, a trigger of another event runs nothing', () => {
  expect(touched('select price()')).toEqual(Object.fromEntries(EVERYTHING_READ));
  expect(touched('insert into audited (n) values (1)')).toEqual({ 'public.audited:*': 'write' });
});

test.for<[string, boolean]>([
  ['begin', true],
  ['set time zone utc; show timezone', true],
  ['', true],
  ['select version()', true],
  ['select * from pg_catalog.pg_type', true],
  ['commit', false],
  ['rollback', false],
  ['select 1 from items', false],
  ['select pg_advisory_lock(1)', false],
  ['begin; update items set stock = 0', false],
])('%s is about the session only: %s', ([sql, isSo]) => {
  expect(isSessionOnly(sql)).toBe(isSo);
});
