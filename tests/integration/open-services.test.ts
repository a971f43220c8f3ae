import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EnvError, projectRoot } from '@/services/env';
import { openServices, ServiceUnreachableError } from '@/services/open-services';
import { claimDataSlot } from '@/services/process/data-slot';
import { isAlive, readOwner, type ProcessIdentity } from '@/services/process/process-lock.mjs';
import { createTestDatabase, testRedisUrl, testServerUrl } from '../fixtures/database/database';

interface Addresses {
  databaseUrl: string;
  redisUrl: string;
}

let dir: string;
let dataDir: string;
const cleanups: (() => unknown)[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'oversell-services-'));
  chmodSync(dir, 0o755);
  dataDir = join(dir, 'data');
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

const embedded = () => ({
  dataDir,
  databaseUrl: undefined,
  redisUrl: undefined,
  redisServerBin: redisServerBin(),
});
const redisServerBin = (): string | undefined => process.env.REDIS_SERVER_BIN || undefined;

/** Starts a process that holds services, in a process group of its own as a shell does. */
async function hold(): Promise<{ child: ChildProcess; addresses: Addresses; processes: ProcessIdentity[] }> {
  const script = join(projectRoot, 'tests', 'fixtures', 'server', 'hold-services.ts');
  const args = ['--import', 'tsx', script, dataDir];
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const services: ProcessIdentity[] = [];
  // what a holder that was killed on purpose leaves behind, if the test fails before that is cleared
  cleanups.push(() => {
    for (const one of services) if (isAlive(one)) process.kill(one.pid, 'SIGKILL');
  });
  cleanups.push(() => stop(child, 'SIGTERM'));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process that holds the services ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  const told = once(child.stdout.setEncoding('utf8'), 'data');
  const [line] = (await Promise.race([told, ended])) as [string];
  const processes = ['postgres.pid', 'redis.pid'].map((name) => readOwner(join(dataDir, name)));
  services.push(...processes.filter((one) => one !== undefined));
  return { child, addresses: JSON.parse(line) as Addresses, processes: services };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function ping(url: string): Promise<string> {
  const client = await createClient({ url }).connect();
  try {
    return await client.ping();
  } finally {
    client.destroy();
  }
}

test(
  'a folder that somebody else keeps where the data would be is left as it is',
  { tags: 'long' },
  async () => {
    const theirs = join(dataDir, 'postgres', '18', 'docker');
    mkdirSync(theirs, { recursive: true });
    writeFileSync(join(theirs, 'PG_VERSION'), '18');
    await openServices(embedded(), () => undefined).then(
      async (services) => {
        await services.close();
        // root keeps PostgreSQL's files in a folder of their own, where nobody else's can be
        expect(process.getuid?.()).toBe(0);
      },
      (error: unknown) => expect(String(error)).toContain('was not made by this program'),
    );
    expect(existsSync(join(theirs, 'PG_VERSION'))).toBe(true);
  },
);

describe('embedded services', () => {
  test('keep PostgreSQL data between starts and leave no process', async () => {
    const first = await openServices(embedded(), () => undefined);
    cleanups.push(() => first.close());
    expect(first.embedded).toEqual({ postgres: true, redis: true });
    const processes = ['postgres.pid', 'redis.pid'].map((name) => readOwner(join(dataDir, name)));
    expect(processes.map(isAlive)).toEqual([true, true]);
    await query(first.databaseUrl, `insert into items (sku, stock) values ('kept', 7)`);
    expect(await ping(first.redisUrl)).toBe('PONG');
    await first.close();
    expect(processes.map(isAlive)).toEqual([false, false]);

    const messages: string[] = [];
    const second = await openServices(embedded(), (message) => messages.push(message));
    cleanups.push(() => second.close());
    expect(messages).toEqual([]);
    expect(await query(second.databaseUrl, `select stock from items where sku = 'kept'`)).toEqual([
      { stock: 7 },
    ]);
  });

  test('have the settings that the measured costs assume', { tags: 'long' }, async () => {
    const services = await openServices(embedded(), () => undefined);
    cleanups.push(() => services.close());
    const settings = await query<{ name: string; setting: string }>(
      services.databaseUrl,
      `select name, setting from pg_settings
        where name in ('fsync', 'synchronous_commit', 'max_connections', 'listen_addresses', 'server_encoding', 'TimeZone')
        order by name collate "C"`,
    );
    expect(Object.fromEntries(settings.map((row) => [row.name, row.setting]))).toEqual({
      TimeZone: 'UTC',
      fsync: 'on',
      listen_addresses: '127.0.0.1',
      max_connections: '200',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
    });
  });

  test('ask for a password', { tags: 'long' }, async () => {
    const services = await openServices(embedded(), () => undefined);
    cleanups.push(() => services.close());
    const database = new URL(services.databaseUrl);
    database.password = 'wrong';
    await expect(query(database.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    const redis = new URL(services.redisUrl);
    redis.password = '';
    const client = createClient({ url: redis.href, socket: { reconnectStrategy: false } });
    client.on('error', () => undefined);
    await expect(client.connect()).rejects.toThrow(/NOAUTH/);
  });

  test('of a second server beside the first use the next slot', { tags: 'long' }, async () => {
    const { addresses } = await hold();
    const messages: string[] = [];
    const second = await openServices(embedded(), (message) => messages.push(message));
    cleanups.push(() => second.close());
    expect(messages[0]).toBe(`Another server uses ${dataDir}: this one keeps its data in ${dataDir}-2`);
    expect(second.databaseUrl).not.toBe(addresses.databaseUrl);
    expect(readdirSync(dir).sort()).toEqual(['data', 'data-2']);
    expect(await query(addresses.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('survive the Ctrl-C of a terminal until the server closes them', { tags: 'long' }, async () => {
    const { child, addresses, processes } = await hold();
    if (child.pid === undefined) throw new Error('no process id');
    process.kill(-child.pid, 'SIGINT');
    expect(await query(addresses.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await ping(addresses.redisUrl)).toBe('PONG');
    await stop(child, 'SIGTERM');
    expect(processes.map(isAlive)).toEqual([false, false]);
  });

  test(
    'left behind by a killed server are stopped by the next one, which keeps the data',
    { tags: 'long' },
    async () => {
      const { child, addresses, processes } = await hold();
      await query(addresses.databaseUrl, `insert into items (sku, stock) values ('kept', 3)`);
      await stop(child, 'SIGKILL');
      expect(processes.map(isAlive)).toEqual([true, true]);

      const messages: string[] = [];
      const next = await openServices(embedded(), (message) => messages.push(message));
      cleanups.push(() => next.close());
      expect(messages).toEqual(['The last server did not stop cleanly: stopping what it left behind']);
      expect(processes.map(isAlive)).toEqual([false, false]);
      expect(readdirSync(dir)).toEqual(['data']);
      expect(await query(next.databaseUrl, `select stock from items where sku = 'kept'`)).toEqual([
        { stock: 3 },
      ]);
    },
  );
});

test('embedded servers that are killed are started again with their address, and say so', async () => {
  const messages: string[] = [];
  const services = await openServices(embedded(), (message) => messages.push(message));
  cleanups.push(() => services.close());
  await query(services.databaseUrl, `insert into items (sku, stock) values ('kept', 5)`);
  expect([services.incident('postgres'), services.incident('redis')]).toEqual([undefined, undefined]);
  const ids = () => ['postgres.pid', 'redis.pid'].map((name) => readOwner(join(dataDir, name)));
  const killed = ids();

  for (const owner of killed) process.kill(owner?.pid ?? 0, 'SIGKILL');

  const stock = () =>
    query(services.databaseUrl, `select stock from items where sku = 'kept'`).catch(() => 'away');
  await expect.poll(stock, { timeout: 40_000 }).toEqual([{ stock: 5 }]);
  await expect.poll(() => ping(services.redisUrl).catch(() => 'away'), { timeout: 20_000 }).toBe('PONG');
  const again = /^ended unexpectedly \(signal SIGKILL\) and was started again at /;
  await expect.poll(() => services.incident('postgres')).toMatch(again);
  await expect.poll(() => services.incident('redis')).toMatch(again);
  expect(messages).toContain('PostgreSQL ended unexpectedly (signal SIGKILL): starting it again');
  const started = ids();
  expect(started.map(isAlive)).toEqual([true, true]);
  await services.close();
  expect(started.map(isAlive)).toEqual([false, false]);
});

describe('data slots', () => {
  test('are given out in order and free again after their release', () => {
    const first = claimDataSlot(dataDir);
    const second = claimDataSlot(dataDir);
    expect([first.dir, second.dir]).toEqual([dataDir, `${dataDir}-2`]);
    first.release();
    expect(claimDataSlot(dataDir)).toMatchObject({ dir: dataDir, number: 1, stale: false });
  });
});

describe('services of the environment', () => {
  test('replace the embedded ones, and are migrated', async () => {
    const database = await createTestDatabase({ empty: true });
    cleanups.push(() => database.drop());
    const env = { ...embedded(), databaseUrl: database.url, redisUrl: testRedisUrl() };
    const services = await openServices(env, () => undefined);
    expect(services).toMatchObject({
      databaseUrl: database.url,
      embedded: { postgres: false, redis: false },
    });
    expect(await query(database.url, 'select count(*)::int as n from items')).toEqual([{ n: 0 }]);
    await services.close();
    expect(existsSync(dataDir)).toBe(false);
    expect(await ping(testRedisUrl())).toBe('PONG');
  });

  test('replace them one by one', { tags: 'long' }, async () => {
    const services = await openServices({ ...embedded(), redisUrl: testRedisUrl() }, () => undefined);
    cleanups.push(() => services.close());
    expect(services).toMatchObject({ redisUrl: testRedisUrl(), embedded: { postgres: true, redis: false } });
    expect(existsSync(join(dataDir, 'redis.pid'))).toBe(false);
  });

  async function failure(
    env: Partial<Addresses & { redisServerBin: string }>,
  ): Promise<ServiceUnreachableError> {
    const error = await openServices({ ...embedded(), ...env }, () => undefined).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(ServiceUnreachableError);
    return error as ServiceUnreachableError;
  }

  /** A port that nothing listens on: it was ours until just now. */
  async function closedPort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  test('that cannot be reached are named without their password, and nothing is started', async () => {
    const port = await closedPort();
    const postgres = await failure({ databaseUrl: `postgresql://me:s3cret@127.0.0.1:${port}/shop` });
    expect(postgres.message).toBe(
      `PostgreSQL at 127.0.0.1:${port} cannot be reached (ECONNREFUSED). Check DATABASE_URL or unset it to use the embedded server.`,
    );
    const redis = await failure({ redisUrl: `redis://:s3cret@127.0.0.1:${port}` });
    expect(redis.message).toBe(
      `Redis at 127.0.0.1:${port} cannot be reached (ECONNREFUSED). Check REDIS_URL or unset it to use the embedded server.`,
    );
    expect(existsSync(dataDir)).toBe(false);
  });

  test('that accept a connection and never answer are given up on', async () => {
    const sockets = new Set<{ destroy: () => void }>();
    const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const [postgres, redis] = await Promise.all([
      failure({ databaseUrl: `postgresql://127.0.0.1:${port}/shop` }),
      failure({ redisUrl: `redis://127.0.0.1:${port}` }),
    ]);
    expect(postgres.message).toMatch(
      /^PostgreSQL at 127\.0\.0\.1:\d+ cannot be reached \(.+\)\. Check DATABASE_URL/,
    );
    expect(redis.message).toMatch(/^Redis at 127\.0\.0\.1:\d+ cannot be reached \(.+\)\. Check REDIS_URL/);
  });

  test('that refuse the password or lack the database say so in one line', async () => {
    const wrongPassword = new URL(testServerUrl());
    wrongPassword.password = 'wrong';
    expect((await failure({ databaseUrl: wrongPassword.href })).message).toBe(
      `PostgreSQL at ${wrongPassword.host} refuses the user or the password. Check DATABASE_URL.`,
    );
    const noDatabase = new URL(testServerUrl());
    noDatabase.pathname = '/no_such_database';
    expect((await failure({ databaseUrl: noDatabase.href })).message).toBe(
      `PostgreSQL at ${noDatabase.host} has no database of this name. Check DATABASE_URL.`,
    );
  });

  test('whose schema was changed are refused, and the difference is named', async () => {
    const database = await createTestDatabase();
    cleanups.push(() => database.drop());
    const open = () =>
      openServices({ ...embedded(), databaseUrl: database.url, redisUrl: testRedisUrl() }, () => undefined);
    await database.query('alter table orders add column note text');
    await database.query('create index on orders (created_at)');
    await (await open()).close();

    await database.query('alter table lanes rename column result to outcome');
    await database.query('alter table items alter column stock type bigint');
    await database.query('drop table fences');
    await expect(open()).rejects.toThrow(
      'The database does not fit this program: the table fences is missing, the column items.stock is bigint instead of integer, the column lanes.result is missing. Undo the change, or use another database.',
    );
  });

  test('a data folder that is a file is named in one line', async () => {
    writeFileSync(dataDir, 'not a folder');
    await expect(openServices(embedded(), () => undefined)).rejects.toThrow(
      new EnvError(
        `DATA_DIR leads to ${dataDir}, which is not a folder. Set it to a folder that this user may write to.`,
      ),
    );
  });

  test('a Redis program that cannot be run is named', async () => {
    const { message } = await failure({ redisServerBin: join(dir, 'nowhere') });
    expect(message).toBe(`REDIS_SERVER_BIN is ${join(dir, 'nowhere')}, which cannot be run.`);
    expect(existsSync(dataDir)).toBe(false);
  });
});
