import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgresProxy, type PostgresProxy, type WireHooks } from '@/wire/postgres/proxy';
import { createTestDatabase, type TestDatabase } from '../fixtures/database/database';
import { openCuttingRelay, type CuttingRelay } from '../fixtures/wire/cutting-relay';
import { message, openRawSession, type RawSession } from '../fixtures/wire/raw-session';

const { query, parse, bind, describe: ask, execute, close, sync, flush } = message;
const { copyData, copyDone, copyFail, terminate, callAbs } = message;

const int4 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** What a client sends, and for which messages it waits. */
type Script = (session: RawSession) => Promise<void> | void;

const SCRIPTS: Record<string, Script> = {
  'a simple query': async (s) => {
    s.send(query('select 1 as one, null as nothing'));
    await s.until('Z');
  },
  'several statements in one simple query, an error in the middle': async (s) => {
    s.send(query('select 1; select 2/0; select 3'));
    await s.until('Z');
    s.send(query('select 4'));
    await s.until('Z', 2);
  },
  'an empty query, in both protocols': async (s) => {
    s.send(query(''));
    await s.until('Z');
    s.send(parse(''), bind(), execute(), sync());
    await s.until('Z', 2);
  },
  'simple queries sent without waiting': async (s) => {
    s.send(query('select 1'), query('select 2/0'), query('select 3'));
    await s.until('Z', 3);
  },
  'a transaction that fails and is rolled back': async (s) => {
    for (const [i, sql] of ['begin', 'select 1/0', 'select 1', 'rollback'].entries()) {
      s.send(query(sql));
      await s.until('Z', i + 1);
    }
  },
  'the extended protocol with a named statement, used twice and closed': async (s) => {
    s.send(parse('select $1::int + 1 as sum', 'plus'), ask('S', 'plus'), sync());
    await s.until('Z');
    for (const [i, value] of ['1', '41'].entries()) {
      s.send(bind([value], { statement: 'plus' }), ask('P'), execute(), sync());
      await s.until('Z', i + 2);
    }
    s.send(close('S', 'plus'), sync());
    await s.until('Z', 4);
    s.send(bind(['1'], { statement: 'plus' }), execute(), sync());
    await s.until('Z', 5);
  },
  'binary parameters and results': async (s) => {
    s.send(parse('select $1::int4 as n, $2::bytea as b, $3::text as t', '', [23, 17, 25]));
    s.send(
      bind([int4(-7), Buffer.from([0, 255, 10]), null], { resultFormats: [1] }),
      ask('P'),
      execute(),
      sync(),
    );
    await s.until('Z');
  },
  'pipelined batches, one of which fails': async (s) => {
    for (let i = 0; i < 20; i += 1)
      s.send(parse(`select 10 / ($1::int - 5) as n`), bind([String(i)]), execute(), sync());
    await s.until('Z', 20);
  },
  'a batch under one Sync that fails in the middle': async (s) => {
    const one = (value: string) => [parse('select 6 / $1::int'), bind([value]), ask('P'), execute()];
    s.send(...one('1'), ...one('0'), ...one('2'), sync(), ...one('3'), sync());
    await s.until('Z', 2);
  },
  'Flush after every message': async (s) => {
    s.send(parse('select generate_series(1, 3) as n', 'series'), flush());
    await s.until('1');
    s.send(ask('S', 'series'), flush());
    await s.until('T');
    s.send(bind([], { statement: 'series' }), flush());
    await s.until('2');
    s.send(execute(), flush());
    await s.until('C');
    s.send(sync());
    await s.until('Z');
  },
  'an error before Flush, and what follows up to Sync ignored': async (s) => {
    s.send(parse('select from nothing_of_that_name'), flush());
    await s.until('E');
    s.send(parse('select 1'), flush(), query('select 2'), bind(), execute(), flush());
    s.send(sync(), query('select 3'));
    await s.until('Z', 2);
  },
  'a portal with a row limit, executed until it is empty': async (s) => {
    s.send(query('begin'));
    await s.until('Z');
    s.send(parse('select generate_series(1, 7) as n'), bind([], { portal: 'p' }), ask('P', 'p'));
    s.send(execute(3, 'p'), execute(3, 'p'), flush());
    await s.until('s', 2);
    s.send(execute(3, 'p'), sync());
    await s.until('Z', 2);
    s.send(close('P', 'p'), sync(), query('commit'));
    await s.until('Z', 4);
  },
  'COPY from the client by a simple query': async (s) => {
    s.send(query('create temp table t (n int primary key); copy t from stdin'));
    await s.until('G');
    s.send(copyData('1\n2\n'), copyData('3\n'));
    s.send(copyDone());
    await s.until('Z');
    s.send(query('select count(*) from t'));
    await s.until('Z', 2);
  },
  'COPY from the client by the extended protocol': async (s) => {
    s.send(query('create temp table t (n int primary key)'));
    await s.until('Z');
    // the first Sync is ignored by the server, which is why libpq sends another one after the data
    s.send(parse('copy t from stdin'), bind(), ask('P'), execute(), sync());
    await s.until('G');
    s.send(copyData('1\n'), copyData('2\n'), copyDone(), sync());
    await s.until('Z', 2);
    s.send(parse('select count(*) from t'), bind(), execute(), sync());
    await s.until('Z', 3);
  },
  'COPY from the client that fails, in both protocols': async (s) => {
    s.send(query('create table copied (n int primary key)'));
    await s.until('Z');
    s.send(query('copy copied from stdin'));
    await s.until('G');
    s.send(copyData('1\n1\n'), copyDone());
    await s.until('Z', 2);
    s.send(query('copy copied from stdin'));
    await s.until('G', 2);
    s.send(copyFail('changed my mind'));
    await s.until('Z', 3);
    s.send(parse('copy copied from stdin'), bind(), execute(), sync());
    await s.until('G', 3);
    s.send(copyData('no number\n'));
    await s.until('E', 3);
    s.send(copyData('5\n'), copyDone(), sync());
    await s.until('Z', 4);
    s.send(query('select count(*) from copied; drop table copied'));
    await s.until('Z', 5);
  },
  'COPY to the client': async (s) => {
    s.send(query('copy (select n, repeat(n::text, 100) from generate_series(1, 5000) n) to stdout'));
    await s.until('Z');
    s.send(parse('copy (select 1) to stdout'), bind(), execute(), sync(), query('select 1'));
    await s.until('Z', 3);
  },
  'a row larger than a chunk, and many rows': async (s) => {
    s.send(query(`select repeat('x', 300000) as large`), query('select generate_series(1, 50000)'));
    await s.until('Z', 2);
  },
  'a statement and parameters larger than a chunk': async (s) => {
    s.send(query(`select length('${'y'.repeat(200_000)}')`));
    s.send(parse('select md5($1)'), bind(['z'.repeat(400_000)]), execute(), sync());
    await s.until('Z', 2);
  },
  'notices, parameter changes and notifications': async (s) => {
    s.send(query(`do $$ begin raise notice 'one'; raise notice 'two'; end $$; select 1`));
    await s.until('Z');
    s.send(query(`set application_name = 'renamed'; set timezone = 'Asia/Tokyo'; select 1`));
    await s.until('Z', 2);
    s.send(query('listen news'));
    await s.until('Z', 3);
    s.send(query(`notify news, 'mine'`));
    await s.until('Z', 4);
  },
  'SQL that deallocates prepared statements': async (s) => {
    s.send(parse('select 1', 'a'), parse('select 2', 'B b'), sync());
    s.send(query('deallocate a; deallocate prepare "B b"'));
    s.send(bind([], { statement: 'a' }), execute(), sync());
    s.send(parse('select 3', 'a'), bind([], { statement: 'a' }), execute(), sync(), query('discard all'));
    s.send(bind([], { statement: 'a' }), execute(), sync());
    await s.until('Z', 6);
  },
  'a function call': async (s) => {
    s.send(callAbs('-5'), callAbs('none'), query('select 1'));
    await s.until('Z', 3);
  },
  'a message that no server knows': async (s) => {
    s.send(query('select 1'));
    await s.until('Z');
    s.send(Buffer.from([0x79, 0, 0, 0, 4]));
    await s.ended;
  },
  'a message of an impossible length': async (s) => {
    s.send(Buffer.from([0x51, 0, 0, 0, 1, 1, 1]));
    await s.ended;
  },
  'a last query that ends with the connection': async (s) => {
    s.send(query('select 1'));
    await s.until('Z');
    s.send(terminate());
    await s.ended;
  },
};

let database: TestDatabase;
let relay: CuttingRelay;
let held = 0;
const proxies = new Map<string, PostgresProxy>();

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  const { hostname, port } = new URL(database.url);
  const upstream = { host: hostname, port: Number(port) };
  relay = await openCuttingRelay(upstream);
  const hooks: WireHooks = {
    held: (group) => {
      held += 1;
      group.release();
    },
    replied: (group) => group.deliver(),
  };
  proxies.set('whole', await startPostgresProxy({ upstream, hooks }));
  proxies.set('cut', await startPostgresProxy({ upstream: { host: '127.0.0.1', port: relay.port }, hooks }));
});
afterAll(async () => {
  for (const proxy of proxies.values()) await proxy.close();
  relay.close();
  await database.drop();
});

async function record(url: string, script: Script): Promise<string> {
  const session = await openRawSession(url);
  await script(session);
  session.end();
  return session.bytes();
}

describe.each([
  ['passes', 'whole', false],
  ['holds and releases at once', 'whole', true],
  ['passes pieces', 'cut', false],
  ['holds and releases at once what arrives in pieces', 'cut', true],
])('a wire that %s leaves every byte of the server as it is:', (_, name, holds) => {
  test.each(Object.entries(SCRIPTS))('%s', async (__, script) => {
    const proxy = proxies.get(name)!;
    proxy.hold(holds);
    held = 0;
    const url = new URL(database.url);
    url.host = `127.0.0.1:${proxy.port}`;
    const direct = await record(database.url, script);
    expect(await record(url.href, script)).toBe(direct);
    if (!holds) expect(held).toBe(0);
  });
});
