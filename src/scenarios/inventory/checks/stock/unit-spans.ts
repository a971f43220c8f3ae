import type { AuditContext } from '@/audit/audit-context';
import { at } from '@/lib/column';

/** `units` of the second sale had been handed out to the first one already. */
export type OnOverlap = (first: number, second: number, units: number) => void;

/**
 * Goes through the sales that handed out units of the same number. Units are numbered from the bottom of the stock,
 * so that a sale of q units which leaves r has handed out units r to r + q - 1. By rising r, each sale is the second of
 * at most one call. Linear after sorting.
 */
export function eachSharedUnit(context: AuditContext, onOverlap: OnOverlap): void {
  const { remaining } = context.history;
  let top = Number.NEGATIVE_INFINITY;
  let holder = -1;
  for (const i of context.byRemaining) {
    const start = at(remaining, i);
    const end = start + context.given(i);
    if (start < top && start < end) onOverlap(holder, i, Math.min(top, end) - start);
    if (end > top) [top, holder] = [end, i];
  }
}
