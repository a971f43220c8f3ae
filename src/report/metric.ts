import type { LaneSummary } from '@/model/race';
import type { LoadPlan } from '@/plan/load-plan';

/**
 * From a relative difference of this size on, a rate, a latency or a number of retries is called better or worse. It only keeps trifles from
 * being judged: four races of one plan and seed, on a machine busy with other work, made from 117 to 273 attempts a
 * second, so the page says what one race is worth.
 */
export const NOTABLE = 0.1;

/** The bounds between which a figure lies; an end that nothing bounds is infinite. */
export interface Range {
  low: number;
  high: number;
}

/** Why a figure of a lane is not certain, and its bounds; null where it is. */
export interface Uncertainty {
  why: string;
  bounds: (lane: LaneSummary) => Range | null;
}

/** A lane with the plan that it ran under. */
export interface MeasuredLane {
  lane: LaneSummary;
  plan: LoadPlan;
}

export interface Metric {
  id: string;
  name: string;
  unit: 'count' | 'rate' | 'ms';
  /** Which way is good; null where neither is. */
  good: 'less' | 'more' | null;
  /** Null where the lane does not have it. */
  read: (lane: LaneSummary) => number | null;
  /** The whole that a count is a part of, so that lanes of other sizes can be compared by their shares. */
  share?: { of: string; whole: (lane: LaneSummary) => number };
  uncertain?: Uncertainty[];
  /** Why the figures of two lanes support no claim; null when they do. */
  doubt: (lane: MeasuredLane, baseline: MeasuredLane) => string | null;
}

export type Doubt = Metric['doubt'];

/** The first doubt that applies. */
export function doubts(...reasons: Doubt[]): Doubt {
  return (lane, baseline) => {
    for (const reason of reasons) {
      const why = reason(lane, baseline);
      if (why !== null) return why;
    }
    return null;
  };
}

type Figure = Pick<Metric, 'good' | 'read'>;

/**
 * Doubts a figure of which only bounds are known, except where the best that it can be is worse than what the other lane
 * has for certain.
 */
function atBest({ good, read }: Figure, { why, bounds }: Uncertainty): Doubt {
  const bestOf = (lane: LaneSummary) => {
    const range = bounds(lane);
    return range && (good === 'less' ? range.low : range.high);
  };
  return ({ lane: a }, { lane: b }) => {
    const [best, other] = [bestOf(a), bestOf(b)];
    if (best === null && other === null) return null;
    if (best !== null && other !== null) return why;
    const [value, against] = [best ?? read(a), other ?? read(b)];
    if (value === null || against === null) return why;
    const [bound, certain] = best === null ? [against, value] : [value, against];
    const isWorse = good === 'less' ? bound > certain : bound < certain;
    const isNotable = Math.abs(value - against) >= NOTABLE * against;
    return isWorse && isNotable ? null : why;
  };
}

/** Doubts about both lanes, then about what is uncertain of either. */
export function compared(metric: Omit<Metric, 'doubt'>, ...reasons: Doubt[]): Metric {
  const { uncertain = [] } = metric;
  return { ...metric, doubt: doubts(...reasons, ...uncertain.map((one) => atBest(metric, one))) };
}
