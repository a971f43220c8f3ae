import type { Invariant } from '@/audit/invariant';
import type { RegisteredCheck } from '@/audit/judge';
import { conservation } from './conservation';
import { duplicateUnits } from './duplicate-units';
import { fencing } from './fencing';
import { historySoundness } from './history-soundness';
import { liveness } from './liveness';
import { lockOverlap } from './lock-overlap';
import { lostUpdates } from './lost-updates';
import { negativeStock } from './negative-stock';
import { orderReconciliation } from './order-reconciliation';
import { oversold } from './oversold';
import { saleOrder } from './sale-order';
import { soldOutAnswers } from './sold-out-answers';
import { stockReads } from './stock-reads';
import { versionForks } from './version-forks';

/**
 * The checks of audit.md but its last, which is `OVERLAP_CHECK`, each with the invariants that it looks at. Findings come
 * in this order, so the first one heads the verdict's reason.
 */
export const CHECKS: readonly RegisteredCheck[] = [
  {
    no: 1,
    id: 'oversold',
    title: 'No more units sold than there were',
    invariants: [oversold],
    kinds: ['oversold'],
  },
  {
    no: 2,
    id: 'lost-units',
    title: 'Stock fell by exactly what was ordered',
    invariants: [lostUpdates],
    kinds: ['lost-update', 'stock-leak', 'stock-created'],
  },
  {
    no: 3,
    id: 'negative-stock',
    title: 'Stock never below zero',
    invariants: [negativeStock],
    kinds: ['negative-stock'],
  },
  {
    no: 4,
    id: 'version-forks',
    title: 'No two sales wrote from one version',
    invariants: [versionForks],
    kinds: [],
  },
  {
    no: 8,
    id: 'order-reconciliation',
    title: 'Orders match what buyers were told',
    invariants: [orderReconciliation],
    kinds: ['lost-order', 'phantom-order', 'false-sold-out', 'duplicate-order'],
  },
  { no: 10, id: 'conservation', title: 'The stores agree', invariants: [conservation], kinds: ['drift'] },
  {
    no: 5,
    id: 'duplicate-units',
    title: 'No unit given to two buyers',
    invariants: [duplicateUnits],
    kinds: ['duplicate-unit'],
  },
  {
    no: 6,
    id: 'sold-out-answers',
    title: 'No buyer was refused what later buyers got',
    invariants: [soldOutAnswers],
    kinds: ['non-linearizable'],
  },
  {
    no: 7,
    id: 'sale-order',
    title: 'Earlier requests were served first',
    invariants: [saleOrder],
    kinds: ['non-linearizable'],
  },
  {
    no: 9,
    id: 'stock-reads',
    title: 'Every stock seen or left is possible',
    invariants: [stockReads],
    kinds: ['non-linearizable'],
  },
  {
    no: 11,
    id: 'locks',
    title: 'One holder of a lock at a time',
    invariants: [lockOverlap, fencing],
    kinds: ['lock-overlap', 'zombie-write'],
  },
  { no: 12, id: 'liveness', title: 'No buyer was turned away wrongly', invariants: [liveness], kinds: [] },
];

/** What the history must be before anything can be concluded from it. */
export const PRECONDITION: Invariant = historySoundness;

/** The check of audit.md 13, which measures the lane as a whole instead of looking for a fault. */
export const OVERLAP_CHECK = { no: 13, id: 'overlap', title: 'Sales were contested' } as const;
