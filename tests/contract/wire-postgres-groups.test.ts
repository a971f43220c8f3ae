import { afterEach, beforeAll, beforeEach, expect, test, afterAll } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../fixtures/database/database';
import { openHeldWire, type HeldWire } from '../fixtures/wire/held-wire';
import { message } from '../fixtures/wire/raw-session';

const { query, parse, bind, describe: ask, execute, sync, flush } = message;

let database: TestDatabase;
let wire: HeldWire;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  await database.query(`create table item (sku text primary key, stock int not null)`);
});
beforeEach(async () => {
  await database.query(`delete from item`);
  await database.query(`insert into item values ('last', 1)`);
  wire = await openHeldWire(database.url);
});
afterEach(() => wire.close());
afterAll(() => database.drop());

const stock = async () => (await database.query(`select stock from item`))[0]?.stock;

test('a group is not sent before it is released, and its reply not delivered before it is', async () => {
  const session = await wire.open();
  session.send(query(`update item set stock = 0`));
  const group = await wire.held();
  expect(group.statements).toEqual([{ sql: 'update item set stock = 0', parameters: [], rowLimit: 0 }]);
  expect(await stock()).toBe(1);

  group.release();
  expect(await wire.replied()).toBe(group);
  expect(await stock()).toBe(0);
  expect(session.types()).toBe('');
  expect(group.reply.results).toEqual([
    { columns: undefined, rows: [], tag: 'UPDATE 1', isSuspended: false },
  ]);

  group.deliver();
  await session.until('Z');
  expect(session.types()).toBe('CZ');
  const { held, released, replied, delivered } = group.times;
  expect([held, released, replied, delivered]).toEqual(
    [held, released!, replied!, delivered!].toSorted((a, b) => a - b),
  );
});

test('two connections go on in the order in which their groups are released', async () => {
  const first = await wire.open();
  const second = await wire.open();
  first.send(query(`update item set stock = 10`));
  const one = await wire.held();
  second.send(query(`update item set stock = stock + 5`));
  const two = await wire.held();
  for (const group of [two, one]) {
    group.release();
    (await wire.replied()).deliver();
  }
  expect(await stock()).toBe(10);
  expect([one.connection.id, two.connection.id]).toEqual([1, 2]);
  expect([one.connection.backendPid, two.connection.backendPid]).toEqual([first.pid, second.pid]);
});

test('a reply that waits for a lock comes when the lock is free', async () => {
  const first = await wire.open();
  const second = await wire.open();
  first.send(query(`begin; update item set stock = 10`));
  await wire.pass();
  second.send(query(`update item set stock = stock + 5`));
  const blocked = await wire.held();
  blocked.release();
  await expect
    .poll(() => database.query(`select pg_blocking_pids($1) as pids`, [blocked.connection.backendPid]))
    .toEqual([{ pids: [first.pid] }]);
  first.send(query('commit'));
  const commit = await wire.held();
  commit.release();
  const replies = [await wire.replied(), await wire.replied()];
  expect(new Set(replies)).toEqual(new Set([commit, blocked]));
  expect(second.types()).toBe('');
  expect(await stock()).toBe(15);
});

test('one group of a connection at a time: what is sent ahead waits for the delivery', async () => {
  const session = await wire.open();
  session.send(query('select 1'), query('select 2'), query('select 3'));
  const one = await wire.held();
  one.release();
  await wire.replied();
  expect(wire.log.filter((line) => line.startsWith('held'))).toEqual(['held select 1']);
  one.deliver();
  expect((await wire.pass()).statements[0]?.sql).toBe('select 2');
  await wire.pass();
  await session.until('Z', 3);
});

test('what only prepares, describes or closes passes by itself', async () => {
  const session = await wire.open();
  session.send(parse('select $1::int as n', 'plus'), ask('S', 'plus'), sync());
  await session.until('Z');
  expect(wire.log).toEqual(['opened', 'passed ']);
  session.send(bind(['4'], { statement: 'plus' }), execute(), sync());
  const group = await wire.pass();
  expect(group.statements).toEqual([{ sql: 'select $1::int as n', parameters: ['4'], rowLimit: 0 }]);
  // described long before
  expect(group.reply.results[0]?.columns).toEqual([{ name: 'n', typeOid: 23, isBinary: false }]);
  expect(group.reply.results[0]?.rows).toEqual([['4']]);
});

test('a Sync that commits what was executed before a Flush is held', async () => {
  const session = await wire.open();
  session.send(parse('update item set stock = 7'), bind(), execute(), flush());
  expect((await wire.pass()).endsImplicitTransaction).toBe(false);
  expect(await stock()).toBe(1);
  session.send(sync());
  const commit = await wire.held();
  expect(commit).toMatchObject({ statements: [], endsImplicitTransaction: true, maySplit: false });
  expect(await stock()).toBe(1);
  commit.release();
  await wire.replied();
  expect(await stock()).toBe(7);
});

test('a group tells of its connection, transaction, results and errors', async () => {
  const session = await wire.open(`${wire.url}?application_name=shop`);
  session.send(query('begin'));
  const begin = await wire.pass();
  expect(begin).toMatchObject({ statusBefore: 'idle', statusAfter: 'open' });
  expect(begin.connection).toMatchObject({
    user: new URL(database.url).username,
    database: database.name,
    applicationName: 'shop',
  });
  session.send(query(`set application_name = 'other'`));
  expect((await wire.pass()).connection.applicationName).toBe('other');
  session.send(query(`show timezone; select sku, stock from item; select 1/0`));
  const failing = await wire.pass();
  expect(failing).toMatchObject({ statusBefore: 'open', statusAfter: 'failed' });
  expect(failing.reply.results.map(({ tag, rows }) => ({ tag, rows }))).toEqual([
    { tag: 'SHOW', rows: [['UTC']] },
    { tag: 'SELECT 1', rows: [['last', '1']] },
  ]);
  expect(failing.reply.error).toMatchObject({
    code: '22012',
    severity: 'ERROR',
    message: 'division by zero',
  });
});

test('several executions of a portal are statements of their own, with their limits', async () => {
  const session = await wire.open();
  session.send(parse('select generate_series(1, 3) as n'), bind([], { portal: 'p' }), ask('P', 'p'));
  session.send(execute(2, 'p'), execute(0, 'p'), sync());
  const { statements, reply } = await wire.pass();
  expect(statements.map(({ rowLimit }) => rowLimit)).toEqual([2, 0]);
  expect(reply.results.map(({ rows, isSuspended }) => ({ rows, isSuspended }))).toEqual([
    { rows: [['1'], ['2']], isSuspended: true },
    { rows: [['3']], isSuspended: false },
  ]);
});

test('what was prepared while everything passed is known when the proxy begins to hold', async () => {
  wire.proxy.hold(false);
  const session = await wire.open();
  session.send(parse('select 1', 'gone'), parse('select $1::text', 'kept'), sync());
  session.send(query('deallocate gone'));
  await session.until('Z', 2);
  wire.proxy.hold(true);
  session.send(bind(['x'], { statement: 'kept' }), execute(), sync());
  expect((await wire.pass()).statements[0]).toMatchObject({
    sql: 'select $1::text',
    parameters: ['x'],
  });
  session.send(bind([], { statement: 'gone' }), execute(), sync());
  const gone = await wire.pass();
  expect(gone.statements[0]?.sql).toBeUndefined();
  expect(gone.reply.error?.code).toBe('26000');
});

test('a statement whose preparation failed is not known', async () => {
  const session = await wire.open();
  session.send(parse('selec 1', 'mistyped'), sync(), parse('select 1', 'mistyped'), sync());
  await session.until('Z', 2);
  session.send(parse('select 2', 'mistyped'), sync());
  await session.until('Z', 3);
  session.send(bind([], { statement: 'mistyped' }), execute(), sync());
  expect((await wire.pass()).statements[0]?.sql).toBe('select 1');
});

test('a connection goes over to holding once its group is complete and replied to', async () => {
  wire.proxy.hold(false);
  const other = await wire.open(database.url);
  other.send(query('select pg_advisory_lock(7)'));
  await other.until('Z');
  const session = await wire.open();
  session.send(parse('select pg_advisory_lock(7)'), bind(), execute());
  await expect
    .poll(() => database.query('select pg_blocking_pids($1) as pids', [session.pid]))
    .toEqual([{ pids: [other.pid] }]);
  wire.proxy.hold(true);
  session.send(sync(), query('select 2'));
  other.send(query('select pg_advisory_unlock(7)'));
  await session.until('Z', 2);
  session.send(query('select 3'));
  expect((await wire.pass()).statements[0]?.sql).toBe('select 3');
});

test('while the proxy does not hold, it tells what SQL is prepared or sent', async () => {
  const seen: (string | undefined)[] = [];
  const passing = await openHeldWire(database.url, { hooks: { seen: (_, sql) => void seen.push(sql) } });
  try {
    passing.proxy.hold(false);
    const session = await passing.open();
    const long = `select 3 ${' '.repeat(2 << 20)}`;
    for (const [i, messages] of [[query('select 1')], [parse('select 2'), sync()], [query(long)]].entries()) {
      session.send(...messages);
      await session.until('Z', i + 1);
    }
    expect(seen).toEqual(['select 1', 'select 2', undefined]);
  } finally {
    await passing.close();
  }
});
