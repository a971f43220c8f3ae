import type { History } from '../history';
import { intAt, maskWhere } from './column';
import type { FinalState } from './final-state';
import { ACCEPTED, INDETERMINATE } from './outcome-code';
import { settle, type Settlement } from './settlement';
import { sortedIndexes, SortingRoom } from './sorted-indexes';

/**
 * What every invariant judges: a history and its final rows, joined once, and sorted when the first one asks.
 * Attempts that were recorded twice count once, as everywhere.
 */
export class AuditSubject {
  readonly settlement: Settlement;
  private readonly sorted = new Map<string, Uint32Array>();
  private readonly room = new SortingRoom();

  /**
   * Units that each attempt certainly took: what it asked for if it was told accepted, what its orders say if it was
   * told anything else, 0 without an order. An attempt without an answer that has an order sold at some time after
   * its call, of which nobody knows when.
   */
  readonly taken: Int32Array;
  /** Of those, the units of attempts that were told accepted, which took them before their return. */
  readonly sold: Int32Array;
  /** Units that each attempt may have taken or take yet: it has no answer and no order, and purchases still run. */
  readonly open: Int32Array;

  constructor(
    readonly history: History,
    readonly final: FinalState,
  ) {
    this.settlement = settle(history, final);
    this.taken = new Int32Array(history.count);
    this.sold = new Int32Array(history.count);
    this.open = new Int32Array(history.count);
    this.countUnits((final.stillRunning ?? 0) > 0);
  }

  private countUnits(mayBeOpen: boolean): void {
    const { history, settlement } = this;
    for (let i = 0; i < history.count; i += 1) {
      if (settlement.repeated[i] === 1) continue;
      const quantity = intAt(history.quantity, i);
      const isSale = this.isAccepted(i);
      const isOpen = history.outcome[i] === INDETERMINATE && settlement.ordersOf[i] === 0;
      this.taken[i] = isSale ? quantity : intAt(settlement.unitsOf, i);
      this.sold[i] = isSale ? quantity : 0;
      this.open[i] = isOpen && mayBeOpen ? quantity : 0;
    }
  }

  isAccepted(i: number): boolean {
    return this.history.outcome[i] === ACCEPTED && this.settlement.repeated[i] === 0;
  }

  /** Attempts by rising time of their call. */
  get byCall(): Uint32Array {
    return this.sortOnce('call', () => this.sort(this.history.call));
  }

  /** Attempts by rising time of their return. */
  get byReturn(): Uint32Array {
    return this.sortOnce('return', () => this.sort(this.history.return));
  }

  /** Accepted attempts that told what they left, by rising number of units left: the last sale comes first. */
  get byRemaining(): Uint32Array {
    return this.sortOnce('remaining', () => {
      const accepted = maskWhere(this.history.count, (i) => this.isAccepted(i));
      return this.sort(this.history.remaining, accepted);
    });
  }

  /** Attempts by rising key, without those whose key is not known or masked by a 0. */
  sort(keys: Float64Array, mask?: Uint8Array): Uint32Array {
    return sortedIndexes(keys, mask, this.room);
  }

  private sortOnce(name: string, sort: () => Uint32Array): Uint32Array {
    const known = this.sorted.get(name) ?? sort();
    this.sorted.set(name, known);
    return known;
  }
}

/** The same function, which remembers what it made of each subject. */
export function oncePerAudit<T>(compute: (subject: AuditSubject) => T): (subject: AuditSubject) => T {
  const known = new WeakMap<AuditSubject, { value: T }>();
  return (subject) => {
    const { value } = known.get(subject) ?? { value: compute(subject) };
    known.set(subject, { value });
    return value;
  };
}
