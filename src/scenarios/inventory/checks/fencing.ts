import { attemptIdOf, inFlight } from '@/audit/evidence';
import { HELD, type InvariantResult, type Invariant } from '@/audit/invariant';
import type { AuditContext } from '@/audit/audit-context';
import { PairList } from '@/audit/evidence-list';
import { at, countMasked, intAt, maskWhere } from '@/lib/column';
import { countOf } from '@/model/wording';
import { wroteWhatItSaw } from './version-forks';

/** Called with an attempt and an earlier one whose token was not below its own. */
type OnFault = (later: number, earlier: number) => void;

/**
 * Fencing tokens rise from sale to sale (audit.md 11). A write accepted with a token not above an earlier accepted one
 * is a zombie's: its holder's lock had passed to another holder (Kleppmann: How to do distributed locking, 2016).
 * "Earlier" follows from the version that each write replaced, and from real time: one hold, or attempt, was over
 * before the other began. Every attempt that was told accepted or has an order has written. Count: sales. Evidence: the
 * two attempts.
 *
 * Tokens also rise from one holder to the next where nothing was written. A lock that does not ensure this makes no
 * attempt a zombie yet, but leaves fencing without a basis.
 */
export const fencing: Invariant = (context) => {
  const { history } = context;
  const { ordersOf } = context.matched;
  const holders = maskWhere(history.count, (i) => !Number.isNaN(at(history.token, i)));
  if (countMasked(holders) === 0) return { found: [], notApplicable: 'No attempt told a fencing token.' };
  const fenced = maskWhere(
    history.count,
    (i) => holders[i] === 1 && (context.isAccepted(i) || ordersOf[i] !== 0),
  );
  const zombies = new PairList((later, earlier) => ({
    attemptId: attemptIdOf(history, later),
    otherAttemptId: attemptIdOf(history, earlier),
    times: inFlight(history, later, earlier),
    note: `wrote with token ${at(history.token, later)}, though ${attemptIdOf(history, earlier)} had with ${at(history.token, earlier)}`,
  }));
  const isFound = new Uint8Array(history.count);
  const onFault: OnFault = (later, earlier) => {
    if (isFound[later] === 1) return;
    isFound[later] = 1;
    zombies.add(later, earlier);
  };
  compareByVersion(context, fenced, onFault);
  compareByTime(context, fenced, onFault);
  findReused(context, fenced, isFound, onFault);
  const count = zombies.size;
  if (count === 0) return tokensThatRose(context, holders);
  const message = `${countOf(count, 'sale')} wrote with a fencing token that was not higher than an earlier write's.`;
  return { found: [{ kind: 'zombie-write', count, message, witnesses: [zombies] }] };
};

function tokensThatRose(context: AuditContext, holders: Uint8Array): InvariantResult {
  const { history } = context;
  const faults: string[] = [];
  const onFault: OnFault = (later, earlier) => {
    const [own, other] = [at(history.token, later), at(history.token, earlier)];
    faults.push(
      `${attemptIdOf(history, later)} got fencing token ${own} though ${attemptIdOf(history, earlier)} had got ${other}`,
    );
  };
  compareByTime(context, holders, onFault);
  findReused(context, holders, new Uint8Array(history.count), onFault);
  const [first] = faults;
  if (first === undefined) return HELD;
  return { found: [], doubt: `Tokens must rise from holder to holder, but ${first}.` };
}

/**
 * Sales that replaced a later version than another sale did, with a token not above it. A sale that decremented in place
 * may have replaced a later version than it saw.
 */
function compareByVersion(context: AuditContext, fenced: Uint8Array, onFault: OnFault): void {
  const { seenVersion, token } = context.history;
  const replaced = fenced.map((isFenced, i) => (wroteWhatItSaw(context, i) === false ? 0 : isFenced));
  const order = context.sort(seenVersion, replaced);
  let highest = -1;
  let pending = -1;
  let version = Number.NaN;
  for (const i of order) {
    // the order of the sales of one version is unknown, so they are added only with the next version
    if (seenVersion[i] !== version) {
      if (pending !== -1 && (highest === -1 || at(token, pending) > at(token, highest))) highest = pending;
      [pending, version] = [-1, at(seenVersion, i)];
    }
    if (highest !== -1 && at(token, i) <= at(token, highest)) onFault(i, highest);
    if (pending === -1 || at(token, i) > at(token, pending)) pending = i;
  }
}

/** Holders whose hold began after another's was over, with a token not above it. */
function compareByTime(context: AuditContext, holders: Uint8Array, onFault: OnFault): void {
  const { history } = context;
  const { token } = history;
  const { from, until } = context.spans;
  const hasHold = maskWhere(history.count, (i) => isWithin(context, i));
  const start = from.map((called, i) => (hasHold[i] === 1 ? at(history.holdStart, i) : called));
  const end = until.map((over, i) => (hasHold[i] === 1 ? at(history.holdEnd, i) : over));
  const byEnd = context.sort(end, holders);
  let over = 0;
  let highest = -1;
  for (const i of context.sort(start, holders)) {
    for (; over < byEnd.length; over += 1) {
      const other = intAt(byEnd, over);
      if (!(at(end, other) < at(start, i))) break;
      if (highest === -1 || at(token, other) > at(token, highest)) highest = other;
    }
    if (highest !== -1 && at(token, i) <= at(token, highest)) onFault(i, highest);
  }
}

/** Whether the hold of an attempt is known and lies within its span. */
function isWithin({ history, spans }: AuditContext, i: number): boolean {
  const [start, end] = [at(history.holdStart, i), at(history.holdEnd, i)];
  return spans.isTimed[i] === 1 && at(spans.from, i) <= start && start <= end && end <= at(spans.until, i);
}

/** Holders that share a token, in any order, except those already found. */
function findReused(context: AuditContext, holders: Uint8Array, isFound: Uint8Array, onFault: OnFault): void {
  const { token } = context.history;
  let before = -1;
  for (const i of context.sort(token, holders)) {
    if (isFound[i] === 1) continue;
    if (before !== -1 && token[i] === token[before]) onFault(i, before);
    else before = i;
  }
}
