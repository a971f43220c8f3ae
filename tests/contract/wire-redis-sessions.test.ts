import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openRawRedis, type RawRedis } from '../fixtures/wire/raw-redis';
import { redisWays } from '../fixtures/wire/redis-ways';

const ways = redisWays();

type Open = () => Promise<RawRedis>;

/** The same session on each of the ways. @returns what each of its connections received, which is the same on all */
async function compare(
  session: (open: Open) => Promise<void>,
  mask = (bytes: string) => bytes,
): Promise<string[]> {
  const received: Record<string, string[]> = {};
  for (const [way, url] of Object.entries(ways.urls())) {
    await ways.empty();
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
      await ways.admin().ask(['GET', 'a']);
    });
    expect(bytes).toBe('+OK\r\n+OK\r\n');
    expect(ways.admin().values.slice(-5)).not.toContain('$1\r\n2\r\n');
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
