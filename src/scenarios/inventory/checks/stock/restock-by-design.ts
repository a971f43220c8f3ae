import { CONFLICT, ERROR, INDETERMINATE } from '@/audit/outcome-code';
import type { AuditContext } from '@/audit/audit-context';
import { intAt } from '@/lib/column';
import type { FinalState } from '@/model/final-state';
import { countOf } from '@/model/wording';

/**
 * Why the stock may have risen while the lane ran, without anything being wrong, as a sentence; `undefined` when it
 * should only have fallen.
 */
export function whyStockMayRiseByDesign({ history, final, matched }: AuditContext): string | undefined {
  const { restocked = 0, givesBack = false } = final;
  if (restocked !== 0) return `${countOf(restocked, 'unit was', 'units were')} added while the lane ran.`;
  if (!givesBack) return undefined;
  let failed = 0;
  for (let i = 0; i < history.count; i += 1) {
    const outcome = intAt(history.outcome, i);
    const isUnsold = outcome === INDETERMINATE && matched.ordersOf[i] === 0;
    if (outcome === CONFLICT || outcome === ERROR || isUnsold) failed += 1;
  }
  if (failed === 0) return undefined;
  return `${countOf(failed, 'attempt')} failed and may have given units back, which others could then buy.`;
}

/** Why added units keep a verdict from `ok`, as a sentence; `undefined` when none were added. */
export function whyRestockIsUnproven({ restocked = 0 }: FinalState): string | undefined {
  if (restocked === 0) return undefined;
  return `${countOf(restocked, 'unit was', 'units were')} added while the lane ran, and nothing in the history shows where ${restocked === 1 ? 'it' : 'they'} came from.`;
}
