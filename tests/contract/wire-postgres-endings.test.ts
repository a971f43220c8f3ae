import pg from 'pg';
import { afterEach, beforeAll, beforeEach, expect, test, afterAll } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../fixtures/database/database';
import { openHeldWire, type HeldWire } from '../fixtures/wire/held-wire';
import { message } from '../fixtures/wire/raw-session';

const { query, parse, bind, describe: ask, execute, sync } = message;

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

const stock = async () => (await database.query(`select stock from item`))[0]?.stock;

test('a group that is split stands before its commit', async () => {
  const session = await wire.open();
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
  const direct = await wire.open(database.url);
  const split = await wire.open();
  for (const session of [direct, split]) session.send(...frames, query('select 6'));
  const group = await wire.held();
  group.release({ split: true });
  await wire.replied();
  if (group.isCommitPending) {
    group.commit();
    await wire.replied();
  }
  group.deliver();
  await wire.pass();
  await direct.until('Z', 2);
  await split.until('Z', 2);
  expect(split.bytes()).toBe(direct.bytes());
});

test('a split leaves the unnamed statement to its client', async () => {
  const session = await wire.open();
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
  expect((await wire.pass()).reply.results[0]?.rows).toEqual([['1']]);
});

test('what a transaction of its own would change is never split', async () => {
  const session = await wire.open();
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
    const session = await wire.open();
    if (status === 'open') {
      session.send(query('begin; update item set stock = 5'));
      await wire.pass();
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
    await wire.pass();
    expect(session.types().slice(before)).toMatch(/^12nEZ/);
    expect(await stock()).toBe(1);
  },
);

test('a FATAL error instead of a statement ends the connection', async () => {
  const session = await wire.open();
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
  const session = await wire.open();
  session.send(query('begin; update item set stock = 9'));
  await wire.pass();
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
  const session = await wire.open();
  session.send(query('begin'));
  await wire.pass();
  session.send(query('select 1'));
  const held = await wire.held();
  await database.query('select pg_terminate_backend($1)', [session.pid]);
  await wire.closed();
  await session.ended;
  expect(session.types()).toMatch(/E$/);
  held.release();
});

test('a reply that is lost half-way is known as that, and delivered before the end', async () => {
  const session = await wire.open();
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
  const session = await wire.open(small.url);
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
