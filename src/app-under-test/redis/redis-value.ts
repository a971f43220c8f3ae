/** Sends one command and resolves with its reply: texts as buffers, maps as flat lists. Rejects with what Redis refuses. */
export type AskRedis = (words: readonly (string | Buffer)[]) => Promise<unknown>;

/** How the value of each type is read; a type that is not here shows as the bytes of its dump. */
const READS: Readonly<Record<string, (key: Buffer) => (string | Buffer)[]>> = {
  string: (key) => ['GET', key],
  hash: (key) => ['HGETALL', key],
  list: (key) => ['LRANGE', key, '0', '-1'],
  set: (key) => ['SMEMBERS', key],
  zset: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
};

/**
 * What a key holds, as text that is equal for equal values: a string as it is, a hash, list, set or sorted set as JSON, in an order
 * that does not depend on its history. Null where there is no such key.
 */
export async function readValue(ask: AskRedis, key: Buffer): Promise<string | null> {
  const type = String(await ask(['TYPE', key]));
  if (type === 'none') return null;
  const read = READS[type];
  if (!read) {
    const dump = await ask(['DUMP', key]);
    return dump instanceof Buffer ? `(${type}) ${dump.toString('base64')}` : null;
  }
  const reply = await ask(read(key));
  if (reply === null || reply === undefined) return null;
  if (type === 'string') return toText(reply);
  const items = (reply as unknown[]).flat().map(toText);
  if (type === 'set') return JSON.stringify(items.sort());
  if (type !== 'hash') return JSON.stringify(items);
  const fields = Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i], items[2 * i + 1]]);
  return JSON.stringify(Object.fromEntries(fields.sort(([a = ''], [b = '']) => (a < b ? -1 : 1))));
}

/** Bytes that are no UTF-8 as base64. */
export function toText(value: unknown): string {
  if (!(value instanceof Buffer)) return String(value);
  const text = value.toString('utf8');
  return Buffer.from(text, 'utf8').equals(value) ? text : `base64:${value.toString('base64')}`;
}
