import { at, intAt } from './column';
import { attemptIdOf, formatMoment, inFlight } from './evidence';
import { unitsInStock } from './final-state';
import { HELD, type Discrepancy, type Invariant } from './invariant';
import { SOLD_OUT } from './outcome-code';
import { whyStockMayRise } from './restock';
import type { AuditSubject } from './subject';
import type { Evidence } from './verdict';
import { PairList } from './witnesses';
import { countOf } from './wording';

/**
 * A stock that was seen must have been there at some moment of the attempt (audit.md 9): at most what sales that had
 * their answers before its call left, at least what is left when everybody called by its return has bought. Count:
 * attempts. Evidence: the reader and, where it saw too much, the write that it missed. Linear after sorting.
 */
export const stockReads: Invariant = (subject) => {
  const seen = stocksSeen(subject);
  if (seen.every(Number.isNaN)) return { found: [], notApplicable: 'No attempt told what stock it saw.' };
  const mayRise = whyStockMayRise(subject);
  if (mayRise !== undefined) return { found: [], notApplicable: mayRise };
  const found = [...findStale(subject, seen), ...findImpossible(subject, seen)];
  return found.length === 0 ? HELD : { found };
};

/**
 * The stock before its own purchase, as the last try of each attempt saw it: what it told, or what follows from the
 * units it was told are left. NaN where neither is known.
 */
function stocksSeen({ history, settlement, sold }: AuditSubject): Float64Array {
  const seen = history.seenStock.slice();
  for (let i = 0; i < history.count; i += 1) {
    if (settlement.repeated[i] === 1) seen[i] = Number.NaN;
    else if (!Number.isNaN(seen[i])) continue;
    else if (intAt(sold, i) > 0) seen[i] = at(history.remaining, i) + intAt(sold, i);
    else if (history.outcome[i] === SOLD_OUT) seen[i] = at(history.remaining, i);
  }
  return seen;
}

/** Attempts that saw more than was left once sales that were over before their call are deducted. */
function findStale(subject: AuditSubject, seen: Float64Array): Discrepancy[] {
  const { history, byCall, byReturn, sold } = subject;
  const stock = unitsInStock(subject.final);
  const stale = new PairList((i) => describeStale(subject, i, at(seen, i)));
  let left = stock;
  let returned = 0;
  for (const i of byCall) {
    for (; returned < byReturn.length; returned += 1) {
      const other = intAt(byReturn, returned);
      if (!(at(history.return, other) < at(history.call, i))) break;
      left -= intAt(sold, other);
    }
    if (at(seen, i) > left) stale.add(i);
  }
  if (stale.size === 0) return [];
  const message = `${countOf(stale.size, 'attempt')} read a stale stock: more than was left when it was called.`;
  return [{ kind: 'non-linearizable', count: stale.size, message, witnesses: [stale] }];
}

/** Attempts that saw less than is left if everybody bought who had been called by their return. */
function findImpossible(subject: AuditSubject, seen: Float64Array): Discrepancy[] {
  const { history, settlement, byCall, byReturn, taken, open, sold } = subject;
  const impossible = new PairList((i, least) => ({
    attemptId: attemptIdOf(history, i),
    units: at(seen, i),
    times: inFlight(history, i),
    note: `saw stock ${at(seen, i)}; whoever may have bought by then left at least ${least}`,
  }));
  let left = unitsInStock(subject.final) - settlement.unownedUnits;
  let called = 0;
  for (const i of byReturn) {
    for (; called < byCall.length; called += 1) {
      const other = intAt(byCall, called);
      if (!(at(history.call, other) <= at(history.return, i))) break;
      left -= intAt(taken, other) + intAt(open, other);
    }
    const least = left + intAt(sold, i);
    if (at(seen, i) < least) impossible.add(i, least);
  }
  if (impossible.size === 0) return [];
  const message = `${countOf(impossible.size, 'attempt')} read a stock that never was: less than any sales can have left.`;
  return [{ kind: 'non-linearizable', count: impossible.size, message, witnesses: [impossible] }];
}

function describeStale(subject: AuditSubject, i: number, seen: number): Evidence {
  const { history } = subject;
  const missed = firstMissed(subject, seen);
  const evidence = { attemptId: attemptIdOf(history, i), units: seen };
  if (missed === -1) {
    const note = `saw stock ${seen}, which is more than there ever was`;
    return { ...evidence, times: inFlight(history, i), note };
  }
  const otherAttemptId = attemptIdOf(history, missed);
  const answered = `${otherAttemptId} had its answer at ${formatMoment(at(history.return, missed))}`;
  const note = `saw stock ${seen} after a call at ${formatMoment(at(history.call, i))}; with the sale of ${otherAttemptId} less was left, and ${answered}`;
  return { ...evidence, otherAttemptId, times: inFlight(history, i, missed), note };
}

/** The sale, by order of the answers, that brought the stock below what was seen; -1 if there is none. */
function firstMissed(subject: AuditSubject, seen: number): number {
  let left = unitsInStock(subject.final);
  if (seen > left) return -1;
  for (const i of subject.byReturn) {
    left -= intAt(subject.sold, i);
    if (left < seen) return i;
  }
  return -1;
}
