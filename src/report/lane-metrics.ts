import type { LaneSummary } from '@/model/race';
import { formatNumber } from '@/model/wording';
import { METRICS } from './compare-metrics';

/** A figure of a lane that can be named in a condition. */
export interface LaneMetric {
  unit: 'count' | 'rate' | 'ms';
  /** In a few words, for `--help` and messages. */
  about: string;
  /** Null where the lane does not have it. */
  read: (lane: LaneSummary) => number | null;
}

const count = (about: string, read: LaneMetric['read']): LaneMetric => ({ unit: 'count', about, read });

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

const TIMES: [id: string, about: string, read: LaneMetric['read']][] = [
  ['min', 'shortest latency', ({ latencyMs }) => latencyMs.min],
  ['mean', 'mean latency', ({ latencyMs }) => latencyMs.mean],
  ['p90', 'latency p90', ({ latencyMs }) => latencyMs.p90],
  ['p999', 'latency p99.9', ({ latencyMs }) => latencyMs.p999],
  ['p9999', 'latency p99.99', ({ latencyMs }) => latencyMs.p9999],
  ['max', 'longest latency', ({ latencyMs }) => latencyMs.max],
  [
    'correctedP99',
    'latency p99 from when an attempt was due, open model only',
    ({ correctedMs }) => correctedMs?.p99 ?? null,
  ],
  ['durationMs', 'from the first send to the last answer', ({ durationMs }) => durationMs],
];

const compared = Object.fromEntries(
  METRICS.map(({ id, name, unit, read }): [string, LaneMetric] => [id, { unit, about: name, read }]),
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
  findings: count(
    'kinds of violations found',
    judged(({ verdict }) => verdict.findings.length),
  ),
  orders: count(
    'rows in the orders table',
    judged(({ orders }) => orders.count),
  ),
  units: count(
    'units in the orders table',
    judged(({ orders }) => orders.quantity),
  ),
  stock: count(
    'units left at the end',
    judged(({ stock }) => stock.final),
  ),
  dropped: count('purchases due and never sent, open model only', ({ sends }) => sends?.dropped ?? null),
  peakInFlight: count('most attempts in flight at once', ({ overlap }) => overlap.peakInFlight),
  ...Object.fromEntries(TIMES.map(([id, about, read]) => [id, { unit: 'ms', about, read: measured(read) }])),
};

const UNIT_SYMBOLS = { count: '', rate: '/s', ms: ' ms' } as const satisfies Record<
  LaneMetric['unit'],
  string
>;

/** A figure with its unit, such as `1,240 ms`; null where the lane does not have it. */
export function sayFigure({ unit, read }: LaneMetric, lane: LaneSummary): string | null {
  const value = read(lane);
  return value === null ? null : `${formatNumber(value)}${UNIT_SYMBOLS[unit]}`;
}
