import { expect, test } from 'vitest';
import { accessOfSql, type Names } from './sent-access';

const NAMES: Names = { skus: ['one', 'two'], attemptIds: ['x.0', 'x.1'] };
const touched = (text: string, values: unknown[] = ['one'], names = NAMES) =>
  Object.fromEntries(accessOfSql(text, values, names));

test.each([
  ['select stock from items where sku = $1', { 'items:0': 'read' }],
  ['select i.stock from items i, orders o where o.sku = i.sku', { 'items:0': 'read', 'orders:0': 'read' }],
  [
    'select 1 from "public"."items", "public"."orders" for update',
    { 'items:0': 'write', 'orders:0': 'write' },
  ],
  ['select 1 from (items i join orders o on o.sku = i.sku)', { 'items:0': 'read', 'orders:0': 'read' }],
  [
    'select 1 from items join units using (sku), orders',
    { 'items:0': 'read', 'units:0': 'read', 'orders:0': 'read' },
  ],
  [
    'delete from units u using orders o, items i where o.sku = u.sku',
    { 'units:0': 'write', 'orders:0': 'read', 'items:0': 'read' },
  ],
  ['update items set stock = greatest(stock - $2, 0) where sku = $1', { 'items:0': 'write' }],
  [
    'update items set stock = s.n from units u, (select count(*) as n from orders) s',
    { 'items:0': 'write', 'units:0': 'read', 'orders:0': 'read' },
  ],
  ['insert into orders (attempt_id, sku) values ($1, $2) returning id', { 'orders:0': 'append' }],
  [
    'insert into orders (sku) select i.sku from items i, orders o',
    { 'orders:0': 'write', 'items:0': 'read' },
  ],
] as const)('%s touches every table that it names', (text, tables) => {
  expect(touched(text)).toMatchObject(tables);
});

test('what names no table counts as everything, and what names no item as every item', () => {
  expect(touched('select now()')).toEqual({ '*': 'write' });
  expect(touched('select stock from items', [])).toEqual({ 'items:*': 'read' });
});

test('orders that are added come in no order, unless a statement of the strategy reads orders', () => {
  const insert = 'insert into orders (attempt_id, sku) values ($1, $2) returning id';
  expect(touched(insert)).toEqual({ 'orders:0': 'append' });
  expect(touched(insert, ['one'], { ...NAMES, readsOrders: true })).toEqual({ 'orders:0': 'write' });
});
