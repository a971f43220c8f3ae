import { at } from './column';
import { attemptIdOf, EVIDENCE_LIMIT, EvidenceList } from './evidence';
import { HELD, type Invariant } from './invariant';
import { countOf, formatNumber } from './wording';

/**
 * Stock is never below zero: not in the final row, not in what an attempt read, not in what it left (audit.md 3).
 * Count: units below zero at the lowest point. Evidence: the row and the attempts that saw or left such a value.
 */
export const negativeStock: Invariant = ({ history, final }) => {
  const { seenStock, remaining } = history;
  const witnesses = new EvidenceList();
  let lowest = final.finalStock;
  for (let i = 0; i < history.count; i += 1) {
    const seen = at(seenStock, i);
    const left = at(remaining, i);
    // NaN is not below zero, so unknown values pass.
    if (!(seen < 0 || left < 0)) continue;
    if (seen < lowest) lowest = seen;
    if (left < lowest) lowest = left;
    witnesses.add(() => ({
      attemptId: attemptIdOf(history, i),
      note: [seen < 0 ? `saw stock ${seen}` : '', left < 0 ? `left ${left}` : '']
        .filter(Boolean)
        .join(' and '),
    }));
  }
  if (lowest >= 0) return HELD;
  const end = `it ended at ${formatNumber(final.finalStock)}`;
  const attempts = `${countOf(witnesses.count, 'attempt')} saw or left less than nothing`;
  const message = `Stock fell to ${formatNumber(lowest)}; ${end}, and ${attempts}.`;
  const row = { note: `The item's row ended at ${final.finalStock}` };
  const evidence = [row, ...witnesses.evidence.slice(0, EVIDENCE_LIMIT - 1)];
  return { findings: [{ kind: 'negative-stock', count: -lowest, message, evidence }] };
};
