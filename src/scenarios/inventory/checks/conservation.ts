import { HELD, type Invariant } from '@/audit/invariant';
import { notes } from '@/audit/evidence-list';
import { countOf, formatNumber } from '@/model/wording';
import { whyStillOpen } from './stock/still-running';

/**
 * A strategy's own counter must agree with the item's row after the last attempt (audit.md 10). That stock and
 * orders add up to the initial stock is the same sum as `lostUpdates`, so it is not repeated here.
 * Count: units between the two, after deducting what purchases still running may have half done.
 */
export const conservation: Invariant = ({ final, matched }) => {
  const { counter, finalStock } = final;
  if (counter === undefined) {
    const why = 'The strategy keeps no counter beside the stock; that orders and stock add up is check 2.';
    return { found: [], notApplicable: why };
  }
  if (counter.remaining === null) {
    const doubt = `The counter in ${counter.store} is gone, so it cannot be compared with the item's row.`;
    return { found: [], doubt };
  }
  const drift = counter.remaining - finalStock;
  const count = Math.abs(drift) - matched.slackUnits;
  if (count <= 0) {
    const doubt = whyStillOpen(final, matched);
    return doubt === undefined ? HELD : { found: [], doubt };
  }
  const both = `${counter.store} says ${formatNumber(counter.remaining)} left, the item's row says ${formatNumber(finalStock)}`;
  const isAtLeast = matched.slackUnits > 0;
  const units = `${isAtLeast ? 'at least ' : ''}${countOf(count, 'unit')}`;
  const message = `${both}: the counter ${drift > 0 ? 'would let through' : 'holds back'} ${units} too many.`;
  const note = `counter - row = ${counter.remaining} - ${finalStock} = ${drift}`;
  return { found: [{ kind: 'drift', count, isAtLeast, message, witnesses: [notes({ note })] }] };
};
