import { oncePerAudit, type AuditContext } from '@/audit/audit-context';
import { PairList, type EvidenceList } from '@/audit/evidence-list';
import { at, intAt } from '@/lib/column';
import type { LossLedger } from '@/model/verdict';
import { findVersionForks } from '../version-forks';
import { describeLoss } from './loss-evidence';
import { measureLosses } from './lost-units';
import { eachOverwrite } from './overwrites';
import { eachSharedUnit } from './unit-spans';

/** The ledger before anybody looks at an entry. */
export interface BookedLosses extends Omit<LossLedger, 'entries' | 'pieces'> {
  entries: EvidenceList;
  /** Entries that are forks of a version. */
  forks: number;
}

/**
 * Attributes lost units to the two sales of which one undid the other: first those that wrote from the same version
 * of the row, then those that another wrote over although it had read before, then those that handed out a unit of the
 * same number. Never more than were lost, since sales that decrement or append may share what they saw and lose
 * nothing; what no pair explains stays unattributed. So the sum is the lost units, and with what was created and what
 * leaked it is L, whatever the history looks like.
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
  if (open > 0) eachSharedUnit(context, book);
  return { ...rest, attributed: lost - open, unattributed: open, entries, forks };
});

/** The sale of the two whose write came first and is gone; the earlier in the history where that is not known. */
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
