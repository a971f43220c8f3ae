import { attemptIdOf } from '@/audit/evidence';
import { HELD, type Invariant } from '@/audit/invariant';
import { notes, PairList } from '@/audit/evidence-list';
import { at } from '@/lib/column';
import { countOf, formatNumber } from '@/model/wording';

/**
 * Stock is never below zero: not in the final row, not in what an attempt read, not in what it left (audit.md 3).
 * Count: units below zero at the lowest point. Evidence: the row and the attempts that saw or left such a value.
 */
export const negativeStock: Invariant = ({ history, final }) => {
  const { seenStock, remaining } = history;
  const witnesses = new PairList((i) => ({
    attemptId: attemptIdOf(history, i),
    note: [
      at(seenStock, i) < 0 ? `saw stock ${seenStock[i]}` : '',
      at(remaining, i) < 0 ? `left ${remaining[i]}` : '',
    ]
      .filter(Boolean)
      .join(' and '),
  }));
  let lowest = final.finalStock;
  for (let i = 0; i < history.count; i += 1) {
    const seen = at(seenStock, i);
    const left = at(remaining, i);
    // NaN is not below zero, so unknown values pass.
    if (!(seen < 0 || left < 0)) continue;
    if (seen < lowest) lowest = seen;
    if (left < lowest) lowest = left;
    witnesses.add(i);
  }
  if (lowest >= 0) return HELD;
  const end =
    final.finalStock === lowest ? ', where it ended' : ` and ended at ${formatNumber(final.finalStock)}`;
  const attempts =
    witnesses.size > 0 ? ` ${countOf(witnesses.size, 'attempt')} saw or left stock below zero.` : '';
  const message = `Stock fell to ${formatNumber(lowest)}${end}.${attempts}`;
  const row = notes({ note: `The item's row ended at ${final.finalStock}` });
  return { found: [{ kind: 'negative-stock', count: -lowest, message, witnesses: [row, witnesses] }] };
};
