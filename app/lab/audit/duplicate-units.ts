import { at, intAt } from './column';
import { attemptIdOf, inFlight } from './evidence';
import { HELD, type Invariant } from './invariant';
import { whyStockMayRise } from './restock';
import { eachSharedUnit } from './unit-spans';
import { PairList } from './witnesses';
import { countOf } from './wording';

/**
 * No unit is handed out twice (audit.md 5): two buyers who are told that the same number of units is left have been
 * sold the same unit. Count: units handed out more often than once. Evidence: the two attempts.
 */
export const duplicateUnits: Invariant = (subject) => {
  const { history } = subject;
  if (subject.byRemaining.length === 0) {
    return { found: [], notApplicable: 'No accepted attempt was told how many units it left.' };
  }
  const mayRise = whyStockMayRise(subject);
  if (mayRise !== undefined) return { found: [], notApplicable: mayRise };
  const pairs = new PairList((first, second) => ({
    attemptId: attemptIdOf(history, second),
    otherAttemptId: attemptIdOf(history, first),
    times: inFlight(history, second, first),
    note: `left ${at(history.remaining, second)} after taking ${countOf(intAt(history.quantity, second), 'unit')}; ${attemptIdOf(history, first)} left ${at(history.remaining, first)} after taking ${intAt(history.quantity, first)}`,
  }));
  let count = 0;
  eachSharedUnit(subject, (first, second, units) => {
    count += units;
    pairs.add(first, second);
  });
  if (count === 0) return HELD;
  const message = `${countOf(count, 'unit was', 'units were')} handed out more than once: ${countOf(pairs.size, 'sale')} left as many units as another one.`;
  return { found: [{ kind: 'duplicate-unit', count, message, witnesses: [pairs] }] };
};
