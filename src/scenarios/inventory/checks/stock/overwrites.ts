import type { AuditContext } from '@/audit/audit-context';
import { at, intAt, maskWhere } from '@/lib/column';

/**
 * Calls back with each sale that another one wrote over, and that other: it had begun to read before the sale's write
 * was done, and wrote after it (r1[x] w2[x] w1[x], the pattern of P4). Of several, the one that had read first. By the
 * windows that the server saw, so this explains a loss that the balance has proved, and proves none by itself.
 *
 * Linear after sorting.
 */
export function eachOverwrite(context: AuditContext, found: (undone: number, by: number) => void): void {
  const { history, settlement, spans } = context;
  const { windowStart, windowEnd } = history;
  const sold = maskWhere(
    history.count,
    (i) => settlement.ordersOf[i] !== 0 && spans.isTimed[i] === 1 && at(windowStart, i) < at(windowEnd, i),
  );
  const byWrite = context.sort(windowEnd, sold);
  let readFirst = -1;
  // from the last write back, so that all later writes are known; of writes that tie none is later
  let tied = byWrite.length - 1;
  for (let k = byWrite.length - 1; k >= 0; k -= 1) {
    const i = intAt(byWrite, k);
    for (; at(windowEnd, intAt(byWrite, tied)) > at(windowEnd, i); tied -= 1) {
      const later = intAt(byWrite, tied);
      if (readFirst === -1 || at(windowStart, later) < at(windowStart, readFirst)) readFirst = later;
    }
    if (readFirst !== -1 && at(windowStart, readFirst) < at(windowEnd, i)) found(i, readFirst);
  }
}
