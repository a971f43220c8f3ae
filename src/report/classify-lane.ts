import type { OutcomeCounts } from '@/model/outcome';
import type { LaneStatus } from '@/model/lane-status';
import type { LaneView } from '@/model/race';
import type { Expected } from '@/model/strategy';
import type { FindingKind, Liveness, Verdict } from '@/model/verdict';
import type { LaneStateId } from './verdict-words';

/** The input of a lane's description. Lanes of races have all of it, lanes of history files what the audit knows. */
export interface DescribedLane {
  status: LaneStatus;
  /** Undefined where a history file does not say. */
  expected: Expected | undefined;
  /** What a conditional strategy needs; null where there is none, or it is not known. */
  condition: string | null;
  counts: OutcomeCounts;
  stock: { initial: number; final: number | null };
  orders: { count: number; quantity: number };
  oversold: number;
  verdict: Verdict;
  liveness: Pick<Liveness, 'undersold' | 'turnedAway' | 'failedInStock' | 'demand'> | null;
  overlap: { raced: number };
  control: { broke: boolean } | null;
  sends: Pick<NonNullable<LaneView['sends']>, 'dropped' | 'drops'> | null;
}

/** The one state that a lane is in. `isQueued`: its race waits for other jobs. */
export function classifyLane(lane: DescribedLane, isQueued = true): LaneStateId {
  switch (lane.status) {
    case 'pending':
      return isQueued ? 'waiting' : 'cold';
    case 'warming':
    case 'ready':
    case 'preparing':
      return lane.status;
    case 'cancelled':
      return lane.counts.attempts === 0 ? 'not-run' : 'not-judged';
    case 'running':
    case 'draining':
    case 'auditing':
      return classifyRunning(lane);
    case 'finished':
      return classifyJudged(lane);
    default:
      return lane.status satisfies never;
  }
}

function classifyRunning(lane: DescribedLane): LaneStateId {
  if (oversoldSoFar(lane) > 0) return 'oversold-so-far';
  return soldUnits(lane) < lane.stock.initial ? 'selling' : 'sold-out';
}

function classifyJudged(lane: DescribedLane): LaneStateId {
  switch (lane.verdict.status) {
    case 'violated':
      return classifyViolated(lane.verdict.findings[0]?.kind);
    case 'inconclusive':
      return classifyInconclusive(lane);
    case 'ok':
      return classifyHeld(lane);
    default:
      return lane.verdict.status satisfies never;
  }
}

/** By the finding that heads the reason. */
function classifyViolated(first: FindingKind | undefined): LaneStateId {
  if (first === 'oversold') return 'oversold';
  return first === 'lost-update' ? 'lost-updates' : 'other-violation';
}

function classifyInconclusive({ control, counts, orders, overlap }: DescribedLane): LaneStateId {
  if (control?.broke === false) return 'control-held';
  if (counts.attempts === 0) return 'nothing-sent';
  if (counts.indeterminate === counts.attempts) return 'undecided';
  if (orders.count === 0) return 'nothing-sold';
  return overlap.raced === 0 ? 'uncontested' : 'other-doubt';
}

/** Missing parts come first; then the sales. */
function classifyHeld(lane: DescribedLane): LaneStateId {
  const { counts, expected, liveness, stock, orders } = lane;
  if (droppedOf(lane) > counts.attempts) return 'not-sent';
  if (2 * counts.indeterminate > counts.attempts) return 'not-answered';
  if (liveness && liveness.undersold > 0) return 'undersold';
  if (liveness && liveness.turnedAway > 0) return 'turned-away';
  if (liveness && liveness.failedInStock > 0) return 'failures';
  if (liveness && liveness.demand <= stock.initial) return 'untested';
  if (expected === 'unsafe') return 'held-this-time';
  if (expected === 'conditional') return 'held-here';
  return orders.quantity === stock.initial ? 'exact' : 'held';
}

/** Purchases that were due and never sent. */
export function droppedOf({ sends }: DescribedLane): number {
  return sends?.dropped ?? 0;
}

/** Units that buyers were told they bought while the lane runs, and those of the orders table afterwards. */
export function soldUnits({ orders }: Pick<DescribedLane, 'orders'>): number {
  return orders.quantity;
}

/** Before the audit only what buyers were told is known; that can already be more than there was to sell. */
export function oversoldSoFar(lane: DescribedLane): number {
  return Math.max(lane.oversold, soldUnits(lane) - lane.stock.initial, 0);
}
