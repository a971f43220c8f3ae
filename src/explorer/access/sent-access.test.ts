import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { accessOfCommand, accessOfSql, commitsApart, keysOf, type Names } from './sent-access';
import { unite } from '../search/access-set';
import { rememberScript } from './script-keys';
import { loadSqlParser, readSql } from './sql-shape';

beforeAll(loadSqlParser);

/** A script that was sent before by its text. */
const KNOWN = `return redis.call('get', KEYS[1])`;
const hashOf = (script: string) => createHash('sha1').update(script).digest('hex');
rememberScript(KNOWN);

const NAMES: Names = { skus: ['one', 'two'], attemptIds: ['x.0', 'x.1'] };
const touched = (text: string, values: unknown[] = ['one', 1], names = NAMES) =>
  Object.fromEntries(unite(...readSql(text).map((shape) => accessOfSql(shape, values, names))));

test.each([
  ['select i.stock from items i, orders o where o.sku = i.sku', { 'items:*': 'read', 'orders:*': 'read' }],
  [
    'select 1 from "public"."items", "public"."orders" for update',
    { 'items:*': 'write', 'orders:*': 'write' },
  ],
  ['select 1 from (items i join orders o on o.sku = i.sku)', { 'items:*': 'read', 'orders:*': 'read' }],
  [
    'select 1 from items join units using (sku), orders',
    { 'items:*': 'read', 'units:*': 'read', 'orders:*': 'read' },
  ],
  [
    'delete from units u using orders o, items i where o.sku = u.sku',
    { 'units:*': 'write', 'orders:*': 'read', 'items:*': 'read' },
  ],
  [
    'update items set stock = s.n from units u, (select count(*) as n from orders) s',
    { 'items:*': 'write', 'units:*': 'read', 'orders:*': 'read' },
  ],
  [
    'insert into orders (sku) select i.sku from items i, orders o',
    { 'orders:*': 'write', 'items:*': 'read' },
  ],
] as const)('%s touches every table that it names', (text, tables) => {
  expect(touched(text)).toEqual(tables);
});

test.for<[string, object]>([
  ['select stock from items where sku = $1', { 'items:0': 'read' }],
  ["select stock from items where sku = 'two' and stock > $2", { 'items:1': 'read' }],
  [
    'select "public"."items"."stock" from "public"."items" where ("public"."items"."sku" = $1 and 1=1)',
    { 'items:0': 'read' },
  ],
  ['select stock from items i where i.sku = $1 for update', { 'items:0': 'write' }],
  ['update items set stock = greatest(stock - $2, 0) where sku = $1', { 'items:0': 'write' }],
  ['insert into orders (attempt_id, sku) values ($2, $1) returning id', { 'orders:0': 'write' }],
  [
    'select (select sum(quantity) from holds where holds.sku = items.sku) from items where sku = $1',
    { 'items:0': 'read', 'holds:*': 'read' },
  ],
  ['select from orders where sku <> $1', { 'orders:*': 'read' }],
  ['select from orders where sku = $1 or quantity > 1', { 'orders:*': 'read' }],
  ['select from orders o (id, sku) where o.sku = $1', { 'orders:*': 'read' }],
  ['select from orders where attempt_id = $1', { 'orders:*': 'read' }],
  ["select stock from items where sku = 'stock of one'", { 'items:*': 'read' }],
  ["update holds set sku = 'two' where sku = $1", { 'holds:*': 'write' }],
  ['update holds set id = 1 where sku = $1', { 'holds:*': 'write' }],
  ['insert into orders (id, sku) values (1, $1)', { 'orders:*': 'write' }],
])('%s is narrowed to an item only where that is certain', ([text, expected]) => {
  expect(touched(text)).toEqual(expected);
});

test('what names no item counts as every item', () => {
  expect(touched('select stock from items', [])).toEqual({ 'items:*': 'read' });
});

test.for([
  'select set_stock($1, $2)',
  'select stock from items, lateral raise_price(sku)',
  'select * from set_stock($1, 2)',
  'select stock from on_sale where sku = $1',
  'update shop.items set stock = 0',
  'truncate items',
  'call settle()',
  'no SQL',
])('%s may touch everything', (text) => {
  expect(touched(text)).toEqual({ '*': 'write' });
});

test.for<[string, object]>([
  ['select now()', { 'times:*': 'write' }],
  ['select stock from items where created_at < current_timestamp', { 'items:*': 'read', 'times:*': 'write' }],
  ['select current_user, random()', {}],
  ['begin', {}],
  ["select stock, nextval('orders_id_seq') from items", { 'items:*': 'read', 'sequences:*': 'write' }],
  ['select pg_advisory_xact_lock(1)', { 'advisory:*': 'write' }],
])('%s touches what its functions do', ([text, expected]) => {
  expect(touched(text)).toEqual(expected);
});

test.for<[string, unknown[], object]>([
  ['get', ['left:{one}'], { 'redis:left:{0}': 'read' }],
  ['set', ['ticket:{one}:x.1', '{two}'], { 'redis:ticket:{0}:T2': 'write' }],
  ['del', [['left:{one}', 'left:{two}']], { 'redis:left:{0}': 'write', 'redis:left:{1}': 'write' }],
  ['exists', [['left:{one}', 'all']], { 'redis:left:{0}': 'read', 'redis:*': 'read' }],
  ['rPush', ['queue', 'ticket:{one}:x.1'], { 'redis:*': 'write' }],
  ['eval', [`return redis.call('get', KEYS[1])`, { keys: ['left:{one}'] }], { 'redis:left:{0}': 'write' }],
  ['eval', [`return 1`, { keys: ['left:{one}', 'all'] }], { 'redis:left:{0}': 'write', 'redis:*': 'write' }],
  [
    'eval',
    [`return redis.call('get', 'all')`, { keys: ['left:{one}'] }],
    { 'redis:left:{0}': 'write', 'redis:*': 'write' },
  ],
  ['eval', [`return redis.call('get', KEYS[1] .. ':a')`, { keys: ['left:{one}'] }], { 'redis:*': 'write' }],
  ['evalRo', [`return redis.call('get', ARGV[1])`, { keys: ['left:{one}'] }], { 'redis:*': 'write' }],
  ['evalSha', [hashOf(KNOWN), { keys: ['left:{one}'] }], { 'redis:left:{0}': 'write' }],
  ['evalShaRo', [hashOf(KNOWN).toUpperCase(), { keys: ['left:{one}'] }], { 'redis:left:{0}': 'write' }],
  ['evalSha', [hashOf('return 2'), { keys: ['left:{one}'] }], { 'redis:*': 'write' }],
  ['fCall', ['take', { keys: ['left:{one}'] }], { 'redis:*': 'write' }],
  ['eval', [`return 1`, { arguments: ['left:{one}'] }], { 'redis:*': 'write' }],
  ['sendCommand', [['SET', 'left:{one}', '1']], { 'redis:*': 'write' }],
  ['ping', [], {}],
])('%s of %j touches its keys', ([command, args, expected]) => {
  const keys = keysOf(command, args);
  expect(Object.fromEntries(accessOfCommand({ command, keys }, NAMES))).toEqual(expected);
});

test.for<[string, boolean]>([
  ['update items set stock = 0', true],
  ['select set_stock($1, 1)', true],
  ['with sold as (update items set stock = 0 returning sku) insert into orders select * from sold', true],
  ['insert into orders (sku) select sku from items where stock > 0', true],
  ['insert into orders (sku, quantity) values ($1, (select stock from items where sku = $1))', true],
  ['update orders set quantity = 0 where attempt_id = $1', true],
  ['delete from orders where attempt_id = $1', true],
  ['insert into orders (id) values (1) on conflict (id) do update set quantity = 0', true],
  ['insert into shop.orders (sku) values ($1)', true],
  ['insert into orders (sku) values ($1) returning id', false],
  ['select stock from items for update', false],
  ["select nextval('s'), now()", false],
  ['commit', false],
])('%s commits in a move of its own: %s', ([text, isSo]) => {
  expect(commitsApart(text)).toBe(isSo);
});
