import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandTable } from '@/wire/redis/command-table';
import { fetchCommandTable } from '@/wire/redis/upstream';
import { decodeResp, listOf, textOf } from '@/wire/redis/resp-value';
import { testRedisUrl } from '../fixtures/database/database';
import { openRawRedis, type RawRedis } from '../fixtures/wire/raw-redis';

let table: CommandTable;
let raw: RawRedis;
beforeAll(async () => {
  table = await fetchCommandTable(new URL(testRedisUrl()));
  raw = await openRawRedis(testRedisUrl());
});
afterAll(() => raw.socket.destroy());

const describeCommand = (line: string) => table(line.split(' ').map((word) => Buffer.from(word)));
const keysOf = (line: string) =>
  describeCommand(line).keys.map(
    ({ key, reads, writes }) => `${String(key)}${reads ? ' read' : ''}${writes ? ' written' : ''}`,
  );

test.each([
  'GET a',
  'SET a 1 NX EX 5',
  'MSET a 1 b 2 c 3',
  'MGET a b c',
  'DEL a b',
  'RENAME a b',
  'COPY a b',
  'BLPOP a b 0',
  'BRPOPLPUSH a b 0',
  'LMOVE a b LEFT RIGHT',
  'LMPOP 2 a b LEFT',
  'BLMPOP 0 2 a b LEFT',
  'ZUNIONSTORE d 2 a b WEIGHTS 1 2',
  'ZUNION 2 a b WITHSCORES',
  'ZADD a 1 m',
  'BZPOPMIN a b 0',
  'XADD a * f v',
  'XREAD COUNT 2 BLOCK 0 STREAMS a b 0 0',
  'XREADGROUP GROUP g c STREAMS a b > >',
  'XGROUP CREATE a g $',
  'OBJECT ENCODING a',
  'EVAL return 2 a b x',
  'EVALSHA abc 1 a',
  'FCALL f 2 a b x',
  'BITOP AND d a b',
  'GEORADIUS a 1 2 3 m STORE d',
  'GEOSEARCHSTORE d a FROMMEMBER m BYRADIUS 1 m',
  'PFCOUNT a b',
  'SINTERCARD 2 a b LIMIT 1',
  'SORT_RO a',
  'WATCH a b',
])('finds the keys that the server finds in %s', async (line) => {
  const [reply = ''] = await raw.ask(['COMMAND', 'GETKEYS', ...line.split(' ')]);
  const expected = listOf(decodeResp(Buffer.from(reply))).map(textOf);
  expect(expected).not.toEqual([]);
  expect(
    describeCommand(line)
      .keys.map(({ key }) => String(key))
      .sort(),
  ).toEqual(expected.sort());
});

test.each([
  ['GET a', ['a read']],
  ['SET a 1', ['a read written']],
  ['DEL a', ['a written']],
  ['RENAME a b', ['a read written', 'b written']],
  ['COPY a b', ['a read', 'b written']],
  ['SORT a BY none LIMIT 0 1 GET # STORE b', ['a read', 'b written']],
  ['WATCH a', ['a read']],
  ['PING', []],
  ['EVAL return 99 a', ['a read written']],
])('says what becomes of the keys of %s', (line, keys) => {
  expect(keysOf(line)).toEqual(keys);
});

describe('says of a command', () => {
  const traitsOf = (line: string) => {
    const { keys: _, ...traits } = describeCommand(line);
    return Object.entries(traits)
      .filter(([, value]) => value)
      .map(([name]) => name);
  };
  test.each([
    ['get a', ['reads', 'namesAllKeys']],
    ['INCR a', ['reads', 'writes', 'namesAllKeys']],
    ['BLPOP a 0', ['reads', 'writes', 'isBlocking', 'namesAllKeys']],
    ['XREAD STREAMS a 0', ['reads', 'namesAllKeys']],
    ['XREAD BLOCK 0 STREAMS a 0', ['reads', 'isBlocking', 'namesAllKeys']],
    ['XREAD STREAMS block 0', ['reads', 'namesAllKeys']],
    ['WAIT 1 0', ['isBlocking', 'namesAllKeys']],
    ['KEYS *', ['reads']],
    ['DBSIZE', ['reads']],
    ['FLUSHALL', ['writes']],
    ['SORT a BY w_*', ['reads']],
    ['EVAL return 0', ['reads', 'writes', 'isScript']],
    ['EVAL_RO return 1 a', ['reads', 'isScript']],
    ['NONSENSE a', ['reads', 'writes']],
    ['PUBLISH c m', ['namesAllKeys']],
    ['HELLO 3', ['isHousekeeping', 'namesAllKeys']],
    ['client setname x', ['isHousekeeping', 'namesAllKeys']],
    ['MULTI', ['isHousekeeping', 'namesAllKeys']],
    ['SUBSCRIBE c', ['isHousekeeping', 'namesAllKeys']],
    ['WATCH a', ['reads', 'namesAllKeys']],
  ])('%s: %j', (line, traits) => {
    expect(traitsOf(line).sort()).toEqual(traits.sort());
  });
});

test('says why the server does not tell its commands', async () => {
  const wrong = new URL(testRedisUrl());
  wrong.password = 'wrong';
  await expect(fetchCommandTable(wrong)).rejects.toThrow(/did not say which commands it has: WRONGPASS/);
  wrong.port = '1';
  await expect(fetchCommandTable(wrong)).rejects.toThrow(/ECONNREFUSED/);
});
