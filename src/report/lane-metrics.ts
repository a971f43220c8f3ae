import type { LaneSummary } from '@/model/race';
import { formatNumber } from '@/model/wording';
import { boundUnanswered, fewBeside, METRICS } from './compare-metrics';
import type { Range } from './metric';

/** A figure of a lane that can be named in a condition. */
export interface LaneMetric {
  unit: 'count' | 'rate' | 'ms';
  /** In a few words, for `--help` and messages. */
  about: string;
  /** Null where the lane does not have it. */
  read: (lane: LaneSummary) => number | null;
  /** Where the figure lies if it is not certain, as with attempts that were never answered; null where it is. */
  bounds?: (lane: LaneSummary) => Range | null;
}

const count = (about: string, read: LaneMetric['read']): LaneMetric => ({ unit: 'count', about, read });

/** What the final rows tell. Purchases that still ran when they were read may have changed them since. */
const ofRows = (about: string, readRows: LaneMetric['read'], least: number): LaneMetric => ({
  ...count(about, judged(readRows)),
  bounds: ({ oversoldRange }) => oversoldRange && { low: least, high: Infinity },
});

/** Nothing was measured in a lane without attempts. */
const measured =
  (read: LaneMetric['read']): LaneMetric['read'] =>
  (lane) =>
    lane.counts.attempts > 0 ? read(lane) : null;

/** Before the audit the final rows have not been read. */
const judged =
  (read: LaneMetric['read']): LaneMetric['read'] =>
  (lane) =>
    lane.status === 'finished' ? read(lane) : null;

/** `most`: the share of attempts without an answer up to which a time is taken as it is. */
function time(about: string, most: number, readTime: LaneMetric['read']): LaneMetric {
  const read = measured(readTime);
  return { unit: 'ms', about, read, bounds: boundUnanswered({ good: 'less', read }, most) };
}

const readMin: LaneMetric['read'] = ({ latencyMs }) => latencyMs.min;

const compared = Object.fromEntries(
  METRICS.map(({ id, name, unit, read, uncertain }): [string, LaneMetric] => {
    const bounds = (lane: LaneSummary) =>
      uncertain?.map((one) => one.bounds(lane)).find((range) => range !== null) ?? null;
    return [id, { unit, about: name, read, bounds }];
  }),
);

/**
 * The figures that a condition such as `p99<200` can name: those by which lanes are compared, and the rest of what is
 * counted or measured. A figure that a lane does not have is null, never zero.
 */
export const LANE_METRICS: Readonly<Record<string, LaneMetric>> = {
  attempts: count('attempts made', ({ counts }) => counts.attempts),
  soldOut: count('attempts told sold out', ({ counts }) => counts.soldOut),
  conflict: count('attempts that gave up in a conflict', ({ counts }) => counts.conflict),
  error: count('attempts that failed', ({ counts }) => counts.error),
  indeterminate: count('attempts without a known outcome', ({ counts }) => counts.indeterminate),
  ...compared,
  findings: ofRows('kinds of violations found', ({ verdict }) => verdict.findings.length, 0),
  orders: ofRows('rows in the orders table', ({ orders }) => orders.count, 0),
  units: ofRows('units in the orders table', ({ orders }) => orders.quantity, 0),
  stock: ofRows('units left at the end', ({ stock }) => stock.final, -Infinity),
  dropped: count('purchases due and never sent, open model only', ({ sends }) => sends?.dropped ?? null),
  peakInFlight: count('most attempts in flight at once', ({ overlap }) => overlap.peakInFlight),
  min: {
    ...time('shortest latency', 0, readMin),
    bounds: boundUnanswered({ good: 'more', read: readMin }, 0),
  },
  mean: time('mean latency', 0, ({ latencyMs }) => latencyMs.mean),
  p90: time('latency p90', fewBeside(0.9), ({ latencyMs }) => latencyMs.p90),
  p999: time('latency p99.9', fewBeside(0.999), ({ latencyMs }) => latencyMs.p999),
  p9999: time('latency p99.99', fewBeside(0.9999), ({ latencyMs }) => latencyMs.p9999),
  max: time('longest latency', 0, ({ latencyMs }) => latencyMs.max),
  correctedP99: time(
    'latency p99 from when an attempt was due, open model only',
    fewBeside(0.99),
    ({ correctedMs }) => correctedMs?.p99 ?? null,
  ),
  durationMs: {
    unit: 'ms',
    about: 'from the first send until no attempt was in flight',
    read: measured(({ durationMs }) => durationMs),
  },
};

const UNIT_SYMBOLS = { count: '', rate: '/s', ms: ' ms' } as const satisfies Record<
  LaneMetric['unit'],
  string
>;

/** Where a figure lies, its ends the same where it is certain; null where the lane does not have it. */
export function boundsOf({ read, bounds }: LaneMetric, lane: LaneSummary): Range | null {
  const value = read(lane);
  return value === null ? null : (bounds?.(lane) ?? { low: value, high: value });
}

/** A figure with its unit, such as `1,240 ms` or `at least 40 ms`; null where the lane does not have it. */
export function sayFigure(metric: LaneMetric, lane: LaneSummary): string | null {
  const range = boundsOf(metric, lane);
  if (range === null) return null;
  const { low, high } = range;
  const say = (value: number) => `${formatNumber(value)}${UNIT_SYMBOLS[metric.unit]}`;
  if (low === high) return say(low);
  if (high === Infinity) return low > 0 ? `at least ${say(low)}` : 'not known';
  return low > 0 ? `${formatNumber(low)} to ${say(high)}` : `at most ${say(high)}`;
}
