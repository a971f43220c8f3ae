import { intAt, maskWhere, at } from '@/lib/column';
import { sortedIndexes, SortingRoom } from '@/lib/sorted-indexes';
import type { FinalState } from '@/model/final-state';
import type { History } from '@/model/history';
import { indexAttempts } from './attempt-index';
import { ACCEPTED, INDETERMINATE, CONFLICT, ERROR, SOLD_OUT } from './outcome-code';
import { matchOrders, type MatchedOrders } from './match-orders';

/**
 * The input of every invariant: a history and its final rows, joined once, and sorted on first use. Attempts that were
 * recorded twice count once.
 */
export class AuditContext {
  /** The first record of each attempt; the others, `repeatedAttempts`, are only a doubt. */
  readonly history: History;
  readonly repeatedAttempts: number;
  readonly matched: MatchedOrders;
  private readonly sorted = new Map<string, Uint32Array>();
  private readonly room = new SortingRoom();

  /** When each attempt can have acted. */
  readonly spans: Spans;

  /**
   * Units that each attempt with an order took at some time of its span: the larger of what it asked for and what its
   * orders say, because the two may differ and the stock may have lost either. 0 without an order.
   */
  readonly taken: Float64Array;
  /**
   * Units that each attempt told accepted certainly took before its return: the smaller of what it asked for and what
   * its smallest order says.
   */
  readonly sold: Int32Array;
  /**
   * Units that each attempt without an order may still have taken: it was told accepted, or it has no response and
   * purchases still run.
   */
  readonly open: Int32Array;

  constructor(
    recorded: History,
    readonly final: FinalState,
  ) {
    const index = indexAttempts(recorded);
    const { history } = index;
    this.history = history;
    this.repeatedAttempts = index.repeatedAttempts;
    this.matched = matchOrders(index, final);
    this.spans = measureSpans(history);
    this.taken = new Float64Array(history.count);
    this.sold = new Int32Array(history.count);
    this.open = new Int32Array(history.count);
    this.countUnits((final.stillRunning ?? 0) > 0);
  }

  private countUnits(isRunning: boolean): void {
    const { history, matched } = this;
    for (let i = 0; i < history.count; i += 1) {
      const asked = intAt(history.quantity, i);
      const isAccepted = history.outcome[i] === ACCEPTED;
      if (matched.ordersOf[i] === 0) {
        const mayHaveTaken = isAccepted || (isRunning && history.outcome[i] === INDETERMINATE);
        this.open[i] = mayHaveTaken ? asked : 0;
        continue;
      }
      this.taken[i] = Math.max(asked, at(matched.unitsOf, i));
      this.sold[i] = isAccepted ? Math.min(asked, intAt(matched.smallestOrderOf, i)) : 0;
    }
  }

  /** Units that attempt i was given when it was told accepted: what it asked for, but not more than its order has. */
  given(i: number): number {
    return intAt(this.sold, i) || intAt(this.history.quantity, i);
  }

  isAccepted(i: number): boolean {
    return this.history.outcome[i] === ACCEPTED;
  }

  /** Attempts by rising time of their call. */
  get byCall(): Uint32Array {
    return this.sortOnce('call', () => this.sort(this.history.call));
  }

  /** Attempts by rising time of their return. */
  get byReturn(): Uint32Array {
    return this.sortOnce('return', () => this.sort(this.history.return));
  }

  /** All attempts by the beginning of their span. */
  get byFrom(): Uint32Array {
    return this.sortOnce('from', () => {
      const { open, bounded } = splitAtInfinity(this.byCall, this.spans.from);
      return open.length === 0 ? bounded : join(open, bounded);
    });
  }

  /** All attempts by the end of their span. */
  get byUntil(): Uint32Array {
    return this.sortOnce('until', () => {
      const { open, bounded } = splitAtInfinity(this.byReturn, this.spans.until);
      return open.length === 0 ? bounded : join(bounded, open);
    });
  }

  /** Accepted attempts that reported what they left, by rising number of units left: the last sale comes first. */
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

/** Memoises a function per audit context. */
export function oncePerAudit<T>(compute: (context: AuditContext) => T): (context: AuditContext) => T {
  const known = new WeakMap<AuditContext, { value: T }>();
  return (context) => {
    const { value } = known.get(context) ?? { value: compute(context) };
    known.set(context, { value });
    return value;
  };
}

/** Attempts whose span has no such end, in the order of the history, and the others as they were sorted. */
function splitAtInfinity(
  sorted: Uint32Array,
  ends: Float64Array,
): { open: Uint32Array; bounded: Uint32Array } {
  const isBounded = (i: number) => Number.isFinite(ends[i]);
  if (ends.every(Number.isFinite)) return { open: new Uint32Array(0), bounded: sorted };
  const open = Uint32Array.from(ends.keys()).filter((i) => !isBounded(i));
  return { open, bounded: sorted.filter(isBounded) };
}

function join(first: Uint32Array, second: Uint32Array): Uint32Array {
  const joined = new Uint32Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** When each attempt can have acted, on the lane's clock; both ends are included. */
interface Spans {
  /** Its call; -Infinity where its times cannot be trusted. */
  from: Float64Array;
  /** Its return; Infinity where it has no response, or its times cannot be trusted. */
  until: Float64Array;
  /** 1 where the attempt is known to have been called before it returned. */
  isTimed: Uint8Array;
}

/**
 * An attempt acts between its call and its return. One without a response was given up at its return, and the server
 * may act on it at any later time. One whose return is unknown or lies before its call may have acted at any time: its
 * record is a doubt, and proves nothing.
 */
function measureSpans(history: History): Spans {
  const isTimed = maskWhere(history.count, (i) => at(history.call, i) <= at(history.return, i));
  const from = history.call.map((call, i) => (isTimed[i] === 1 ? call : -Infinity));
  const until = history.return.map((back, i) =>
    isTimed[i] === 1 && isAnswered(intAt(history.outcome, i)) ? back : Infinity,
  );
  return { from, until, isTimed };
}

function isAnswered(outcome: number): boolean {
  return outcome === ACCEPTED || outcome === SOLD_OUT || outcome === CONFLICT || outcome === ERROR;
}
