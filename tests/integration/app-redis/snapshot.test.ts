import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test as base } from 'vitest';
import { openAppRedis } from '@/app-under-test/redis/app-redis';
import type { AppRedis } from '@/app-under-test/redis/app-redis';
import { readValue } from '@/app-under-test/redis/redis-value';
import { ownFolder } from '@/services/env';
import { findFreePort } from '@/services/process/free-port';
import { findRedisServer } from '@/services/redis/find-redis-server.mjs';
import { connectPlainly } from '@/services/redis/redis-client';
import { startOwnRedis } from '../../fixtures/wire/own-redis';

type Client = Awaited<ReturnType<typeof connectPlainly>>;

/** An app’s Redis that an exploration has opened, and then a client that changes it. */
const test = base.extend<{ url: string; app: AppRedis; client: Client }>({
  url: [
    async ({}, use) => {
      const redis = await startOwnRedis();
      await use(redis.url);
      await redis.close();
    },
    { scope: 'file' },
  ],
  app: async ({ url }, use) => {
    const clean = await connectPlainly(url, 'test');
    await clean.ask(['FLUSHDB']);
    await clean.close();
    const app = await openAppRedis({ url, connect: connectPlainly });
    await use(app);
    await app.close();
  },
  client: async ({ url, app: _ }, use) => {
    const client = await connectPlainly(url, 'shop');
    await use(client);
    await client.close();
  },
});

const SHOP: string[][] = [
  ['SET', 'stock:1', '3'],
  ['SET', 'bytes', '\u0000\u00ff'],
  ['SET', 'session', 'x', 'PX', '600000'],
  ['HSET', 'cart:7', 'b', '2', 'a', '1'],
  ['RPUSH', 'queue', 'one', 'two'],
  ['SADD', 'seats', 'a1', 'a2'],
  ['ZADD', 'bids', '5', 'ann', '7', 'bob'],
  ['XADD', 'log', '1-1', 'field', 'value'],
];

async function fill({ ask }: Client): Promise<void> {
  for (const command of SHOP) await ask(command);
}

async function read({ ask }: Client): Promise<Record<string, string | null>> {
  const keys = ((await ask(['KEYS', '*'])) as Buffer[]).map(String).sort();
  const values = keys.map(async (key) => [key, await readValue(ask, Buffer.from(key))] as const);
  return Object.fromEntries(await Promise.all(values));
}

const isCopy = ([key]: [string, unknown]) => key.startsWith('oversell:');

describe('a snapshot of an app’s Redis', () => {
  test('tells what differs, and puts it back', async ({ app, client }) => {
    await fill(client);
    const before = await read(client);
    const snapshot = await app.takeSnapshot();
    await client.ask(['DECR', 'stock:1']);
    await client.ask(['HDEL', 'cart:7', 'b']);
    await client.ask(['DEL', 'queue']);
    await client.ask(['SET', 'lock:1', 'token']);

    const touched = new Set(['stock:1', 'cart:7', 'queue', 'lock:1', 'seats']);
    const changes = [
      { key: 'cart:7', before: '{"a":"1","b":"2"}', after: '{"a":"1"}' },
      { key: 'lock:1', before: null, after: 'token' },
      { key: 'queue', before: '["one","two"]', after: null },
      { key: 'stock:1', before: '3', after: '2' },
    ];
    expect(await snapshot.changes(touched)).toEqual(changes);
    expect(await snapshot.changes('all')).toEqual(changes);
    await snapshot.restore(touched);
    expect(await snapshot.changes('all')).toEqual([]);
    await snapshot.finish();
    expect(await read(client)).toEqual(before);
  });

  test('gives a key as long to live after each restore as at first, and its own end in the end', async ({
    app,
    client,
  }) => {
    await fill(client);
    const snapshot = await app.takeSnapshot();
    await client.ask(['PERSIST', 'session']);
    await snapshot.restore(new Set(['session']));
    const left = Number(await client.ask(['PTTL', 'session']));
    expect(left).toBeGreaterThan(590_000);
    expect(left).toBeLessThanOrEqual(600_000);
    await client.ask(['SET', 'stock:1', '0', 'PX', '1']);
    await snapshot.finish();
    expect(Number(await client.ask(['PTTL', 'session']))).toBeLessThanOrEqual(600_000);
    expect(await client.ask(['PTTL', 'stock:1'])).toBe(-1);
  });

  test('is found by the next run when this one was killed, which puts everything back', async ({
    url,
    app,
    client,
  }) => {
    await fill(client);
    const before = await read(client);
    await app.takeSnapshot();
    await client.ask(['DEL', 'stock:1', 'queue', 'bids']);
    await client.ask(['SET', 'seats', 'not a set any more']);
    await app.close();
    await client.close();

    const next = await openAppRedis({ url, connect: connectPlainly });
    await expect(next.takeSnapshot()).rejects.toThrow(
      /snapshot of an exploration that did not restore.*--restore/,
    );
    await expect(next.requireNoLeftover()).rejects.toThrow(/did not restore/);
    expect(await next.restoreLeftover()).toMatch(/^20\d\d-.* by pid \d+ on /);
    expect(await next.restoreLeftover()).toBeUndefined();
    await next.close();
    const after = await connectPlainly(url, 'after');
    expect(await read(after)).toEqual(before);
    await after.close();
  });

  test('keeps its copies where the app flushes its database', async ({ url, app, client }) => {
    await fill(client);
    const before = await read(client);
    const snapshot = await app.takeSnapshot();
    await client.ask(['FLUSHDB']);
    await snapshot.restore('all');
    await client.ask(['DEL', 'stock:1']);
    await app.close();
    await client.close();

    const next = await openAppRedis({ url, connect: connectPlainly });
    expect(await next.restoreLeftover()).toEqual(expect.any(String));
    await next.close();
    const after = await connectPlainly(url, 'after');
    expect(await read(after)).toEqual(before);
    await after.close();
  });

  test('of any values is what they were, whatever was done to them', async ({ app, client }) => {
    const key = fc.constantFrom('a', 'b:1', 'c ü', '\u0001');
    const write = fc.oneof(
      fc.tuple(fc.constant('SET'), key, fc.string()),
      fc.tuple(fc.constant('DEL'), key),
      fc.tuple(fc.constant('HSET'), key, fc.string(), fc.string()),
      fc.tuple(fc.constant('RPUSH'), key, fc.string()),
      fc.tuple(fc.constant('SADD'), key, fc.string()),
      fc.tuple(fc.constant('ZADD'), key, fc.integer().map(String), fc.string()),
    );
    const writes = fc.array(write, { maxLength: 8 });
    const send = async (commands: string[][]) => {
      // of another type: refused, as it should be
      for (const command of commands) await client.ask(command).catch(() => undefined);
    };
    const property = fc.asyncProperty(writes, writes, async (first, then) => {
      await client.ask(['FLUSHDB']);
      await send(first);
      const before = await read(client);
      const snapshot = await app.takeSnapshot();
      await send(then);
      const changed = await snapshot.changes('all');
      const now = Object.fromEntries(Object.entries(await read(client)).filter((one) => !isCopy(one)));
      const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
      expect(changed.map((one) => one.key).sort()).toEqual(
        names.filter((name) => before[name] !== now[name]).sort(),
      );
      await snapshot.finish();
      expect(await read(client)).toEqual(before);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test('is refused for more keys than are copied, and leaves nothing', async ({ app, client }) => {
    await client.ask(['EVAL', "for i = 1, 10001 do redis.call('SET', 'k' .. i, i) end", '0']);
    await expect(app.takeSnapshot()).rejects.toThrow(/10001 keys, more than the 10000/);
    await app.requireNoLeftover();
  });
});

describe('an app’s Redis is refused', () => {
  test('that another client uses', async ({ url, client }) => {
    await client.ask(['PING']);
    const opening = openAppRedis({ url, connect: connectPlainly });
    await expect(opening).rejects.toThrow(/is used by .*shop.*close them/i);
  });

  test('that is beyond this machine', async () => {
    const opening = openAppRedis({ url: 'redis://192.0.2.1', connect: connectPlainly });
    await expect(opening).rejects.toThrow(
      /Redis 192\.0\.2\.1:6379\/0 is on 192\.0\.2\.1, which is not this machine/,
    );
  });

  test('that is a cluster', async () => {
    const binary = findRedisServer({ folder: ownFolder, explicit: process.env.REDIS_SERVER_BIN }) ?? '';
    const dir = await mkdtemp(join(tmpdir(), 'oversell-cluster-'));
    const [port, bus] = [await findFreePort(), await findFreePort()];
    const ports = ['--port', String(port), '--cluster-port', String(bus), '--bind', '127.0.0.1'];
    const server = spawn(binary, [...ports, '--cluster-enabled', 'yes', '--save', '', '--dir', dir]);
    onTestFinished(async () => {
      server.kill('SIGKILL');
      await once(server, 'close');
      await rm(dir, { recursive: true });
    });
    const open = () =>
      openAppRedis({ url: `redis://127.0.0.1:${port}`, connect: connectPlainly }).catch(String);
    await expect.poll(open).toMatch(/is a cluster, which cannot be explored\. Use a single server\.$/);
  });

  test('that nothing listens at', async () => {
    const opening = openAppRedis({ url: 'redis://127.0.0.1:1', connect: connectPlainly });
    await expect(opening).rejects.toThrow(/Redis at 127\.0\.0\.1:1\/0 cannot be reached \(.*\)\. Start it/);
  });

  test('that refuses the password', async ({ url }) => {
    const wrong = new URL(url);
    wrong.password = 'wrong';
    const opening = openAppRedis({ url: wrong.href, connect: connectPlainly });
    await expect(opening).rejects.toThrow(/refuses the user or the password/);
  });
});
