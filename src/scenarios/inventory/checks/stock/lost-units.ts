import { oncePerAudit } from '@/audit/audit-context';
import { measureProvenForks } from '../version-forks';
import { unitsLost } from './balance';
import { measureCreated } from './created-units';

/** What became of the stock; lost + created - leaked is always net. */
export interface Losses {
  /** L. */
  net: number;
  /** Units that sales from one version certainly undid, whatever the balance says; part of `lost`. */
  proven: number;
  /** Units of updates that were lost. More than `net` where forks prove more than a leak leaves visible. */
  lost: number;
  /** Units too many in the stock, from no known source. */
  created: number;
  /** Units that left the stock without an order. */
  leaked: number;
}

/** Separates what cancels in L, as far as the versions and the row prove it. */
export const measureLosses = oncePerAudit((context): Losses => {
  const net = unitsLost(context.final, context.matched);
  const proven = measureProvenForks(context).units;
  const created = measureCreated(context).units;
  const lost = Math.max(net - created, proven, 0);
  return { net, proven, lost, created, leaked: lost + created - net };
});
