import { addAccess, EVERYTHING_STORED, NOTHING } from '@/explorer/search/access-set';
import type { Access, AccessSet } from '@/explorer/search/access-set';
import type { CommandTraits, RedisCommand } from '@/wire/redis/proxy';

const ALL_KEYS: AccessSet = new Map([['redis:*', 'write']]);
const ALL_KEYS_READ: AccessSet = new Map([['redis:*', 'read']]);

/**
 * What a command of Redis touches, by what the server's own table says of its keys: each by its database and its bytes, or all of them
 * where the command does not name every key. Most replies to a write tell what was there, so a write reads as well.
 */
export function accessOfRedis(
  { reads, writes, keys, namesAllKeys, isHousekeeping }: CommandTraits,
  db: number,
): AccessSet {
  if (isHousekeeping || (!reads && !writes)) return NOTHING;
  if (!namesAllKeys) return writes ? ALL_KEYS : ALL_KEYS_READ;
  const touched = new Map<string, Access>();
  for (const { key, writes: isWritten } of keys)
    addAccess(touched, `redis:${db} ${key.toString('latin1')}`, isWritten ? 'write' : 'read');
  return touched.size === 0 ? EVERYTHING_STORED : touched;
}

/**
 * Which lock a command asks for; undefined where it asks for none. A script counts as well: what it does is not known, but that it
 * did nothing shows in its reply.
 */
export function lockOf({ name, arguments: words, traits }: RedisCommand): string | undefined {
  const isSetNx =
    name === 'SET' && words.slice(2).some((word) => word.toString('latin1').toUpperCase() === 'NX');
  if (name !== 'SETNX' && !isSetNx && !traits.isScript) return undefined;
  return [name, ...traits.keys.map(({ key }) => key.toString('latin1'))].join(' ');
}

/** What a command touches that asked for a lock and was told that it is taken: it has read that, and changed nothing. */
export function accessInVain({ traits, db }: RedisCommand): AccessSet {
  const access = accessOfRedis(traits, db);
  // a script may have changed something all the same
  return traits.isScript ? access : new Map([...access.keys()].map((resource) => [resource, 'read']));
}

/** Whether the reply to a command that asks for a lock says that it is taken. */
export function isTaken({ reply }: RedisCommand): boolean {
  return reply !== undefined && reply.isWhole && [null, 0, 0n, false, ''].includes(reply.value as null);
}
