import { expect, test } from 'vitest';
import { ownKeysOfScript } from './script-keys';

test.for<[string, string[]]>([
  [`return redis.call('get', KEYS[1])`, []],
  [`if redis.pcall("GET", KEYS[2]) == ARGV[1] then return redis . call ( 'del' , KEYS[ 1 ] ) end`, []],
  [`for i = 1, #KEYS do redis.call('incrby', KEYS[i], ARGV[i]) end`, []],
  [`return redis.call('hset', KEYS[3], ARGV[2], id, ARGV[2] .. ' left', left)`, []],
  [`return redis.call('mget', KEYS[1], KEYS[2])`, []],
  [`return redis.call([[get]], KEYS[1]) -- redis.call('get', 'total')`, []],
  [`--[[ redis.call('get', 'total') ]] local t = redis.call('time') return KEYS[1]`, []],
  [`redis.log(redis.LOG_NOTICE, "it's \\"left\\"\\n") return redis.error_reply('no')`, []],
  [`return redis.call('incr', 'total')`, ['total']],
  [`redis.call('del', KEYS[1], 'total', "all")`, ['total', 'all']],
  ['#!lua flags=no-writes\nreturn redis.call("get", KEYS[1])', []],
])('%s names its keys', ([script, keys]) => {
  expect(ownKeysOfScript(script)).toEqual(keys);
});

test.for([
  `return redis.call('get', KEYS[1] .. ':left')`,
  `local left = KEYS[1] .. ':left' return redis.call('get', left)`,
  `local key = KEYS[1] return redis.call('get', key)`,
  `return redis.call('get', 'left:' .. ARGV[1])`,
  `return redis.call('get', ARGV[1])`,
  `return redis.call('get', 'l\\101ft')`,
  `return redis.call('del', KEYS[1], ARGV[1])`,
  `return redis.call('del', unpack(KEYS))`,
  `return redis.call('scan', 0)`,
  `return redis.call('zunionstore', KEYS[1], 1, ARGV[1])`,
  `return redis.call(ARGV[1], KEYS[1])`,
  `return redis.call('g\\101t', KEYS[1])`,
  `return redis['call']('get', 'total')`,
  `local call = redis.call return call('get', 'total')`,
  `local r = redis return r.call('get', 'total')`,
  `return pcall(redis.call, 'get', 'total')`,
  `redis.sha1hex = redis.call return redis.sha1hex('get', 'total')`,
  `return _G['redis'].call('get', 'total')`,
  `return loadstring(ARGV[1])()`,
  `return server.call('get', 'total')`,
  `KEYS[1] = 'total' return redis.call('get', KEYS[1])`,
  `KEYS[1], KEYS[2] = KEYS[2], 'total' return redis.call('get', KEYS[1])`,
  `local n n, KEYS[1] = 1, 'total' return redis.call('get', KEYS[1])`,
  `local KEYS = { 'total' } return redis.call('get', KEYS[1])`,
  `table.insert(KEYS, 1, 'total') return redis.call('get', KEYS[1])`,
  `return redis.call('get', KEYS[1]`,
  `return 'not closed`,
])('%s may touch any key', (script) => {
  expect(ownKeysOfScript(script)).toBeNull();
});
