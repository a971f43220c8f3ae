import { conservation } from './conservation';
import { historySoundness } from './history-soundness';
import type { Invariant } from './invariant';
import { lostUpdates } from './lost-updates';
import { negativeStock } from './negative-stock';
import { orderReconciliation } from './order-reconciliation';
import { oversold } from './oversold';

/** Every invariant that an audit checks. Findings come in this order, so the first one heads the verdict's reason. */
export const INVARIANTS: readonly Invariant[] = [
  oversold,
  lostUpdates,
  negativeStock,
  orderReconciliation,
  conservation,
  historySoundness,
];
