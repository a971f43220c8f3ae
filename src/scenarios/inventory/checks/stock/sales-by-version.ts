import { oncePerAudit } from '@/audit/audit-context';
import { maskWhere } from '@/lib/column';

/** Attempts with an order by rising version seen, except those that reported none. */
export const salesByVersion = oncePerAudit((context): Uint32Array => {
  const { history, matched } = context;
  const sold = maskWhere(history.count, (i) => matched.ordersOf[i] !== 0);
  return context.sort(history.seenVersion, sold);
});
