import { oncePerAudit } from '@/audit/subject';
import { maskWhere } from '@/lib/column';

/** Attempts with an order by rising version seen, without those that told none. */
export const salesByVersion = oncePerAudit((subject): Uint32Array => {
  const { history, settlement } = subject;
  const sold = maskWhere(history.count, (i) => settlement.ordersOf[i] !== 0);
  return subject.sort(history.seenVersion, sold);
});
