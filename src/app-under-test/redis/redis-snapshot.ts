import { hostname } from 'node:os';
import { DatabaseError } from '../database/database-error';
import { readValue, toText } from './redis-value';
import type { AskRedis } from './redis-value';

/** Keys by their bytes as latin1, or all of them where a command does not say which it touches. */
export type TouchedKeys = ReadonlySet<string> | 'all';

/** A key whose value differs from the start state; null: there is no such key. */
export interface KeyChange {
  key: string;
  before: string | null;
  after: string | null;
}

interface Entry {
  dump: Buffer;
  /** How long it had to live when the snapshot was taken, ms, and until when; 0: for ever. */
  ttlMs: number;
  expiresAt: number;
  value: string | null;
}

/**
 * Where the copies are while an exploration runs, so that a killed one can be made good: a hash of keys to their entries, and a key
 * that is there once the hash is complete.
 */
export const SNAPSHOT_KEYS = ['oversell:snapshot', 'oversell:snapshot:made'] as const;
const [COPIES, MADE] = SNAPSHOT_KEYS;

const MOST_KEYS = 10_000;
const MOST_BYTES = 64 << 20;
const PAGE = '1000';

/**
 * The keys of one database of Redis as they were, and the way back to them. While it is explored a key has as long to live after each
 * restore as it had at first, so that real time decides nothing.
 */
export class RedisSnapshot {
  private constructor(
    private readonly ask: AskRedis,
    private readonly entries: Map<string, Entry>,
  ) {}

  /** @throws DatabaseError `too-large`; nothing is left then */
  static async take(ask: AskRedis, address: string): Promise<RedisSnapshot> {
    await ask(['DEL', ...SNAPSHOT_KEYS]);
    const keys = await listKeys(ask);
    if (keys.length > MOST_KEYS)
      throw new DatabaseError(
        'too-large',
        `The Redis ${address} has ${keys.length} keys, more than the ${MOST_KEYS} that are copied. Give the app a smaller one.`,
      );
    const entries = new Map<string, Entry>();
    let bytes = 0;
    for (const key of keys) {
      const entry = await readEntry(ask, key);
      if (!entry) continue;
      bytes += entry.dump.length;
      if (bytes > MOST_BYTES)
        throw new DatabaseError(
          'too-large',
          `The Redis ${address} holds more than the ${MOST_BYTES >> 20} MiB that are copied. Give the app a smaller one.`,
        );
      entries.set(key.toString('latin1'), entry);
    }
    const snapshot = new RedisSnapshot(ask, entries);
    await snapshot.keepCopies();
    return snapshot;
  }

  /** The snapshot that a killed exploration has left. */
  static async read(ask: AskRedis): Promise<RedisSnapshot> {
    const copies = ((await ask(['HGETALL', COPIES])) as Buffer[]).flat();
    const entries = new Map<string, Entry>();
    for (let i = 0; i + 1 < copies.length; i += 2) {
      const [key, copy] = [copies[i], copies[i + 1]];
      if (!key || !copy) continue;
      const end = copy.indexOf('\n');
      const [ttlMs = 0, expiresAt = 0] = copy.toString('latin1', 0, end).split(' ').map(Number);
      entries.set(key.toString('latin1'), { dump: copy.subarray(end + 1), ttlMs, expiresAt, value: null });
    }
    return new RedisSnapshot(ask, entries);
  }

  /** Puts these keys back as they were, and the copies where the app has flushed its database. */
  async restore(touched: TouchedKeys): Promise<void> {
    if (touched === 'all' && Number(await this.ask(['EXISTS', ...SNAPSHOT_KEYS])) < this.keysOfCopies)
      await this.keepCopies();
    const names = await this.namesOf(touched);
    await Promise.all(names.map((name) => this.restoreKey(name, ({ ttlMs }) => [String(ttlMs)])));
  }

  /** Of these keys the ones whose values differ now, by their names. */
  async changes(touched: TouchedKeys): Promise<KeyChange[]> {
    const names = (await this.namesOf(touched)).sort();
    const changes = await Promise.all(
      names.map(async (name): Promise<KeyChange> => {
        const key = Buffer.from(name, 'latin1');
        const before = this.entries.get(name)?.value ?? null;
        return { key: toText(key), before, after: await readValue(this.ask, key) };
      }),
    );
    return changes.filter(({ before, after }) => before !== after);
  }

  /** Puts every key back, with the moment at which it expires, and drops the copies, which go last. */
  async finish(): Promise<void> {
    const now = Date.now();
    for (const name of await this.namesOf('all'))
      await this.restoreKey(name, ({ expiresAt }) =>
        expiresAt !== 0 && expiresAt <= now ? undefined : [String(expiresAt), 'ABSTTL'],
      );
    await this.ask(['DEL', ...SNAPSHOT_KEYS]);
  }

  /** A hash without fields is no key. */
  private get keysOfCopies(): number {
    return this.entries.size === 0 ? 1 : SNAPSHOT_KEYS.length;
  }

  private async keepCopies(): Promise<void> {
    for (const [name, { dump, ttlMs, expiresAt }] of this.entries) {
      const head = Buffer.from(`${ttlMs} ${expiresAt}\n`);
      await this.ask(['HSET', COPIES, Buffer.from(name, 'latin1'), Buffer.concat([head, dump])]);
    }
    await this.ask(['SET', MADE, `${new Date().toISOString()} by pid ${process.pid} on ${hostname()}`]);
  }

  private async namesOf(touched: TouchedKeys): Promise<string[]> {
    if (touched !== 'all') return [...touched];
    const there = (await listKeys(this.ask)).map((key) => key.toString('latin1'));
    return [...new Set([...this.entries.keys(), ...there])];
  }

  /** @param life the arguments of RESTORE that say how long it lives; undefined: no longer */
  private async restoreKey(name: string, life: (entry: Entry) => string[] | undefined): Promise<void> {
    const key = Buffer.from(name, 'latin1');
    const entry = this.entries.get(name);
    const until = entry && life(entry);
    if (!entry || !until) await this.ask(['DEL', key]);
    else await this.ask(['RESTORE', key, until[0] ?? '0', entry.dump, 'REPLACE', ...until.slice(1)]);
  }
}

async function listKeys(ask: AskRedis): Promise<Buffer[]> {
  const found = new Map<string, Buffer>();
  let cursor = '0';
  do {
    const [next, keys] = (await ask(['SCAN', cursor, 'COUNT', PAGE])) as [Buffer, Buffer[]];
    for (const key of keys) found.set(key.toString('latin1'), key);
    cursor = String(next);
  } while (cursor !== '0');
  for (const own of SNAPSHOT_KEYS) found.delete(own);
  return [...found.values()];
}

/** undefined: it has just expired. */
async function readEntry(ask: AskRedis, key: Buffer): Promise<Entry | undefined> {
  const [value, dump, ttl] = await Promise.all([readValue(ask, key), ask(['DUMP', key]), ask(['PTTL', key])]);
  if (value === null || !(dump instanceof Buffer)) return undefined;
  const ttlMs = Math.max(0, Number(ttl));
  return { dump, ttlMs, expiresAt: ttlMs === 0 ? 0 : Date.now() + ttlMs, value };
}
