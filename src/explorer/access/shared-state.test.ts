import { beforeAll, expect, test } from 'vitest';
import { keysOf } from './sent-access';
import type { Names } from './sent-access';
import { sharedBy } from './shared-state';
import { loadSqlParser } from './sql-shape';

beforeAll(loadSqlParser);

const NAMES: Names = { skus: ['one', 'two'], attemptIds: ['x.0', 'x.1'] };
const OWN: string[] = [];

test.for<[string, unknown[], string[]]>([
  ['select stock from items where sku = $1', ['one'], OWN],
  ['select stock from items where sku = any($1)', [['one', 'two']], OWN],
  [`select stock from items where sku = 'one'`, [], OWN],
  ['delete from holds where attempt_id = $1', ['x.1'], OWN],
  ['insert into orders (sku, attempt_id) values ($1, $2)', ['one', 'x.0'], OWN],
  [`select nextval('orders_id_seq'), now()`, [], OWN],
  ['set local lock_timeout = 100', [], OWN],
  ['begin', [], OWN],
  ['select pg_advisory_xact_lock(hashtextextended($1, 0))', ['stock of one'], OWN],
  [`select pg_advisory_xact_lock(hashtext('one'))`, [], OWN],
  ['select pg_advisory_lock(hashtext(sku)) from items where sku = $1', ['one'], OWN],
  ['select pg_advisory_xact_lock(77)', [], ['no']],
  ['select pg_try_advisory_xact_lock(hashtext($1))', ['shop'], ['no']],
  ['select pg_advisory_lock_shared(1, 2)', [], ['no']],
  ['select stock, pg_advisory_xact_lock(77) from items where sku = $1', ['one'], ['no']],
  ['lock table items in exclusive mode', [], ['no']],
  ['select count(*) from orders where quantity > $1', [1], ['no']],
  ['update items set stock = 0 where sku = $1 and (select count(*) from orders) < 9', ['one'], ['no']],
  ['select stock from items where sku = $1 for update', ['total'], ['no']],
  ['select count(*) from orders where sku <> $1', ['one'], ['no']],
  ['select count(*) from orders where sku like $1', ['one%'], ['no']],
  ['select count(*) from orders where not sku = $1', ['one'], ['no']],
  ['select 1 from items, orders where items.sku = $1', ['one'], ['no']],
  ['select (select sum(quantity) from holds where sku = items.sku) from items where sku = $1', ['one'], OWN],
  ['select 1 from items join fences using (sku) where sku = $1', ['one'], OWN],
  [
    'update units set attempt_id = $2 from items i where units.sku = i.sku and i.sku = $1',
    ['one', 'x.0'],
    OWN,
  ],
  ['delete from units where id in (select id from units where sku = $1 limit 1)', ['one'], OWN],
  ['insert into orders (sku, attempt_id) select sku, $2 from items where sku = $1', ['one', 'x.0'], OWN],
  ['insert into fences (sku) values ($1) on conflict (sku) do update set issued = 1', ['one'], OWN],
  [`insert into fences (sku) values ('all') on conflict (sku) do update set issued = 1`, [], ['yes']],
  [`insert into holds (sku, quantity, attempt_id) values ('shop', 1, $1)`, ['x.1'], ['no']],
  [`insert into holds (sku, quantity, attempt_id) select 'shop', 1, $1`, ['x.1'], ['no']],
  [`insert into holds (sku, attempt_id) select 'shop', 'all' from items where sku = $1`, ['one'], ['yes']],
  [`insert into fences (sku) select 'shop' where $1 <> ''`, ['x.1'], ['yes']],
  [`update units set attempt_id = $1 where sku = 'shop'`, ['x.1'], ['yes']],
  ['update units set attempt_id = $1 where id = $2', ['x.1', 7], ['yes']],
  ['update items set stock = 0 where sku <> $1', ['one'], ['yes']],
  [`update holds set sku = 'shop' where attempt_id = $1`, ['x.1'], ['yes']],
  ['update holds set quantity = 2 where attempt_id = $1', ['x.1'], OWN],
  ['update items set stock = stock - 1 where sku = $1', ['total'], ['yes']],
  [`insert into holds (sku, quantity, attempt_id) values ('total', 1, 'all')`, [], ['yes']],
  ['with done as (delete from holds) select from items where sku = $1', ['one'], ['yes']],
  ['select sell($1)', ['one'], ['maybe']],
  ['insert into carts (sku) values ($1)', ['one'], ['maybe']],
  ['truncate holds', [], ['maybe']],
])('%s with %j shares what names no item', ([text, values, remains]) => {
  const answer = { columns: [], rows: [], rowCount: 1 };
  const shared = sharedBy({ sql: [{ connection: 1, text, values, answer }], redis: [] }, NAMES);
  expect(shared.map((one) => one.remains)).toEqual(remains);
});

test.for([undefined, new Error('deadlock detected'), { columns: [], rows: [], rowCount: 0 }])(
  'a statement that has changed no row leaves nothing: %o',
  (answer) => {
    const text = `update items set stock = 0 where sku = 'total'`;
    const shared = sharedBy(
      { sql: [{ connection: 1, text, values: [], ...(answer && { answer }) }], redis: [] },
      NAMES,
    );
    expect(shared).toEqual([{ what: text, remains: 'no' }]);
  },
);

test.for<[string, unknown[], object[]]>([
  ['set', ['left:one', '1'], []],
  ['set', ['answer:x.1', '1'], []],
  ['get', ['prices'], []],
  ['ping', [], []],
  ['set', ['lock:shop', 'one'], [{ what: 'lock:shop', remains: 'no' }]],
  ['del', [['left:one', 'lock:shop']], [{ what: 'lock:shop', remains: 'no' }]],
  ['eval', [`redis.call('incr', KEYS[1])`, { keys: ['left:one'] }], []],
  ['eval', [`redis.call('incr', 'total')`, { keys: ['left:one'] }], [{ what: 'total', remains: 'no' }]],
  [
    'eval',
    [`redis.call('incr', KEYS[1] .. '!')`, { keys: ['left:one'] }],
    [{ what: `eval redis.call('incr', KEYS[1] .. '!')`, remains: 'maybe' }],
  ],
  ['flushDb', [], [{ what: 'flushDb', remains: 'maybe' }]],
])('%s of %j shares keys that name no item', ([command, args, expected]) => {
  const sent = { command, args: args.filter((arg) => typeof arg === 'string'), keys: keysOf(command, args) };
  expect(sharedBy({ sql: [], redis: [sent] }, NAMES)).toEqual(expected);
});
