import type { AuditContext } from '@/audit/audit-context';
import { countOf } from '@/model/wording';
import { measureCreated } from './created-units';
import { whyStockMayRiseByDesign } from './restock-by-design';

/**
 * Why the stock may have risen while the lane ran, as a sentence; `undefined` when it can only have fallen. Checks
 * that rely on each unit being handed out once, and on sold out being final, do not apply then.
 */
export function whyStockMayRise(context: AuditContext): string | undefined {
  const byDesign = whyStockMayRiseByDesign(context);
  if (byDesign !== undefined) return byDesign;
  const { units } = measureCreated(context);
  return units === 0
    ? undefined
    : `${countOf(units, 'unit')} came into the stock while the lane ran (check 2).`;
}
