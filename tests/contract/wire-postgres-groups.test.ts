import pg from 'pg';
import { afterEach, beforeAll, beforeEach, expect, test, afterAll } from 'vitest';
import type { Group } from '@/wire/postgres/proxy';
import { createTestDatabase, type TestDatabase } from '../fixtures/database/database';
import { openHeldWire, type HeldWire } from '../fixtures/wire/held-wire';
import { message, openRawSession, type RawSession } from '../fixtures/wire/raw-session';

const { query, parse, bind, describe: ask, execute, sync, flush } = message;

let database: TestDatabase;
let wire: HeldWire;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  await database.query(`create table item (sku text primary key, stock int not null)`);
  await database.query(`create table parent (id int primary key)`);
  await database.query(`create table child (parent int references parent deferrable initially deferred)`);
});
beforeEach(async () => {
  await database.query(`delete from item`);
  await database.query(`insert into item values ('last', 1)`);
  wire = await openHeldWire(database.url);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await wire.close();
});
afterAll(() => database.drop());

async function open(url = wire.url): Promise<RawSession> {
  const session = await openRawSession(url);
  closers.push(() => session.end());
  return session;
}

async function pass(group: Promise<Group>): Promise<Group> {
  const held = await group;
  held.release();
  const replied = await wire.replied();
  expect(replied).toBe(held);
  replied.deliver();
  return replied;
}

const stock = async () => (await database.query(`select stock from item`))[0]?.stock;

test('a group is not sent before it is released, and its reply not delivered before it is', async () => {
  const session = await open();
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
  const first = await open();
  const second = await open();
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
  const first = await open();
  const second = await open();
  first.send(query(`begin; update item set stock = 10`));
  await pass(wire.held());
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
  const session = await open();
  session.send(query('select 1'), query('select 2'), query('select 3'));
  const one = await wire.held();
  one.release();
  await wire.replied();
  expect(wire.log.filter((line) => line.startsWith('held'))).toEqual(['held select 1']);
  one.deliver();
  expect((await pass(wire.held())).statements[0]?.sql).toBe('select 2');
  await pass(wire.held());
  await session.until('Z', 3);
});

test('what only prepares, describes or closes passes by itself', async () => {
  const session = await open();
  session.send(parse('select $1::int as n', 'plus'), ask('S', 'plus'), sync());
  await session.until('Z');
  expect(wire.log).toEqual(['opened', 'passed ']);
  session.send(bind(['4'], { statement: 'plus' }), execute(), sync());
  const group = await pass(wire.held());
  expect(group.statements).toEqual([{ sql: 'select $1::int as n', parameters: ['4'], rowLimit: 0 }]);
  // described long before
  expect(group.reply.results[0]?.columns).toEqual([{ name: 'n', typeOid: 23, isBinary: false }]);
  expect(group.reply.results[0]?.rows).toEqual([['4']]);
});

test('a Sync that commits what was executed before a Flush is held', async () => {
  const session = await open();
  session.send(parse('update item set stock = 7'), bind(), execute(), flush());
  expect((await pass(wire.held())).endsImplicitTransaction).toBe(false);
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
  const session = await open(`${wire.url}?application_name=shop`);
  session.send(query('begin'));
  const begin = await pass(wire.held());
  expect(begin).toMatchObject({ statusBefore: 'idle', statusAfter: 'open' });
  expect(begin.connection).toMatchObject({
    user: new URL(database.url).username,
    database: database.name,
    applicationName: 'shop',
  });
  session.send(query(`set application_name = 'other'`));
  expect((await pass(wire.held())).connection.applicationName).toBe('other');
  session.send(query(`show timezone; select sku, stock from item; select 1/0`));
  const failing = await pass(wire.held());
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
  const session = await open();
  session.send(parse('select generate_series(1, 3) as n'), bind([], { portal: 'p' }), ask('P', 'p'));
  session.send(execute(2, 'p'), execute(0, 'p'), sync());
  const { statements, reply } = await pass(wire.held());
  expect(statements.map(({ rowLimit }) => rowLimit)).toEqual([2, 0]);
  expect(reply.results.map(({ rows, isSuspended }) => ({ rows, isSuspended }))).toEqual([
    { rows: [['1'], ['2']], isSuspended: true },
    { rows: [['3']], isSuspended: false },
  ]);
});

test('what was prepared while everything passed is known when the proxy begins to hold', async () => {
  wire.proxy.hold(false);
  const session = await open();
  session.send(parse('select 1', 'gone'), parse('select $1::text', 'kept'), sync());
  session.send(query('deallocate gone'));
  await session.until('Z', 2);
  wire.proxy.hold(true);
  session.send(bind(['x'], { statement: 'kept' }), execute(), sync());
  expect((await pass(wire.held())).statements[0]).toMatchObject({
    sql: 'select $1::text',
    parameters: ['x'],
  });
  session.send(bind([], { statement: 'gone' }), execute(), sync());
  const gone = await pass(wire.held());
  expect(gone.statements[0]?.sql).toBeUndefined();
  expect(gone.reply.error?.code).toBe('26000');
});

test('a statement whose preparation failed is not known', async () => {
  const session = await open();
  session.send(parse('selec 1', 'mistyped'), sync(), parse('select 1', 'mistyped'), sync());
  await session.until('Z', 2);
  session.send(parse('select 2', 'mistyped'), sync());
  await session.until('Z', 3);
  session.send(bind([], { statement: 'mistyped' }), execute(), sync());
  expect((await pass(wire.held())).statements[0]?.sql).toBe('select 1');
});

test('a connection goes over to holding once its group is complete and replied to', async () => {
  wire.proxy.hold(false);
  const other = await open(database.url);
  other.send(query('select pg_advisory_lock(7)'));
  await other.until('Z');
  const session = await open();
  session.send(parse('select pg_advisory_lock(7)'), bind(), execute());
  await expect
    .poll(() => database.query('select pg_blocking_pids($1) as pids', [session.pid]))
    .toEqual([{ pids: [other.pid] }]);
  wire.proxy.hold(true);
  session.send(sync(), query('select 2'));
  other.send(query('select pg_advisory_unlock(7)'));
  await session.until('Z', 2);
  session.send(query('select 3'));
  expect((await pass(wire.held())).statements[0]?.sql).toBe('select 3');
});

test('a group that is split stands before its commit', async () => {
  const session = await open();
  session.send(query(`update item set stock = 3 returning sku`));
  const group = await wire.held();
  expect(group.maySplit).toBe(true);
  group.release({ split: true });
  await wire.replied();
  expect(group.isCommitPending).toBe(true);
  expect(group.reply.results[0]).toMatchObject({ tag: 'UPDATE 1', rows: [['last']] });
  expect(await stock()).toBe(1);
  expect(() => group.deliver()).toThrow('commit pending');

  group.commit();
  await wire.replied();
  expect(await stock()).toBe(3);
  expect(group.isCommitPending).toBe(false);
  group.deliver();
  await session.until('Z');
  expect(session.types()).toBe('TDCZ');
  expect(group.statusAfter).toBe('idle');
});

const same: Record<string, Buffer[]> = {
  'a simple query': [query('select 1; update item set stock = 2')],
  'the extended protocol': [
    parse('update item set stock = $1 returning *'),
    bind(['4']),
    ask('P'),
    execute(),
    sync(),
  ],
  'an error': [query('update item set stock = null')],
  'an error in the extended protocol': [parse('select 1/$1::int'), bind(['0']), ask('P'), execute(), sync()],
  'an error at the commit': [query('select 5; insert into child values (99)')],
  'an error at the commit, in the extended protocol': [
    parse('insert into child values ($1) returning parent'),
    bind(['98']),
    ask('P'),
    execute(),
    sync(),
  ],
};
test.each(Object.entries(same))('the client cannot tell that its group was split: %s', async (_, frames) => {
  const direct = await open(database.url);
  const split = await open();
  for (const session of [direct, split]) session.send(...frames, query('select 6'));
  const group = await wire.held();
  group.release({ split: true });
  await wire.replied();
  if (group.isCommitPending) {
    group.commit();
    await wire.replied();
  }
  group.deliver();
  await pass(wire.held());
  await direct.until('Z', 2);
  await split.until('Z', 2);
  expect(split.bytes()).toBe(direct.bytes());
});

test('a split leaves the unnamed statement to its client', async () => {
  const session = await open();
  session.send(parse('select stock from item'), ask('S'), sync());
  await session.until('Z');
  session.send(bind(), execute(), sync());
  const group = await wire.held();
  group.release({ split: true });
  (await wire.replied()).commit();
  await wire.replied();
  expect(group.reply.error).toBeUndefined();
  group.deliver();
  session.send(bind(), execute(), sync());
  expect((await pass(wire.held())).reply.results[0]?.rows).toEqual([['1']]);
});

test('what a transaction of its own would change is never split', async () => {
  const session = await open();
  for (const sql of [
    'vacuum item',
    'begin; select 1',
    'call nothing()',
    'set local work_mem = 64; select 1',
  ]) {
    session.send(query(sql));
    const group = await wire.held();
    expect([sql, group.maySplit]).toEqual([sql, false]);
    expect(() => group.release({ split: true })).toThrow('must not be split');
    group.fail({ severity: 'ERROR', code: '57014', message: 'not run' });
    (await wire.replied()).deliver();
  }
});

test.each(['idle', 'open'] as const)(
  'an error instead of a statement leaves the session as a real one would: transaction %s',
  async (status) => {
    const session = await open();
    if (status === 'open') {
      session.send(query('begin; update item set stock = 5'));
      await pass(wire.held());
      await session.until('Z');
    }
    const before = session.types().length;
    session.send(parse('update item set stock = 6'), bind(), ask('P'), execute(), sync());
    const group = await wire.held();
    group.fail({ severity: 'ERROR', code: '40001', message: 'could not serialize access' });
    await wire.replied();
    expect(group.reply.error).toEqual({
      severity: 'ERROR',
      code: '40001',
      message: 'could not serialize access',
    });
    expect(group.statusAfter).toBe(status === 'open' ? 'failed' : 'idle');
    group.deliver();
    await session.until('E');
    session.send(query('commit'));
    await pass(wire.held());
    expect(session.types().slice(before)).toMatch(/^12nEZ/);
    expect(await stock()).toBe(1);
  },
);

test('a FATAL error instead of a statement ends the connection', async () => {
  const session = await open();
  session.send(query('update item set stock = 6'));
  const group = await wire.held();
  group.fail({ severity: 'FATAL', code: '57P01', message: 'terminating connection' });
  await session.ended;
  expect(session.types()).toBe('E');
  expect(await stock()).toBe(1);
});

const backends = (pid: number) =>
  database.query('select pid from pg_stat_activity where pid = $1', [pid]).then((rows) => rows.length);

test('a client that leaves within a transaction leaves nothing on the server', async () => {
  const session = await open();
  session.send(query('begin; update item set stock = 9'));
  await pass(wire.held());
  session.send(query('select 1'));
  const group = await wire.held();
  session.end();
  expect((await wire.closed()).backendPid).toBe(session.pid);
  await expect.poll(() => backends(session.pid)).toBe(0);
  expect(await stock()).toBe(1);
  expect(wire.proxy.connections.size).toBe(0);
  // no error: it cannot know yet
  group.release();
  group.deliver();
});

test('a server that leaves takes the client with it', async () => {
  const session = await open();
  session.send(query('begin'));
  await pass(wire.held());
  session.send(query('select 1'));
  const held = await wire.held();
  await database.query('select pg_terminate_backend($1)', [session.pid]);
  await wire.closed();
  await session.ended;
  expect(session.types()).toMatch(/E$/);
  held.release();
});

test('a reply that is lost half-way is known as that, and delivered before the end', async () => {
  const session = await open();
  session.send(query('select pg_sleep(3600)'));
  const group = await wire.held();
  group.release();
  await expect.poll(() => backends(session.pid)).toBe(1);
  await database.query('select pg_terminate_backend($1)', [session.pid]);
  await wire.replied();
  expect(group).toMatchObject({ isLost: true, reply: { error: { code: '57P01' } } });
  expect(session.isEnded()).toBe(false);
  group.deliver();
  await session.ended;
  expect(session.types()).toBe('TE');
});

test('a reply longer than the limit passes, and a group longer than it is refused', async () => {
  const small = await openHeldWire(database.url, { limitBytes: 10_000 });
  closers.push(() => small.close());
  const session = await open(small.url);
  session.send(query('select generate_series(1, 10000)'));
  (await small.held()).release();
  const group = await small.replied();
  expect(group.reply.isPartial).toBe(true);
  expect(group.reply.bytes).toBeLessThan(10_000);
  group.deliver();
  await session.until('Z');
  expect(session.types().length).toBe(10_003);
  session.send(query(`select '${'x'.repeat(10_000)}'`));
  await session.ended;
  expect(session.received.at(-1)?.bytes.toString()).toContain('54000');
});

test('a cancel request reaches the statement that the server executes', async () => {
  const client = new pg.Client({ connectionString: wire.url });
  await client.connect();
  closers.push(() => client.end());
  const slow = client.query('select pg_sleep(3600)').catch((error: unknown) => error);
  const group = await wire.held();
  group.release();
  const other = new pg.Client({ connectionString: wire.url }) as pg.Client & {
    cancel: (client: pg.Client, query: unknown) => void;
  };
  const active = client as unknown as { _getActiveQuery: () => unknown };
  await expect
    .poll(() =>
      database.query(`select state from pg_stat_activity where pid = $1`, [group.connection.backendPid]),
    )
    .toEqual([{ state: 'active' }]);
  other.cancel(client, active._getActiveQuery());
  (await wire.replied()).deliver();
  expect(await slow).toMatchObject({ code: '57014' });
});
