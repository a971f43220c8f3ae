import type { RedisUnderTest } from '@/model/redis-under-test';
import { isOver } from './actor';
import type { Actor } from './actor';

/** The Redis locks of one schedule: their holders, and which are taken. Their leases end when the schedule says so. */
export class RedisLeases {
  /** The attempt that was granted a lock with a lease, by key. */
  private readonly holders = new Map<string, Actor>();
  private readonly taken = new Set<string>();

  constructor(
    private readonly redis: RedisUnderTest,
    private readonly actors: Actor[],
  ) {}

  /** Records that a lock with a lease was granted. */
  grant(key: string, actor: Actor): void {
    this.holders.set(key, actor);
  }

  /**
   * Looks for locks with a lease among what a command was given: a script, or a key that got its expiry by a command of
   * its own. A key whose holder is known keeps it.
   */
  async find(words: readonly string[], actor: Actor): Promise<void> {
    const unknown = [...new Set(words)].filter((word) => !this.holders.has(word));
    for (const key of unknown) if ((await this.redis.pTTL(key)) > 0) this.grant(key, actor);
  }

  holder(key: string): Actor | undefined {
    return this.holders.get(key);
  }

  isHolder(actor: Actor): boolean {
    return [...this.holders.values()].includes(actor);
  }

  /** The keys of the locks that an attempt holds, as one text to compare. */
  heldBy(actor: Actor): string {
    return [...this.holders].flatMap(([key, holder]) => (holder === actor ? [key] : [])).join(' ');
  }

  /** Whether a lock that the attempt waits for is still taken. */
  isBlocked(actor: Actor): boolean {
    return [...actor.wanted].some((key) => this.taken.has(key));
  }

  /** Ends the leases that an attempt holds; returns their keys. */
  async expire(actor: Actor): Promise<string[]> {
    const keys = [...this.holders].flatMap(([key, holder]) => (holder === actor ? [key] : []));
    for (const key of keys) {
      await this.redis.del(key);
      this.holders.delete(key);
    }
    return keys;
  }

  /** Ends the leases that ended attempts have left behind and others wait for; returns false when there are none. */
  async expireLost(wanted: ReadonlySet<string>): Promise<boolean> {
    // a lock without a lease has no holder here, and lasts whatever time passes
    const lost = [...wanted].filter((key) => {
      const holder = this.holders.get(key);
      return holder !== undefined && isOver(holder);
    });
    if (lost.length > 0) await this.redis.del(lost);
    for (const key of lost) this.holders.delete(key);
    this.forget(lost);
    return lost.length > 0;
  }

  /** Lets the attempts that wait for these keys ask again. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) this.taken.delete(key);
  }

  /** Frees the locks that remain at the end of a schedule: without a lease they would never expire. */
  async close(): Promise<void> {
    const keys = [...this.holders.keys()];
    if (keys.length > 0) await this.redis.del(keys);
    this.holders.clear();
  }

  /** Reads from Redis which locks are taken now. */
  async look(): Promise<void> {
    const keys = new Set([...this.holders.keys(), ...this.actors.flatMap(({ wanted }) => [...wanted])]);
    for (const key of keys) {
      if ((await this.redis.exists(key)) === 1) this.taken.add(key);
      else {
        this.taken.delete(key);
        this.holders.delete(key);
      }
    }
  }
}
