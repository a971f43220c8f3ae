import type { RowChange } from '@/explorer/judge/outcome-masks';
import type { AppActor } from '@/explorer/backends/wire/app-actor';
import type { Snapshot } from '@/app-under-test/database/snapshot';
import type { KeyChange, RedisSnapshot, TouchedKeys } from '@/app-under-test/redis/redis-snapshot';

/** The parts of a key's name that differ from key to key: numbers, and ids of hexadecimal digits. */
const OWN_PART = /[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9a-f]{16,}|\d+/gi;

/**
 * The start state of everything that an app keeps: the rows of its database and, where it has one, the keys of its Redis. A key is
 * told like a row, in a table of all keys whose names differ only in numbers and ids.
 */
export class StartState {
  private touched: TouchedKeys = 'all';
  private isWatching = false;

  constructor(
    private readonly snapshot: Pick<Snapshot, 'restoreWritten' | 'touchedRows'>,
    private readonly redis: RedisSnapshot | undefined,
    private readonly actors: readonly AppActor[],
  ) {}

  /** From now on the actors know which keys the app touches. */
  watch(): void {
    this.isWatching = true;
  }

  async restoreWritten(): Promise<void> {
    await this.snapshot.restoreWritten();
    await this.redis?.restore(this.noteTouched());
    this.touched = this.isWatching ? new Set() : 'all';
  }

  async touchedRows(): Promise<RowChange[]> {
    const rows: RowChange[] = await this.snapshot.touchedRows();
    const changes = (await this.redis?.changes(this.noteTouched())) ?? [];
    return [...rows, ...changes.map(toRow)];
  }

  private noteTouched(): TouchedKeys {
    for (const actor of this.actors) {
      const more = actor.takeTouchedKeys();
      this.touched = more === 'all' || this.touched === 'all' ? 'all' : new Set([...this.touched, ...more]);
    }
    return this.touched;
  }
}

function toRow({ key, before, after }: KeyChange): RowChange {
  const row = (value: string | null) => (value === null ? null : { key, value });
  return { table: `redis ${key.replaceAll(OWN_PART, '#')}`, before: row(before), after: row(after) };
}
