import { setTimeout as sleep } from 'node:timers/promises';
import { deferred, type Deferred } from '@/lib/deferred';
import { withTimeout } from '@/lib/with-timeout';
import { refuse } from '@/lib/lab-error';
import type { LabLog } from '@/lib/lab-log';
import { requireDatabase } from './require-database';

const SAVE_AGAIN_MS = 1_000;
/** The last write before the server ends is not waited for longer, ms. */
const LAST_SAVE_MS = 2_000;

/** The refusal of whatever would start while this process ends. */
export const SHUTTING_DOWN = refuse('unavailable', 'shutting-down', 'The server is shutting down.');

export interface UnderwayDeps<T> {
  /** What the log calls one of them, such as `race`. */
  name: string;
  /** Writes the item as it is now. */
  save: (item: T) => Promise<void>;
  log: LabLog;
}

/**
 * What waits or runs in this process: each is kept in memory, which knows most about it, from before its first row is
 * written until its end is stored.
 */
export class ActiveJobs<T extends { readonly id: string }> {
  private readonly items = new Map<string, T>();
  private readonly ends = new Map<string, Deferred<void>>();
  private readonly unstored = new Set<Promise<void>>();
  private readonly closing = new AbortController();

  constructor(private readonly deps: UnderwayDeps<T>) {}

  get size(): number {
    return this.items.size;
  }

  has(id: string): boolean {
    return this.items.has(id);
  }

  get(id: string): T | undefined {
    return this.items.get(id);
  }

  all(): T[] {
    return [...this.items.values()];
  }

  /**
   * Takes an item in and writes its first row. It counts from the call on, so that requests at the same time cannot
   * pass a limit together.
   *
   * @throws LabUnavailableError when it cannot be written; it is let go of then
   */
  async begin(item: T): Promise<void> {
    this.items.set(item.id, item);
    this.ends.set(item.id, deferred());
    try {
      await requireDatabase(this.deps.save(item), this.deps.log);
    } catch (error) {
      this.items.delete(item.id);
      this.end(item.id);
      throw error;
    }
  }

  /** Resolves when the item is settled, at once when it is not under way. */
  async over(id: string): Promise<void> {
    await this.ends.get(id)?.promise;
  }

  /**
   * Stores an item that is over and lets go of it. While the database is away it is served from memory and written
   * again; nobody waits for that. Never rejects.
   */
  async settle(item: T): Promise<void> {
    try {
      await this.deps.save(item);
      this.items.delete(item.id);
    } catch (error) {
      this.deps.log.error(this.about(item, error), `${this.deps.name} could not be stored; trying again`);
      const later = this.saveLater(item).finally(() => this.unstored.delete(later));
      this.unstored.add(later);
    }
    this.end(item.id);
  }

  /** When all is settled: writes what could not be stored a last time. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.unstored);
  }

  private end(id: string): void {
    this.ends.get(id)?.resolve();
    this.ends.delete(id);
  }

  private async saveLater(item: T): Promise<void> {
    const { signal } = this.closing;
    for (;;) {
      await sleep(SAVE_AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
      const isLast = signal.aborted;
      try {
        await (isLast ? withTimeout(this.deps.save(item), LAST_SAVE_MS) : this.deps.save(item));
        return void this.items.delete(item.id);
      } catch (error) {
        if (!isLast) continue;
        return this.deps.log.error(this.about(item, error), `${this.deps.name} is not stored`);
      }
    }
  }

  private about(item: T, error: unknown): object {
    return { [this.deps.name]: item.id, error };
  }
}
