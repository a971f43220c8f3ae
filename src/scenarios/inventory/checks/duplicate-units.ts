import { attemptIdOf, inFlight } from '@/audit/evidence';
import { HELD, type Invariant } from '@/audit/invariant';
import { PairList } from '@/audit/evidence-list';
import { at } from '@/lib/column';
import { countOf } from '@/model/wording';
import { whyStockMayRise } from './stock/restock';
import { eachSharedUnit } from './stock/unit-spans';

/**
 * No unit is handed out twice (audit.md 5): two buyers who are told that the same number of units is left were sold the
 * same unit. Count: sales whose lowest unit had been given to another sale, one that left fewer units or came earlier
 * in the history. Evidence: the two attempts.
 */
export const duplicateUnits: Invariant = (context) => {
  const { history } = context;
  if (context.byRemaining.length === 0) {
    return { found: [], notApplicable: 'No sale told how many units it left.' };
  }
  const mayRise = whyStockMayRise(context);
  if (mayRise !== undefined) return { found: [], notApplicable: mayRise };
  const pairs = new PairList((first, second) => ({
    attemptId: attemptIdOf(history, second),
    otherAttemptId: attemptIdOf(history, first),
    times: inFlight(history, second, first),
    note: `left ${at(history.remaining, second)} after taking ${context.given(second)}; ${attemptIdOf(history, first)} left ${at(history.remaining, first)} after taking ${context.given(first)}`,
  }));
  eachSharedUnit(context, (first, second) => {
    pairs.add(first, second);
  });
  const count = pairs.size;
  if (count === 0) return HELD;
  const message = `${countOf(count, 'sale was', 'sales were')} given a unit that another sale already had.`;
  return { found: [{ kind: 'duplicate-unit', count, message, witnesses: [pairs] }] };
};
