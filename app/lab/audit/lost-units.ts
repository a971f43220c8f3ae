import { unitsInStock, type FinalState } from './final-state';
import type { Settlement } from './settlement';
import { oncePerAudit } from './subject';
import { measureProvenForks } from './version-forks';

/**
 * L = A - (S - F), in units: what orders took less what the stock lost (audit.md 2). Positive: updates of the stock
 * were lost (P4). Negative: units left the stock without an order. A net figure, in which the two cancel.
 */
export function unitsLost(final: FinalState, settlement: Settlement): number {
  return settlement.orders.quantity - (unitsInStock(final) - final.finalStock);
}

/** What became of the stock; lost - leaked is always net. */
export interface Losses {
  /** L. */
  net: number;
  /** Units that sales from one version certainly undid, whatever the balance says; part of `lost`. */
  proven: number;
  /** Units of updates that were lost. More than `net` where forks prove more than a leak leaves to be seen of it. */
  lost: number;
  /** Units that left the stock without an order. */
  leaked: number;
}

/** Takes apart what cancels in L, as far as forks of a version prove it. */
export const measureLosses = oncePerAudit((subject): Losses => {
  const net = unitsLost(subject.final, subject.settlement);
  const proven = measureProvenForks(subject).units;
  const lost = Math.max(net, proven, 0);
  return { net, proven, lost, leaked: lost - net };
});
