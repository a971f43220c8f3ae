import { at, countMasked, maskWhere } from './column';
import { attemptIdOf, span } from './evidence';
import type { Invariant } from './invariant';
import type { AuditSubject } from './subject';
import type { EvidenceTimes } from './verdict';
import { PairList } from './witnesses';
import { countOf } from './wording';

/**
 * Two attempts never hold the lock of an item at once (audit.md 11). Only the time is counted for which it was
 * certainly held: from its being granted, as the server saw it, to its being given back. Sharing a single instant
 * does not count. Count: attempts that held it while an earlier holder did.
 *
 * Where writes carry fencing tokens the lock may fail, by design: a holder that outlives its lease is refused by the
 * row it writes. Overlapping holds are told then, and judged by `fencing`.
 */
export const lockOverlap: Invariant = (subject) => {
  const { history } = subject;
  const { holdStart, holdEnd } = history;
  const known = maskWhere(history.count, (i) => at(holdStart, i) <= at(holdEnd, i));
  if (countMasked(known) === 0)
    return { found: [], notApplicable: 'No attempt is known to have held a lock.' };
  const pairs = new PairList((later, earlier) => ({
    attemptId: attemptIdOf(history, later),
    otherAttemptId: attemptIdOf(history, earlier),
    times: [holdOf(subject, later), holdOf(subject, earlier)],
    note: `was granted the lock while ${attemptIdOf(history, earlier)} still held it`,
  }));
  let holder = -1;
  for (const i of subject.sort(holdStart, known)) {
    if (holder !== -1 && at(holdStart, i) < at(holdEnd, holder) && at(holdStart, i) < at(holdEnd, i)) {
      pairs.add(i, holder);
    }
    if (holder === -1 || at(holdEnd, i) > at(holdEnd, holder)) holder = i;
  }
  const count = pairs.size;
  const message = `${countOf(count, 'attempt')} held the lock while another one did.`;
  if (count === 0) return { found: [] };
  if (isFenced(subject)) return { found: [], remark: `${message} Fencing tokens decide then who may write.` };
  return { found: [{ kind: 'lock-overlap', count, message, witnesses: [pairs] }] };
};

function isFenced({ history }: AuditSubject): boolean {
  return history.token.some((token) => !Number.isNaN(token));
}

function holdOf({ history }: AuditSubject, i: number): EvidenceTimes {
  const times = span(at(history.holdStart, i), at(history.holdEnd, i));
  return { attemptId: attemptIdOf(history, i), what: 'held the lock', ...times };
}
