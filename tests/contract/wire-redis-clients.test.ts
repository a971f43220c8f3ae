import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '@/services/env';
import { openRedisTap } from '../fixtures/wire/redis-tap';
import { redisWays } from '../fixtures/wire/redis-ways';

const ways = redisWays();

/** What a client library and the server say to each other, with and without the proxy. */
async function compareClient(use: (url: string) => Promise<unknown>): Promise<void> {
  const said: Record<string, unknown> = {};
  const results: Record<string, unknown> = {};
  for (const [way, url] of Object.entries(ways.urls())) {
    await ways.empty();
    const tap = await openRedisTap(url);
    try {
      results[way] = await use(tap.url);
      said[way] = tap
        .transcripts()
        .map(({ sent, received }) => [sent, received.replace(/(\r\nid\r\n):\d+/, '$1:0')]);
    } finally {
      await tap.close();
    }
  }
  expect(results.idle).toEqual(results.direct);
  expect(results.holding).toEqual(results.direct);
  expect(said.idle).toEqual(said.direct);
  expect(said.holding).toEqual(said.direct);
  expect(said.direct).not.toEqual([]);
}

describe('a client library says and hears the same', () => {
  test.each([[2], [3]] as const)('node-redis with RESP%d', async (RESP) => {
    await compareClient(async (url) => {
      const client = createClient({ url, RESP, name: 'shop' });
      const listener = client.duplicate();
      for (const each of [client, listener]) each.on('error', () => undefined);
      await client.connect();
      await listener.connect();
      const heard: string[] = [];
      let hear = (): void => undefined;
      await listener.subscribe('news', (message) => {
        heard.push(message);
        hear();
      });
      const results = [
        await Promise.all(Array.from({ length: 30 }, (_, i) => client.set(`k${i}`, i))),
        await client.mGet(['k1', 'none', 'k29']),
        await client.hSet('h', { a: '1', b: '2' }),
        await client.hGetAll('h'),
        await client.multi().incr('k1').get('k1').exec(),
        await client.zAdd('z', [{ score: 1.5, value: 'a' }]),
        await client.zRangeWithScores('z', 0, -1),
        await client.eval('return {KEYS[1], ARGV[1]}', { keys: ['k'], arguments: ['x'] }),
        await client.lPush('k1', 'x').catch((error: unknown) => String(error)),
      ];
      const arrival = new Promise<void>((resolve) => (hear = resolve));
      await client.publish('news', 'hello');
      await arrival;
      await listener.unsubscribe('news');
      await listener.close();
      await client.close();
      return [results, heard];
    });
  });

  test('ioredis', async () => {
    await compareClient(async (url) => {
      const client = new Redis(url, { enableReadyCheck: false, disableClientInfo: true });
      const results = [
        await client.pipeline().set('a', '1').incr('a').lpush('a', 'x').exec(),
        await client.multi().set('b', '1').get('b').exec(),
        await client.watch('b'),
        await client.getBuffer('b'),
        await client.eval('return redis.call("incrby", KEYS[1], ARGV[1])', 1, 'a', 5),
        await client.hset('h', { x: 1 }),
        await client.hgetall('h'),
        await client.blpop('none', 0.01),
      ];
      await client.quit();
      return results.map((result) => JSON.stringify(result));
    });
  });
});

const benchmark = join(projectRoot, '.oversell/redis/root/usr/bin/redis-benchmark');

// Debian's package has it; a Redis that was installed otherwise may not.
describe.runIf(existsSync(benchmark))('redis-benchmark', () => {
  test.each([
    ['idle', '1'],
    ['idle', '16'],
    ['holding', '1'],
    ['holding', '16'],
  ] as const)('runs to its end through the %s wire with pipelines of %s', async (way, pipeline) => {
    const { port, password, pathname } = new URL(ways.urls()[way]);
    const root = dirname(dirname(dirname(benchmark)));
    const args = ['-p', port, '-a', password, '--dbnum', pathname.slice(1), '-P', pipeline];
    const { stdout } = await promisify(execFile)(
      benchmark,
      [...args, '-n', '2000', '-c', '10', '-q', '-t', 'set,get,incr,lpush,lpop,mset,lrange_100'],
      {
        env: {
          ...process.env,
          LD_LIBRARY_PATH: `${root}/lib:${root}/usr/lib:${root}/usr/lib/x86_64-linux-gnu`,
        },
      },
    );
    expect(stdout.match(/requests per second/g)).toHaveLength(8);
    expect(await ways.admin().ask(['GET', 'counter:__rand_int__'])).toEqual(['$4\r\n2000\r\n']);
  });
});
