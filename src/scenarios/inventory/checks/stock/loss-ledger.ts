import { oncePerAudit, type AuditContext } from '@/audit/audit-context';
import { PairList, type EvidenceList } from '@/audit/evidence-list';
import { at, intAt, maskWhere } from '@/lib/column';
import type { LossLedger } from '@/model/verdict';
import { findVersionForks } from '../version-forks';
import { describeLoss } from './loss-evidence';
import { measureLosses } from './lost-units';
import { whyStockMayRise } from './restock';
import { eachSharedUnit } from './unit-spans';

/** The ledger before any entry is described. */
export interface BookedLosses extends Omit<LossLedger, 'entries' | 'pieces'> {
  entries: EvidenceList;
  /** Entries that are forks of a version. */
  forks: number;
}

/**
 * Attributes lost units to the two sales of which one undid the other: first those that wrote from the same version of
 * the row, then those that another sale overwrote although it had read before, then those that handed out a unit of the
 * same number. Never more than were lost, since sales that decrement or append may share what they saw and lose
 * nothing; what no pair explains stays unattributed. So the sum is the lost units, and with what was created and what
 * leaked it is L, for any history.
 */
export const bookLosses = oncePerAudit((context): BookedLosses => {
  const { net: units, lost, created, leaked: gone } = measureLosses(context);
  const rest = { units, created, leaked: 0 - gone };
  const unitsOfEntry: number[] = [];
  const entries = new EntryList(context, unitsOfEntry);
  let open = lost;
  if (open === 0) return { ...rest, attributed: 0, unattributed: 0, entries, forks: 0 };
  const { history } = context;
  const isBooked = new Uint8Array(history.count);
  const isUndone = new Uint8Array(history.count);
  const book = (earlier: number, later: number, undone: number) => {
    if (open === 0 || isBooked[later] === 1) return;
    isBooked[later] = 1;
    enter(earlier, later, undone);
  };
  const enter = (earlier: number, later: number, undone: number) => {
    isUndone[overwritten(context, earlier, later)] = 1;
    const booked = Math.min(open, undone);
    open -= booked;
    entries.add(earlier, later);
    unitsOfEntry.push(booked);
  };
  const { pairs } = findVersionForks(context);
  for (let k = 0; k < pairs.length; k += 2) {
    const [earlier, later] = [intAt(pairs, k), intAt(pairs, k + 1)];
    book(earlier, later, intAt(history.quantity, overwritten(context, earlier, later)));
  }
  const forks = entries.size;
  if (open > 0) {
    eachOverwrite(context, (undone, by) => {
      if (open > 0 && isUndone[undone] === 0) enter(undone, by, intAt(history.quantity, undone));
    });
  }
  // where the stock may have risen, two sales may have had a unit of the same number one after the other
  if (open > 0 && whyStockMayRise(context) === undefined) eachSharedUnit(context, book);
  return { ...rest, attributed: lost - open, unattributed: open, entries, forks };
});

/** The sale of the two whose write came first and is gone; the earlier in the history where the order is unknown. */
function overwritten({ history }: AuditContext, earlier: number, later: number): number {
  return at(history.windowEnd, earlier) > at(history.windowEnd, later) ? later : earlier;
}

/** Entries with their units, which `PairList` has no room for. */
class EntryList extends PairList {
  constructor(
    context: AuditContext,
    private readonly units: readonly number[],
  ) {
    super((earlier, later) => describeLoss(context, earlier, later));
  }

  override describe(k: number): ReturnType<PairList['describe']> {
    return { ...super.describe(k), units: this.units[k] };
  }
}

/**
 * Calls back with each sale that another one overwrote, and that other: it had begun to read before the sale's write
 * was done, and wrote after it (r1[x] w2[x] w1[x], the pattern of P4). Of several, the one that had read first. It uses
 * the windows that the server saw, so it explains a loss that the balance has proved, and proves none by itself.
 *
 * Linear after sorting.
 */
function eachOverwrite(context: AuditContext, found: (undone: number, by: number) => void): void {
  const { history, matched, spans } = context;
  const { windowStart, windowEnd } = history;
  const sold = maskWhere(
    history.count,
    (i) => matched.ordersOf[i] !== 0 && spans.isTimed[i] === 1 && at(windowStart, i) < at(windowEnd, i),
  );
  const byWrite = context.sort(windowEnd, sold);
  let readFirst = -1;
  // from the last write back, so that all later writes are known; among writes that tie, none counts as later
  let tied = byWrite.length - 1;
  for (let k = byWrite.length - 1; k >= 0; k -= 1) {
    const i = intAt(byWrite, k);
    for (; at(windowEnd, intAt(byWrite, tied)) > at(windowEnd, i); tied -= 1) {
      const later = intAt(byWrite, tied);
      if (readFirst === -1 || at(windowStart, later) < at(windowStart, readFirst)) readFirst = later;
    }
    if (readFirst !== -1 && at(windowStart, readFirst) < at(windowEnd, i)) found(i, readFirst);
  }
}
