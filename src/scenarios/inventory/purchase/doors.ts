import { deferred } from '@/lib/deferred';
import type { Deferred } from '@/lib/deferred';

interface Door {
  waiting: number;
  opened: Deferred<void>;
  timer: NodeJS.Timeout;
}

/**
 * The doors of items whose sale opens with a crowd. Purchases wait there until the crowd is complete and then all begin
 * in one turn of the event loop, before any of them can have a response: that buyers meet is part of the plan, and does
 * not depend on how fast a busy machine delivers their requests. A door that is open stays open.
 */
export class Doors {
  private readonly doors = new Map<string, Door>();

  /** Resolves when `buyers` have come to the item's door, or the first of them has waited for `waitMs`. */
  async enter(sku: string, { buyers, waitMs }: { buyers: number; waitMs: number }): Promise<void> {
    const door = this.doors.get(sku) ?? this.shut(sku, waitMs);
    door.waiting += 1;
    if (door.waiting >= buyers) door.opened.resolve();
    await door.opened.promise;
  }

  /** Removes the item's door, when all purchases that went through it are done. */
  remove(sku: string): void {
    clearTimeout(this.doors.get(sku)?.timer);
    this.doors.delete(sku);
  }

  private shut(sku: string, waitMs: number): Door {
    const opened = deferred();
    const door = { waiting: 0, opened, timer: setTimeout(() => opened.resolve(), waitMs) };
    this.doors.set(sku, door);
    return door;
  }
}
