import { attemptIdOf, span } from '@/audit/evidence';
import { HELD, type Invariant } from '@/audit/invariant';
import { ACCEPTED, SOLD_OUT } from '@/audit/outcome-code';
import type { AuditContext } from '@/audit/audit-context';
import { PairList } from '@/audit/evidence-list';
import { at, countMasked, maskWhere } from '@/lib/column';
import type { EvidenceTimes } from '@/model/verdict';
import { countOf } from '@/model/wording';

/**
 * Two attempts never hold the lock of an item at once (audit.md 11). A hold counts only for the time in which it is
 * certain: from the grant, as the server saw it, to the release. Sharing a single instant does not count. Attempts that
 * were not told accepted or sold out are left out: they may have lost the lock before they noticed. Count: attempts
 * that held it while an earlier holder did.
 *
 * Where both carry fencing tokens the lock may fail, by design: the row refuses the write of a holder that outlives its
 * lease. Such holds are reported, and judged by `fencing`.
 */
export const lockOverlap: Invariant = (context) => {
  const { history } = context;
  const { holdStart, holdEnd } = history;
  const known = maskWhere(history.count, (i) => isCertainHold(context, i));
  if (countMasked(known) === 0)
    return { found: [], notApplicable: 'No attempt is known to have held a lock.' };
  const pairs = new PairList((later, earlier) => ({
    attemptId: attemptIdOf(history, later),
    otherAttemptId: attemptIdOf(history, earlier),
    times: [holdOf(context, later), holdOf(context, earlier)],
    note: `was granted the lock while ${attemptIdOf(history, earlier)} still held it`,
  }));
  let fenced = 0;
  // keeps the earlier holder that holds it longest: of all, and of those without a token
  let holder = -1;
  let unfenced = -1;
  for (const i of context.sort(holdStart, known)) {
    const isFenced = !Number.isNaN(at(history.token, i));
    const isHeldBy = (other: number) =>
      other !== -1 && at(holdStart, i) < at(holdEnd, other) && at(holdStart, i) < at(holdEnd, i);
    const rival = isFenced ? unfenced : holder;
    if (isHeldBy(rival)) pairs.add(i, rival);
    else if (isHeldBy(holder)) fenced += 1;
    if (holder === -1 || at(holdEnd, i) > at(holdEnd, holder)) holder = i;
    if (!isFenced && (unfenced === -1 || at(holdEnd, i) > at(holdEnd, unfenced))) unfenced = i;
  }
  const count = pairs.size;
  const say = (n: number) => `${countOf(n, 'attempt')} got the lock while another attempt held it.`;
  if (count > 0) return { found: [{ kind: 'lock-overlap', count, message: say(count), witnesses: [pairs] }] };
  if (fenced === 0) return HELD;
  return { found: [], remark: `${say(fenced)} Both had fencing tokens, which then decide which may write.` };
};

/** Whether the attempt reached a decision under the lock, in a time that can be trusted. */
function isCertainHold({ history, spans }: AuditContext, i: number): boolean {
  const { outcome, holdStart, holdEnd } = history;
  if (outcome[i] !== ACCEPTED && outcome[i] !== SOLD_OUT) return false;
  const isWithin = at(spans.from, i) <= at(holdStart, i) && at(holdEnd, i) <= at(spans.until, i);
  return spans.isTimed[i] === 1 && isWithin && at(holdStart, i) <= at(holdEnd, i);
}

function holdOf({ history }: AuditContext, i: number): EvidenceTimes {
  const times = span(at(history.holdStart, i), at(history.holdEnd, i));
  return { attemptId: attemptIdOf(history, i), what: 'held the lock', ...times };
}
