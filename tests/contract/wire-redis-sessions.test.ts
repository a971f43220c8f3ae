import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '@/services/env';
import { startRedisProxy, type RedisProxy, type WireHooks } from '@/wire/redis/proxy';
import { startOwnRedis, type OwnRedis } from '../fixtures/wire/own-redis';
import { openRawRedis, type RawRedis } from '../fixtures/wire/raw-redis';
import { openRedisTap } from '../fixtures/wire/redis-tap';

/** The proxy at its least: everything that it holds goes on at once. */
const atOnce: WireHooks = { held: (command) => command.release(), replied: (command) => command.deliver() };

let redis: OwnRedis;
let idle: RedisProxy;
let holding: RedisProxy;
let admin: RawRedis;
beforeAll(async () => {
  redis = await startOwnRedis();
  const upstream = redis.url;
  [idle, holding] = await Promise.all([
    startRedisProxy({ upstream }),
    startRedisProxy({ upstream, hooks: atOnce }),
  ]);
  holding.hold(true);
  admin = await openRawRedis(upstream);
});
beforeEach(async () => void (await admin.ask(['FLUSHDB'], ['SCRIPT', 'FLUSH'])));
afterAll(async () => {
  admin.socket.destroy();
  await Promise.all([idle.close(), holding.close()]);
  await redis.close();
});

const ways = () => ({ direct: redis.url, idle: idle.url, holding: holding.url });

type Open = () => Promise<RawRedis>;

/** The same session on each of the ways. @returns what each of its connections received, which is the same on all */
async function compare(
  session: (open: Open) => Promise<void>,
  mask = (bytes: string) => bytes,
): Promise<string[]> {
  const received: Record<string, string[]> = {};
  for (const [way, url] of Object.entries(ways())) {
    await admin.ask(['FLUSHDB'], ['SCRIPT', 'FLUSH']);
    const opened: RawRedis[] = [];
    await session(async () => {
      const raw = await openRawRedis(url);
      opened.push(raw);
      return raw;
    });
    received[way] = opened.map((raw) => mask(raw.received()));
    for (const { socket } of opened) socket.destroy();
  }
  expect(received.idle).toEqual(received.direct);
  expect(received.holding).toEqual(received.direct);
  return received.direct ?? [];
}

describe('bytes written by hand come back as they do without the proxy', () => {
  test('for commands in one piece', async () => {
    const [bytes] = await compare(async (open) => {
      const raw = await open();
      const commands = Array.from({ length: 50 }, (_, i) => [
        ['SET', `key:${i}`, String(i)],
        ['INCRBY', `key:${i}`, '2'],
        ['GET', `key:${i}`],
        ['LPUSH', 'list', 'a', 'b'],
        ['LRANGE', 'list', '0', '-1'],
      ]).flat();
      await raw.ask(...commands);
    });
    expect(bytes).toContain('$2\r\n51\r\n');
  });

  test('for commands and replies byte by byte', async () => {
    await compare(async (open) => {
      const raw = await open();
      const commands = [['SET', 'a', 'x\r\ny'], ['GET', 'a'], ['MGET', 'a', 'none'], ['PING']];
      for (const command of commands) {
        const text = `*${command.length}\r\n${command.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
        for (const byte of text) {
          raw.send(byte);
          await new Promise(setImmediate);
        }
      }
      await raw.until(commands.length);
    });
  });

  test('for inline commands, empty ones and errors', async () => {
    const [bytes] = await compare(async (open) => {
      const raw = await open();
      raw.send(
        '\r\n',
        'SET a "b c"\r\n',
        '*0\r\n',
        'get a\n',
        '  \r\n',
        '*-1\r\n',
        'nonsense 1 2\r\nGET\r\n',
        ['GET', 'a'],
      );
      await raw.until(5);
      await raw.ask(['LPUSH', 'a', 'x'], ['PING', 'x']);
    });
    expect(bytes).toMatch(/^\+OK\r\n\$3\r\nb c\r\n-ERR unknown command/);
    expect(bytes).toMatch(/WRONGTYPE.*\r\n\$1\r\nx\r\n$/);
  });

  test.each([
    ['a length that is none', '*abc\r\n'],
    ['a value that is no string', '*1\r\n:5\r\n'],
    ['a type that is none', '*2\r\n$3\r\nGET\r\nkey\r\n'],
    ['quotes without an end', 'get "a\r\n'],
  ])('for %s, after which the server closes', async (_, garbage) => {
    const [bytes] = await compare(async (open) => {
      const raw = await open();
      raw.send(['SET', 'a', '1'], ['GET', 'a'], garbage, ['GET', 'a']);
      await raw.ended;
    });
    expect(bytes).toMatch(/^\+OK\r\n\$1\r\n1\r\n-ERR Protocol error/);
  });

  test.each([['2'], ['3']])('for every type of reply in RESP%s', async (protocol) => {
    await compare(
      async (open) => {
        const raw = await open();
        await raw.ask(
          ['HELLO', protocol, 'SETNAME', 'someone'],
          ['HSET', 'hash', 'a', '1', 'b', '2'],
          ['HGETALL', 'hash'],
        );
        await raw.ask(
          ['ZADD', 'z', '1.5', 'a', 'inf', 'b'],
          ['ZRANGE', 'z', '0', '-1', 'WITHSCORES'],
          ['ZSCORE', 'z', 'b'],
        );
        await raw.ask(
          ['SADD', 's', 'x'],
          ['SMEMBERS', 's'],
          ['GET', 'none'],
          ['CONFIG', 'GET', 'maxmemory*'],
          ['CLIENT', 'GETNAME'],
        );
        await raw.ask(
          ['COMMAND', 'INFO', 'get', 'nope'],
          ['OBJECT', 'HELP'],
          ['LOLWUT', 'VERSION', '5', '1', '1', '1'],
        );
        await raw.ask(
          ['EVAL', 'redis.setresp(3); return {double=3.5}', '0'],
          ['EVAL', 'return {map={a={set={b=true}}}}', '0'],
          ['EVAL', 'return {big_number="12345678901234567890"}', '0'],
          ['EVAL', 'return {verbatim_string={format="txt", string="abc"}}', '0'],
          ['EVAL', 'return {1, {2, {false, "x"}}, {err="NO no"}}', '0'],
          ['EVAL', 'redis.setresp(3); return {true, false}', '0'],
          ['EVAL', 'return redis.error_reply("MINE it is")', '0'],
          ['EVAL', 'return redis.call("nonsense")', '0'],
        );
      },
      (bytes) => bytes.replace(/(\r\nid\r\n):\d+/, '$1:0'),
    );
  });

  test.each([['2'], ['3']])('for transactions in RESP%s', async (protocol) => {
    const [bytes] = await compare(
      async (open) => {
        const raw = await open();
        await raw.ask(['HELLO', protocol]);
        await raw.ask(['MULTI'], ['SET', 'a', '1'], ['INCR', 'a'], ['EXEC'], ['GET', 'a']);
        await raw.ask(['MULTI'], ['MULTI'], ['WATCH', 'a'], ['GET'], ['EXEC'], ['GET', 'a']);
        await raw.ask(
          ['MULTI'],
          ['LPUSH', 'a', 'x'],
          ['HELLO', '2'],
          ['SELECT', '99'],
          ['EXEC'],
          ['HGETALL', 'h'],
        );
        await raw.ask(['MULTI'], ['SET', 'a', '5'], ['DISCARD'], ['GET', 'a'], ['EXEC'], ['DISCARD']);
        await raw.ask(['MULTI'], ['BLPOP', 'none', '0'], ['EXEC'], ['MULTI'], ['EXEC']);
      },
      (text) => text.replace(/(\r\nid\r\n):\d+/, '$1:0').replaceAll(/(\r\nid\r\n):\d+/g, '$1:0'),
    );
    expect(bytes).toContain('+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n:2\r\n$1\r\n2\r\n');
  });

  test.each([['2'], ['3']])('for a WATCH that conflicts in RESP%s', async (protocol) => {
    const [bytes] = await compare(
      async (open) => {
        const [first, second] = [await open(), await open()];
        await first.ask(['HELLO', protocol], ['SET', 'stock', '1'], ['WATCH', 'stock'], ['GET', 'stock']);
        await second.ask(['DECR', 'stock']);
        await first.ask(['MULTI'], ['SET', 'stock', '0'], ['EXEC'], ['GET', 'stock']);
        await first.ask(['WATCH', 'stock'], ['MULTI'], ['SET', 'stock', '7'], ['EXEC']);
      },
      (text) => text.replace(/(\r\nid\r\n):\d+/, '$1:0'),
    );
    expect(bytes).toContain(`+QUEUED\r\n${protocol === '2' ? '*-1' : '_'}\r\n$1\r\n0\r\n`);
  });

  test('for a BLPOP that another connection wakes', async () => {
    const [bytes] = await compare(
      async (open) => {
        const [waiting, waking] = [await open(), await open()];
        waiting.send(
          ['BLPOP', 'list', '0'],
          ['GET', 'after'],
          ['BRPOPLPUSH', 'list', 'other', '0'],
          ['LRANGE', 'other', '0', '-1'],
        );
        await waking.ask(['SET', 'after', '1']);
        while ((await waking.ask(['RPUSH', 'list', 'x']))[0] !== ':0\r\n' && waiting.values.length < 4) {
          await new Promise(setImmediate);
        }
        await waiting.until(4);
        waking.send(['DEL', 'list', 'after']);
      },
      (text) => (text.includes('list') ? text : ''),
    );
    expect(bytes).toBe('*2\r\n$4\r\nlist\r\n$1\r\nx\r\n$1\r\n1\r\n$1\r\nx\r\n*1\r\n$1\r\nx\r\n');
  });

  test('for channels in RESP2, where messages look like replies', async () => {
    const [bytes] = await compare(
      async (open) => {
        const [reader, writer] = [await open(), await open()];
        await reader.ask(['SET', 'a', '1']);
        reader.send(['SUBSCRIBE', 'one', 'two'], ['PSUBSCRIBE', 'o*'], ['PING', 'x'], ['GET', 'a']);
        await reader.until(6);
        await writer.ask(['PUBLISH', 'one', 'hello'], ['PUBLISH', 'two', 'again']);
        await reader.until(9);
        reader.send(
          ['UNSUBSCRIBE'],
          ['PUNSUBSCRIBE', 'o*'],
          ['GET', 'a'],
          ['UNSUBSCRIBE'],
          ['LRANGE', 'none', '0', '-1'],
        );
        await reader.until(15);
      },
      (text) => text.replaceAll(/unsubscribe\r\n\$3\r\n(one|two)/g, 'unsubscribe\r\n$3\r\nany'),
    );
    expect(bytes).toContain('$8\r\npmessage\r\n$2\r\no*\r\n$3\r\none\r\n$5\r\nhello\r\n');
    expect(bytes).toMatch(/\$1\r\n1\r\n\*3\r\n\$11\r\nunsubscribe\r\n\$-1\r\n:0\r\n\*0\r\n$/);
  });

  test('for channels in RESP3, between commands', async () => {
    const [bytes] = await compare(
      async (open) => {
        const [reader, writer] = [await open(), await open()];
        reader.send(
          ['HELLO', '3'],
          ['SET', 'a', '1'],
          ['SUBSCRIBE', 'one', 'two'],
          ['GET', 'a'],
          ['SSUBSCRIBE', 's'],
        );
        await reader.until(6);
        await writer.ask(['PUBLISH', 'one', 'hello'], ['SPUBLISH', 's', 'shard']);
        await reader.until(8);
        reader.send(
          ['UNSUBSCRIBE', 'one', 'none'],
          ['GET', 'a'],
          ['SUNSUBSCRIBE'],
          ['PUBLISH', 'two', 'self'],
          ['RESET'],
          ['GET', 'a'],
        );
        await reader.until(16);
      },
      (text) => text.replace(/(\r\nid\r\n):\d+/, '$1:0'),
    );
    expect(bytes).toContain('>3\r\n$7\r\nmessage\r\n$3\r\none\r\n$5\r\nhello\r\n');
  });

  test('for invalidations of cached keys', async () => {
    const [bytes] = await compare(
      async (open) => {
        const [reader, writer] = [await open(), await open()];
        await reader.ask(['HELLO', '3'], ['CLIENT', 'TRACKING', 'ON'], ['GET', 'a'], ['GET', 'b']);
        await writer.ask(['MSET', 'a', '1', 'b', '2']);
        await reader.until(6);
        await reader.ask(['GET', 'a']);
      },
      (text) => text.replace(/(\r\nid\r\n):\d+/, '$1:0'),
    );
    expect(bytes).toContain('>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n');
  });

  test('for scripts by text and by hash', async () => {
    const hash = 'b8059ba43af6ffe8bed3db65bac35d452f8115d8';
    const [bytes] = await compare(async (open) => {
      const raw = await open();
      await raw.ask(
        ['EVALSHA', hash, '0', 'x'],
        ['SCRIPT', 'LOAD', 'return ARGV[1]'],
        ['SCRIPT', 'EXISTS', hash],
      );
      await raw.ask(
        ['EVAL', 'return {KEYS[1], redis.call("incr", KEYS[1])}', '1', 'k'],
        ['EVALSHA', hash, '0', 'x'],
      );
    });
    expect(bytes).toMatch(/^-NOSCRIPT/);
  });

  test('for CLIENT REPLY', async () => {
    const [bytes] = await compare(async (open) => {
      const raw = await open();
      raw.send(
        ['CLIENT', 'REPLY', 'OFF'],
        ['SET', 'a', '1'],
        ['GET', 'a'],
        ['CLIENT', 'REPLY', 'SKIP'],
        ['CLIENT', 'REPLY', 'ON'],
      );
      raw.send(
        ['GET', 'a'],
        ['CLIENT', 'REPLY', 'SKIP'],
        ['SET', 'a', '2'],
        ['GET', 'a'],
        ['CLIENT', 'REPLY', 'NONSENSE'],
      );
      await raw.until(4);
      raw.send(['CLIENT', 'REPLY', 'OFF'], ['RESET'], ['PING']);
      await raw.until(6);
    });
    expect(bytes).toMatch(/^\+OK\r\n\$1\r\n1\r\n\$1\r\n2\r\n-ERR.*\r\n\+RESET\r\n-NOAUTH.*\r\n$/);
  });

  test('for a value of 3 MB, both ways', async () => {
    const value = Buffer.alloc(3_000_000, 'ab\r\n$');
    const [bytes] = await compare(
      async (open) => {
        const raw = await open();
        await raw.ask(['SET', 'large', value], ['GET', 'large'], ['MGET', 'large', 'none', 'large']);
      },
      (text) => `${text.length} ${createHash('sha1').update(text, 'latin1').digest('hex')}`,
    );
    expect(bytes).toMatch(/^9000050 /);
  });

  test('for MONITOR', async () => {
    const [bytes] = await compare(
      async (open) => {
        const [monitor, other] = [await open(), await open()];
        await monitor.ask(['MONITOR']);
        await other.ask(['SET', 'a', '1']);
        await monitor.until(2);
        monitor.send(['PING'], ['QUIT']);
        await monitor.ended;
      },
      (text) => text.replaceAll(/\+\d+\.\d+ \[\d+ [^\]]+\]/g, '+time [address]'),
    );
    expect(bytes).toMatch(/^\+OK\r\n\+time \[address\] "SET" "a" "1"\r\n/);
  });

  test('for QUIT', async () => {
    const [bytes] = await compare(async (open) => {
      const raw = await open();
      raw.send(['SET', 'a', '1'], ['QUIT'], ['SET', 'a', '2']);
      await raw.ended;
      await admin.ask(['GET', 'a']);
    });
    expect(bytes).toBe('+OK\r\n+OK\r\n');
    expect(admin.values.slice(-5)).not.toContain('$1\r\n2\r\n');
  });

  test('for a client that sends and then only reads', async () => {
    const [bytes] = await compare(async (open) => {
      const raw = await open();
      raw.send(['PING']);
      raw.socket.end();
      await raw.ended;
    });
    expect(bytes).toBe('+PONG\r\n');
  });
});

/** What a client library and the server say to each other, with and without the proxy. */
async function compareClient(use: (url: string) => Promise<unknown>): Promise<void> {
  const said: Record<string, unknown> = {};
  const results: Record<string, unknown> = {};
  for (const [way, url] of Object.entries(ways())) {
    await admin.ask(['FLUSHDB'], ['SCRIPT', 'FLUSH']);
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
    const { port, password, pathname } = new URL(ways()[way]);
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
    expect(await admin.ask(['GET', 'counter:__rand_int__'])).toEqual(['$4\r\n2000\r\n']);
  });
});
