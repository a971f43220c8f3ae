import { COUNT_KEYS, OUTCOMES } from '~/lab/outcome';
import type { LaneView } from '~/lab/race';
import { formatCompact, formatCount, formatMs, formatMsTick } from '../format';
import { LANE_LOOKS } from '../lane-mark';
import { OUTCOME_LOOKS } from '../outcome-look';
import {
  distributionRows,
  endOfLane,
  latencyRows,
  outcomeRows,
  stockRows,
  type ChartModel,
  type SharedScales,
} from './chart-model';

/** A line, area or bar of a chart, as its legend, sketch and table need it. */
export interface ChartColumn {
  key: string;
  name: string;
  color: string;
  dash?: string | undefined;
}

/** One kind of chart: everything about it but its drawing. */
export interface ChartKind {
  id: 'stock' | 'outcomes' | 'latency' | 'distribution';
  title: string;
  help: string;
  shape: 'lines' | 'areas' | 'bars';
  columns: (lane: LaneView) => ChartColumn[];
  model: (lane: LaneView, scales: SharedScales) => ChartModel;
  /** A value in full, in tables. */
  format: (value: number) => string;
  /** A value at the axis, where there is little room. */
  formatTick: (value: number) => string;
}

function head(
  lane: LaneView,
  { frame }: SharedScales,
  title: string,
): Pick<ChartModel, 'lane' | 'expected' | 'title' | 'frame'> {
  return { lane: lane.index, expected: lane.expected, title: `${title}: ${lane.strategyName}`, frame };
}

const strokeOf = (lane: LaneView) => LANE_LOOKS[lane.expected].stroke;

export const STOCK_KIND: ChartKind = {
  id: 'stock',
  title: 'Stock',
  help: 'Units sold must stop at the line of what was on sale; stock in the table must fall as fast as units are sold.',
  shape: 'lines',
  format: formatCount,
  formatTick: formatCompact,
  columns: (lane) => [
    { key: 'stock', name: 'stock in the table', color: 'var(--color-neutral)' },
    { key: 'sold', name: 'units sold', color: strokeOf(lane), dash: LANE_LOOKS[lane.expected].dash },
  ],
  model: (lane, scales) => ({
    ...head(lane, scales, 'Stock and units sold'),
    rows: stockRows(lane),
    x: scales.time,
    over: endOfLane(lane, scales.time),
    y: scales.units,
    limit: lane.stock.initial,
  }),
};

export const OUTCOMES_KIND: ChartKind = {
  id: 'outcomes',
  title: 'Outcomes per second',
  help: 'What buyers were told, stacked: the height is the throughput.',
  shape: 'areas',
  format: (value) => `${formatCompact(value)}/s`,
  formatTick: formatCompact,
  columns: () =>
    COUNT_KEYS.map((key, code) => {
      const { label, color } = OUTCOME_LOOKS[OUTCOMES[code] ?? 'error'];
      return { key, name: label, color };
    }),
  model: (lane, scales) => ({
    ...head(lane, scales, 'Outcomes per second'),
    rows: outcomeRows(lane),
    x: scales.time,
    over: endOfLane(lane, scales.time),
    y: scales.rate,
  }),
};

export const LATENCY_KIND: ChartKind = {
  id: 'latency',
  title: 'Latency percentiles',
  help: 'Milliseconds from sending a request to its outcome: half were faster than p50, 1 in 100 slower than p99.',
  shape: 'lines',
  format: formatMs,
  formatTick: formatMsTick,
  columns: (lane) => [
    { key: 'p50', name: 'p50', color: strokeOf(lane) },
    { key: 'p95', name: 'p95', color: strokeOf(lane), dash: '4 3' },
    { key: 'p99', name: 'p99', color: strokeOf(lane) },
  ],
  model: (lane, scales) => ({
    ...head(lane, scales, 'Latency percentiles'),
    rows: latencyRows(lane),
    x: scales.time,
    over: endOfLane(lane, scales.time),
    y: scales.latency,
  }),
};

export const DISTRIBUTION_KIND: ChartKind = {
  id: 'distribution',
  title: 'Latency distribution',
  help: 'How many attempts took how long. Two humps mean two kinds of wait, a long tail a queue.',
  shape: 'bars',
  format: formatCount,
  formatTick: formatCompact,
  columns: (lane) => [{ key: 'count', name: 'attempts', color: strokeOf(lane) }],
  model: (lane, scales) => ({
    ...head(lane, scales, 'Latency distribution'),
    rows: distributionRows(lane, scales.edges),
    x: { domain: [0, scales.edges.length], ticks: [] },
    y: scales.bucketCount,
  }),
};
