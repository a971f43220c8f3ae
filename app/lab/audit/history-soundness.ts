import { OUTCOMES } from '../outcome';
import { at, intAt } from './column';
import { HELD, type Invariant } from './invariant';
import { countOf } from './wording';

/**
 * A verdict is only as good as its history: each attempt once, with a known outcome, and returned after it was
 * called. A fault here is one of the recorder and not of the strategy, so it is a doubt and never a finding.
 */
export const historySoundness: Invariant = ({ history, settlement }) => {
  let unknownOutcomes = 0;
  let badTimes = 0;
  for (let i = 0; i < history.count; i += 1) {
    // Both are written so that a value that is not known (NaN) is a fault as well.
    if (!(intAt(history.outcome, i) < OUTCOMES.length)) unknownOutcomes += 1;
    if (!(at(history.call, i) <= at(history.return, i))) badTimes += 1;
  }
  const faults = [
    settlement.repeatedCount > 0
      ? `${countOf(settlement.repeatedCount, 'attempt')} recorded more than once`
      : '',
    unknownOutcomes > 0 ? `${countOf(unknownOutcomes, 'attempt')} with an outcome that does not exist` : '',
    badTimes > 0 ? `${countOf(badTimes, 'attempt')} without a call time before a return time` : '',
  ].filter(Boolean);
  if (faults.length === 0) return HELD;
  return { found: [], doubt: `The history cannot be trusted: ${faults.join(', ')}.` };
};
