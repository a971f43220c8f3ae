import { createServer } from 'node:http';
import pg from 'pg';
import { createClient } from 'redis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DRAIN_MS, openLab } from '@/lab/open-lab';
import type { LabEnv, OpenedLab } from '@/lab/open-lab';
import type { Lab } from '@/lab/lab';
import type { RaceView } from '@/model/race';
import { createPurchaseHttp, importBuild } from '@/server/http/create-http';
import { listen } from '@/server/http/listen';
import { createLog } from '@/services/log';
import { ITEM_LOCK_CLASS } from '@/services/postgres/item-lock';
import { buildFolder } from '@/services/process/program';
import { createTestDatabase, testRedisUrl } from '../fixtures/database/database';
import { only } from '../fixtures/server/targets';
import { openTcpGate } from '../fixtures/database/tcp-gate';

const log = createLog({ logLevel: 'silent' });
const SMALL = {
  strategies: ['redis-lua-gate'],
  stock: 10,
  attempts: 40,
  concurrency: 8,
  thinkMs: 1,
  rampS: 0,
};
/** A race that goes on until it is ended. */
const ENDLESS = { strategies: ['conditional-update'], stock: 0, durationS: 600, concurrency: 4 };

/** What a lab is opened on: a database of its own, and a user of Redis by which its connections are known. */
async function prepare({ isEmpty = false, rights = ['+@all'] } = {}) {
  const database = await createTestDatabase({ empty: isEmpty });
  const { name } = database;
  const redis = await createClient({ url: testRedisUrl() }).connect();
  await redis.aclSetUser(name, ['on', '>secret', '~*', '&*', ...rights]);
  onTestFinished(async () => {
    await redis.aclDelUser(name);
    await redis.close();
    await database.drop();
  });
  const redisUrl = new URL(testRedisUrl());
  Object.assign(redisUrl, { username: name, password: 'secret' });
  const env: LabEnv = {
    databaseUrl: database.url,
    redisUrl: redisUrl.href,
    poolSize: 4,
    dataDir: '/nowhere',
    redisServerBin: undefined,
  };
  /** Names of the connections that there are to either. */
  const connections = async () => {
    const backends = await database.query(
      `select application_name as name from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    const clients = (await redis.sendCommand<string>(['CLIENT', 'LIST'])).split('\n');
    const ours = clients.filter((client) => client.includes(` user=${name} `));
    return [...backends.map((backend) => String(backend.name)), ...ours.map(() => 'Redis')];
  };
  return { env, database, connections };
}

const open = (env: LabEnv, say: (message: string) => void = () => undefined) => openLab(env, { log, say });

async function race(lab: Lab, plan: object): Promise<RaceView> {
  const started = await lab.startRace(plan, { origin: 'api' });
  if (!started.ok) throw new Error(JSON.stringify(started.error));
  const ended = await lab.waitForRace(started.id);
  if (!ended) throw new Error('the race is gone');
  return ended;
}

test('labs beside each other run their own races, and leave no connection', async () => {
  const prepared = await Promise.all([prepare(), prepare()]);
  const opened: OpenedLab[] = await Promise.all(prepared.map(({ env }) => open(env)));
  for (const { connections } of prepared)
    expect(await connections()).toEqual(
      expect.arrayContaining(['oversell lab', 'oversell lease', 'oversell explorer', 'Redis']),
    );

  const races = await Promise.all(opened.map(({ lab }) => race(lab, { ...SMALL, target: 'direct' })));

  for (const [index, { lab, checkHealth }] of opened.entries()) {
    const own = races[index];
    expect(own && only(own).verdict).toMatchObject({ status: 'ok' });
    expect(await lab.listRaces({ limit: 10 })).toMatchObject({ races: [{ id: own?.id }] });
    expect(await checkHealth()).toMatchObject({ status: 'ok' });
  }

  await opened[0]?.close();
  await expect.poll(() => prepared[0].connections()).toEqual([]);
  expect(await opened[1]?.checkHealth()).toMatchObject({ status: 'ok' });
  await opened[1]?.close();
  await expect.poll(() => prepared[1].connections()).toEqual([]);
});

/** Units of an item by its row, and by each store in PostgreSQL that a strategy keeps beside it. */
const STORES = `select stock,
    (select count(*)::int from units where sku = item.sku) as units,
    (select sum(stock)::int from stock_buckets where sku = item.sku) as buckets,
    (select sum(delta)::int from ledger_entries where sku = item.sku) as ledger
  from items item where sku = $1`;

test('labs that open an empty database at once fill the stores of one demo item, and reset items one at a time', async () => {
  const { env, database } = await prepare({ isEmpty: true });
  const labs = await Promise.all([open(env), open(env), open(env)]);
  const [demo] = await database.query(STORES, ['demo']);
  expect(demo).toEqual({ stock: 100, units: 100, buckets: 100, ledger: 100 });
  for (let n = 0; n < 5; n += 1) {
    await Promise.all(labs.map(({ lab }, i) => lab.createItem({ sku: 'shirt', stock: 10 * i + n })));
    const [shirt] = await database.query(STORES, ['shirt']);
    expect(new Set(Object.values(shirt ?? {})).size, JSON.stringify(shirt)).toBe(1);
  }

  // as another server does
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  await other.query('select pg_advisory_lock($1, 0)', [ITEM_LOCK_CLASS]);
  const reset = labs[0].lab.createItem({ sku: 'shirt', stock: 7 });
  const waiting = () =>
    database
      .query(`select from pg_locks where locktype = 'advisory' and not granted`)
      .then((rows) => rows.length);
  await expect.poll(waiting).toBe(1);
  await other.query('select pg_advisory_unlock($1, 0)', [ITEM_LOCK_CLASS]);
  await reset;
  expect(await database.query(STORES, ['shirt'])).toMatchObject([{ stock: 7, units: 7 }]);
  await other.end();
  for (const { close } of labs) await close();
});

test('closing a lab ends what runs in it, and stores that', async () => {
  const { env, database, connections } = await prepare();
  const { lab, close } = await open(env);
  const started = await lab.startRace({ ...ENDLESS, target: 'direct' }, { origin: 'api' });
  const { id } = started.ok ? started : { id: '' };
  await expect.poll(() => lab.snapshots(id)[0]?.lane.status).toBe('running');

  await close();

  const [stored] = await database.query('select status, reason from races where id = $1', [id]);
  expect(stored?.status).toBe('aborted');
  expect(stored?.reason).toMatch(/^Stopped because the server was shut down after /);
  await expect.poll(connections).toEqual([]);
});

test('races over HTTP are refused until the lab knows where its purchases are served', async () => {
  const { env, connections } = await prepare();
  const { lab, purchaseService, setOrigin, close } = await open(env);
  const message =
    'is HTTP, and this program serves no purchases over HTTP: choose direct, or more than one of processes';
  const refused = { ok: false, error: { code: 'bad-race', issues: [{ path: 'target', message }] } };
  const asked = { origin: 'api' } as const;
  expect(await lab.startRace(SMALL, asked)).toMatchObject(refused);
  expect(await lab.startExperiment({ kind: 'trials', trials: 2, race: SMALL }, asked)).toMatchObject(refused);

  const http = createServer(
    createPurchaseHttp({
      build: await importBuild(buildFolder),
      purchaseService,
      reportError: (error) => expect.fail(String(error)),
      log,
    }),
  );
  setOrigin(await listen(http, { host: '127.0.0.1', port: 0 }));
  const lane = only(await race(lab, SMALL));
  expect(lane).toMatchObject({ counts: { attempts: 40, accepted: 10 }, verdict: { status: 'ok' } });

  await lab.close(DRAIN_MS);
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
  await close();
  await expect.poll(connections).toEqual([]);
});

describe('a lab that cannot be opened leaves nothing open', () => {
  test('when Redis cannot be reached', async () => {
    const { env, connections } = await prepare();
    await expect(open({ ...env, redisUrl: 'redis://127.0.0.1:1' })).rejects.toThrow(
      'Redis at 127.0.0.1:1 cannot be reached (ECONNREFUSED).',
    );
    await expect.poll(connections).toEqual([]);
  });

  test('when Redis is lost while PostgreSQL gets its tables', { tags: 'long' }, async () => {
    const { env, connections } = await prepare({ isEmpty: true });
    const gate = await openTcpGate(env.redisUrl ?? '');
    let shut: Promise<void> | undefined;
    const opening = open({ ...env, redisUrl: gate.url }, () => void (shut ??= gate.shut()));
    await expect(opening).rejects.toThrow('ECONNREFUSED');
    await shut;
    await expect.poll(connections).toEqual([]);
  });

  test('when PostgreSQL has no room for its pool', async () => {
    const { env, connections } = await prepare();
    await expect(open({ ...env, poolSize: 500 })).rejects.toThrow(/^POOL_SIZE is 500, but this PostgreSQL/);
    await expect.poll(connections).toEqual([]);
  });

  test('when Redis does not let it read', async () => {
    const { env, connections } = await prepare({ rights: ['+@all', '-@read'] });
    await expect(open(env)).rejects.toThrow(
      /^Redis at 127\.0\.0\.1:\d+ refuses a command \(NOPERM .+\)\. Check REDIS_URL\.$/,
    );
    await expect.poll(connections).toEqual([]);
  });

  test('when PostgreSQL is read-only', async () => {
    const { env, connections, database } = await prepare();
    await database.query(`alter database "${database.name}" set default_transaction_read_only = on`);
    await expect(open(env)).rejects.toThrow(
      /^PostgreSQL at 127\.0\.0\.1:\d+ is read-only\. Check DATABASE_URL\.$/,
    );
    await expect.poll(connections).toEqual([]);
  });
});
