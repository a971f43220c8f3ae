import { HELD, type Invariant } from '@/audit/invariant';
import type { AuditContext } from '@/audit/audit-context';
import { at, intAt } from '@/lib/column';
import { OUTCOMES } from '@/model/outcome';
import { countOf } from '@/model/wording';

/**
 * A verdict is only as good as its history: it must hold each attempt once, with a known outcome, a return after its
 * call, and steps in between; and each order once, as no table has two rows with one id. A fault here is the recorder's
 * and not the strategy's, so it is a doubt and never a finding.
 */
export const historySoundness: Invariant = (context) => {
  const { history, matched, spans, repeatedAttempts } = context;
  let unknownOutcomes = 0;
  let badTimes = 0;
  let strayTimes = 0;
  for (let i = 0; i < history.count; i += 1) {
    // written so that an unknown value (NaN) is a fault as well
    if (!(intAt(history.outcome, i) < OUTCOMES.length)) unknownOutcomes += 1;
    if (spans.isTimed[i] === 0) badTimes += 1;
    else if (isStray(context, i)) strayTimes += 1;
  }
  const { repeatedOrders } = matched;
  const faults = [
    repeatedAttempts > 0 ? `${countOf(repeatedAttempts, 'attempt')} recorded more than once` : '',
    unknownOutcomes > 0 ? `${countOf(unknownOutcomes, 'attempt')} with an outcome that does not exist` : '',
    badTimes > 0 ? `${countOf(badTimes, 'attempt')} without a return after the call` : '',
    strayTimes > 0
      ? `${countOf(strayTimes, 'attempt')} that read, wrote or held a lock before the call or after the return`
      : '',
    repeatedOrders > 0 ? `${countOf(repeatedOrders, 'order')} with the id of another order` : '',
  ].filter(Boolean);
  if (faults.length === 0) return HELD;
  return { found: [], doubt: `The history cannot be trusted: ${faults.join(', ')}.` };
};

/** Whether a recorded span begins before its attempt or ends after it. An unknown time (NaN) is never outside. */
function isStray({ history, spans }: AuditContext, i: number): boolean {
  const [from, until] = [at(spans.from, i), at(spans.until, i)];
  return (
    at(history.windowStart, i) < from ||
    at(history.windowEnd, i) > until ||
    at(history.holdStart, i) < from ||
    at(history.holdEnd, i) > until ||
    at(history.waitStart, i) < from ||
    at(history.waitEnd, i) > until ||
    at(history.pendingStart, i) < from ||
    at(history.pendingEnd, i) > until
  );
}
