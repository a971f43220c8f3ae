import { isLaneOver } from '@/model/lane-status';
import { unitsLost, type LaneSummary } from '@/model/race';
import { compared, doubts, NOTABLE } from './metric';
import type { Doubt, MeasuredLane, Metric, Uncertainty } from './metric';

/** Before the audit the final rows have not been read: no number, never a zero. */
function decided(read: (lane: LaneSummary) => number): Metric['read'] {
  return (lane) => (lane.status === 'finished' ? read(lane) : null);
}

/** Nothing was measured in a lane without attempts. */
function measured(read: (lane: LaneSummary) => number): Metric['read'] {
  return (lane) => (isLaneOver(lane.status) && lane.counts.attempts > 0 ? read(lane) : null);
}

/**
 * A lane limited by its generator shows what the generator can do (src/model/bottleneck.ts), and so does its latency.
 */
const generatorLimited: Doubt = (...lanes) => {
  if (lanes.some(({ lane }) => lane.bottleneck?.limitedBy === 'generator'))
    return 'No claim: limited by the load generator';
  if (lanes.some(({ lane }) => lane.bottleneck === null))
    return 'No claim: not measured for the load generator';
  return null;
};

/** Lanes of one race that ran at the same time slowed each other down, and none shows its own pace. */
const ranTogether: Doubt = (a, b) => {
  const isParallel = a.plan.order === 'parallel' || b.plan.order === 'parallel';
  const isSameRole = a.lane.strategy === b.lane.strategy && a.plan.order === b.plan.order;
  return isParallel && !isSameRole ? 'No claim: lanes ran at the same time' : null;
};

/**
 * An attempt without an answer ended when it was given up or its connection broke, which tells neither how long it would
 * have taken, nor how often it was retried, nor how many the server can make: the figure is the best that there can be.
 * Up to a share of `most` such attempts, the figure is taken as it is.
 */
export function boundUnanswered(
  { good, read }: Pick<Metric, 'good' | 'read'>,
  most: number,
): Uncertainty['bounds'] {
  return (lane) => {
    const value = read(lane);
    if (value === null || lane.counts.indeterminate <= most * lane.counts.attempts) return null;
    if (good === null) return { low: 0, high: Infinity };
    return good === 'less' ? { low: value, high: Infinity } : { low: 0, high: value };
  };
}

function unanswered(figure: Pick<Metric, 'good' | 'read'>, most: number): Uncertainty {
  return { why: 'No claim: attempts without an answer', bounds: boundUnanswered(figure, most) };
}

const rateIsPlanned: Doubt = (...lanes) =>
  lanes.some(({ plan }) => plan.model === 'open') ? 'No claim: the open model sets the rate' : null;

/** Units sold beyond the stock would count in favour of the lane that sold them. */
const brokenSales: Doubt = (...lanes) =>
  lanes.some(({ lane }) => lane.verdict.status === 'violated')
    ? 'No claim: counts sales of a broken lane'
    : null;

const otherSupply: Doubt = ({ plan: a }, { plan: b }) =>
  a.stock === b.stock && a.attempts === b.attempts && a.durationS === b.durationS && a.quantity === b.quantity
    ? null
    : 'No claim: other stock or attempts';

const otherAttempts: Doubt = ({ lane: a }, { lane: b }) =>
  a.counts.attempts === b.counts.attempts ? null : 'No claim: other number of attempts';

/** Counts of lanes of different sizes. */
const otherSize = doubts(otherSupply, otherAttempts);
const OF_SOLD: Metric['share'] = { of: 'units sold', whole: ({ orders }) => orders.quantity };
const OF_ATTEMPTS: Metric['share'] = { of: 'attempts', whole: ({ counts }) => counts.attempts };

/** Whether the lanes were planned and ran with as much to sell and as many buyers, so that their counts compare. */
export function areAlike(lane: MeasuredLane, baseline: MeasuredLane): boolean {
  return otherSize(lane, baseline) === null;
}

/** Of two lanes that break, chance decides how many units each oversells: races of one plan and seed made 136 and 180. */
function bothBroke(read: Metric['read'], what = 'broke'): Doubt {
  return (...lanes) =>
    lanes.every(({ lane }) => (read(lane) ?? 0) > 0)
      ? `No claim: both ${what}, and chance decides how often`
      : null;
}

const undecided: Doubt = (...lanes) =>
  lanes.some(({ lane }) => lane.verdict.status === 'inconclusive') ? 'No claim: inconclusive' : null;

const OVERSOLD = {
  unit: 'count',
  good: 'less',
  read: decided(({ oversold }) => oversold),
} as const satisfies Partial<Metric>;
const LOST = { unit: 'count', good: 'less', read: decided(unitsLost) } as const satisfies Partial<Metric>;

const STILL_RAN = 'No claim: purchases were still running';

/** Purchases still ran when the rows were read. */
const maySellMore: Uncertainty = { why: STILL_RAN, bounds: ({ oversoldRange }) => oversoldRange };
const mayLoseMore: Uncertainty = {
  why: STILL_RAN,
  bounds: ({ lostUpdatesRange: range }) =>
    range && { low: unitsLost({ lostUpdates: range.low }), high: unitsLost({ lostUpdates: range.high }) },
};

/** Where a leak hides lost updates from the balance, those that versions prove are the least that there were. */
const hidesLosses: Uncertainty = {
  why: 'No claim: a leak hides lost updates',
  bounds: (lane) =>
    lane.verdict.findings.some(({ kind, isAtLeast }) => kind === 'lost-update' && isAtLeast)
      ? { low: unitsLost(lane), high: Infinity }
      : null,
};

/** Buyers refused in whichever way though their units were left at the end, without which a shop could stop selling. */
const REFUSED = {
  unit: 'count',
  good: 'less',
  read: ({ status, counts, liveness }) =>
    status === 'finished' && counts.attempts > 0 && liveness
      ? liveness.undersold + liveness.turnedAway + liveness.failedInStock
      : null,
} as const satisfies Partial<Metric>;
/** Purchases still running when the rows were read may have taken what was left, or refused more buyers. */
const mayRefuseMore: Uncertainty = {
  why: STILL_RAN,
  bounds: ({ oversoldRange }) => oversoldRange && { low: 0, high: Infinity },
};

const ATTEMPTS_PER_S = {
  unit: 'rate',
  good: 'more',
  read: measured(({ throughput }) => throughput.attemptsPerS),
} as const satisfies Partial<Metric>;
const RETRIES = {
  unit: 'count',
  good: 'less',
  read: measured(({ retries }) => retries),
} as const satisfies Partial<Metric>;

/**
 * The share of attempts without an answer up to which a quantile is taken as it is. Few beside the attempts that took
 * longer: their real times move the quantile by as few places.
 */
export function fewBeside(quantile: number): number {
  return NOTABLE * (1 - quantile);
}

const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

function latency(id: keyof typeof QUANTILES): Metric {
  const figure = {
    unit: 'ms',
    good: 'less',
    read: measured(({ latencyMs }) => latencyMs[id]),
  } as const satisfies Partial<Metric>;
  const uncertain = [unanswered(figure, fewBeside(QUANTILES[id]))];
  return compared({ id, name: `latency ${id}`, ...figure, uncertain }, generatorLimited, ranTogether);
}

const ACCEPTED_PER_S = {
  unit: 'rate',
  good: 'more',
  read: measured(({ throughput }) => throughput.acceptedPerS),
} as const satisfies Partial<Metric>;

/** What lanes are compared by, in the order of the table. */
export const METRICS: readonly Metric[] = [
  compared(
    { id: 'oversold', name: 'oversold', ...OVERSOLD, share: OF_SOLD, uncertain: [maySellMore] },
    undecided,
    otherSize,
    bothBroke(({ oversold }) => oversold),
  ),
  compared(
    {
      id: 'lostUpdates',
      name: 'lost updates',
      ...LOST,
      share: OF_SOLD,
      uncertain: [mayLoseMore, hidesLosses],
    },
    undecided,
    otherSize,
    bothBroke(unitsLost),
  ),
  compared(
    {
      id: 'refusedInStock',
      name: 'refused while units were left',
      ...REFUSED,
      share: OF_ATTEMPTS,
      uncertain: [mayRefuseMore],
    },
    undecided,
    otherSize,
    bothBroke(REFUSED.read, 'refused buyers'),
  ),
  compared(
    {
      id: 'accepted',
      name: 'accepted',
      unit: 'count',
      good: null,
      read: measured(({ counts }) => counts.accepted),
      share: OF_ATTEMPTS,
    },
    otherSize,
  ),
  compared(
    {
      id: 'attemptsPerS',
      name: 'attempts per second',
      ...ATTEMPTS_PER_S,
      uncertain: [unanswered(ATTEMPTS_PER_S, NOTABLE)],
    },
    generatorLimited,
    ranTogether,
    rateIsPlanned,
  ),
  compared(
    {
      id: 'acceptedPerS',
      name: 'accepted per second',
      ...ACCEPTED_PER_S,
      // attempts without an answer can make it better or worse
      uncertain: [unanswered({ ...ACCEPTED_PER_S, good: null }, NOTABLE)],
    },
    generatorLimited,
    ranTogether,
    rateIsPlanned,
    brokenSales,
    otherSupply,
  ),
  latency('p50'),
  latency('p95'),
  latency('p99'),
  compared(
    { id: 'retries', name: 'retries', ...RETRIES, uncertain: [unanswered(RETRIES, 0)] },
    otherAttempts,
  ),
];
