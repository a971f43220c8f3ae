import type { Names } from '@/explorer/access/sent-access';
import { foreignKeys } from '@/explorer/access/shared-state';
import type { RedisUnderTest } from '@/model/redis-under-test';

/** The type of a reply that is a text of any bytes, in RESP: `$`. */
const BLOB_STRING = 36;

/** A key as it was before the exploration; null: there was none. */
type Original = { dump: Buffer; expiresAt: number } | null;

/**
 * Keys of Redis that belong to no item, so that deleting the items of a schedule leaves them. Each is kept as it was
 * before the first schedule wrote it, and put back before the next.
 */
export class SharedKeys {
  private readonly originals = new Map<string, Promise<Original>>();
  /** Keys that were there before the exploration. */
  readonly before = new Set<string>();

  constructor(private readonly redis: RedisUnderTest) {}

  /** Has to have resolved before a command of an attempt is sent. @param writes whether it may change its keys */
  async keep(keys: readonly string[], names: Names, writes: boolean): Promise<void> {
    const found = foreignKeys(keys, names).flatMap((key) => {
      const original = this.originals.get(key) ?? (writes ? this.read(key) : undefined);
      if (original) this.originals.set(key, original);
      return original ? [original] : [];
    });
    if (found.length > 0) await Promise.all(found);
  }

  /** Puts back every key as it was. No schedule may be running. */
  async restore(): Promise<void> {
    for (const [key, reading] of this.originals) {
      const original = await reading.catch(() => undefined);
      if (original === undefined) continue;
      if (original === null) await this.redis.del(key);
      else
        await this.buffers.restore(key, original.expiresAt, original.dump, { REPLACE: true, ABSTTL: true });
    }
  }

  private async read(key: string): Promise<Original> {
    const [reply, expiresAt] = await Promise.all([this.buffers.dump(key), this.redis.pExpireTime(key)]);
    const dump = reply as Buffer | null;
    if (dump === null) return null;
    this.before.add(key);
    return { dump, expiresAt: Math.max(0, expiresAt) };
  }

  private get buffers() {
    return this.redis.withTypeMapping({ [BLOB_STRING]: Buffer });
  }
}
