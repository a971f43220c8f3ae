import { COUNT_KEYS, OUTCOMES } from '@/model/outcome';
import type { LaneView } from '@/model/race';
import type { Expected } from '@/model/strategy';
import { formatMs } from '@/model/wording';
import { formatCompact, formatCount, formatMsTick } from '~/ui/format';
import { LANE_STYLES } from '~/ui/lane/lane-mark';
import { OUTCOME_STYLES } from '~/ui/lane/outcome-style';
import {
  distributionRows,
  endOfLane,
  latencyRows,
  outcomeRows,
  stockRows,
  type ChartModel,
  type SharedScales,
} from './chart-model';
import type { ChartColumn } from './chart-column';
import { pickLabelled } from './latency-range';

/** How values are drawn: joined, held until the next one, stacked, or a bar for each. */
export type ChartShape = 'lines' | 'steps' | 'areas' | 'bars';

/** One kind of chart: everything about it but its drawing. */
export interface ChartKind {
  id: 'stock' | 'outcomes' | 'latency' | 'distribution';
  title: string;
  help: string;
  shape: ChartShape;
  columns: (expected: Expected) => ChartColumn[];
  /** Whether a lane has values for a column; if left out, all lanes do. */
  isDrawn?: (lane: LaneView, key: string) => boolean;
  model: (lane: LaneView, scales: SharedScales) => ChartModel;
  /** The unit of the vertical axis, if its labels do not show it. */
  unit: string | null;
  /** A value in full, in tables. */
  format: (value: number) => string;
  /** A value on the axis, where space is short. */
  formatTick: (value: number) => string;
}

function head(
  lane: LaneView,
  { frame }: SharedScales,
  title: string,
): Pick<ChartModel, 'lane' | 'expected' | 'title' | 'frame'> {
  return { lane: lane.index, expected: lane.expected, title: `${title}: ${lane.strategyName}`, frame };
}

const colorOf = (expected: Expected) => LANE_STYLES[expected].stroke;

export const STOCK_KIND: ChartKind = {
  id: 'stock',
  title: 'Stock',
  help: 'Units sold must stop at the line of what was on sale; stock in the table must be what is left to sell.',
  shape: 'lines',
  unit: 'units',
  format: formatCount,
  formatTick: formatCompact,
  columns: (expected) => [
    { key: 'left', name: 'left to sell', color: 'var(--color-ink-2)', dash: '1 3', width: 1.5 },
    { key: 'stock', name: 'stock in the table', color: 'var(--color-neutral)', width: 1.75 },
    {
      key: 'sold',
      name: 'units sold',
      color: colorOf(expected),
      dash: LANE_STYLES[expected].dash,
      width: 2.25,
    },
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

/** Never by colour alone: only sold attempts are solid, and the stripes of each other outcome have another angle. */
const HATCHES: Record<(typeof COUNT_KEYS)[number], number | undefined> = {
  accepted: undefined,
  soldOut: 45,
  conflict: 135,
  error: 0,
  indeterminate: 90,
};

export const OUTCOMES_KIND: ChartKind = {
  id: 'outcomes',
  title: 'Outcomes per second',
  help: 'What buyers were told, stacked: the height is the throughput.',
  shape: 'areas',
  unit: 'attempts per second',
  format: (value) => `${formatCompact(value)}/s`,
  formatTick: formatCompact,
  columns: () =>
    COUNT_KEYS.map((key, code) => {
      const { label, color } = OUTCOME_STYLES[OUTCOMES[code] ?? 'error'];
      return { key, name: label, color, hatch: HATCHES[key] };
    }),
  isDrawn: ({ counts }, key) => COUNT_KEYS.some((name) => name === key && counts[name] > 0),
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
  unit: null,
  format: formatMs,
  formatTick: formatMsTick,
  columns: (expected) => [
    // the same colour, told apart by width and dash
    { key: 'p50', name: 'p50', color: colorOf(expected), width: 2.25 },
    { key: 'p95', name: 'p95', color: colorOf(expected), width: 1.5, dash: '4 3' },
    { key: 'p99', name: 'p99', color: colorOf(expected), width: 1, opacity: 0.7 },
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
  unit: 'attempts',
  format: formatCount,
  formatTick: formatCompact,
  columns: (expected) => [{ key: 'count', name: 'attempts', color: colorOf(expected) }],
  model: (lane, scales) => {
    const ranges = Math.max(0, scales.edges.length - 1);
    return {
      ...head(lane, scales, 'Latency distribution'),
      rows: distributionRows(lane, scales.edges),
      x: { domain: [0, ranges], ticks: pickLabelled(ranges) },
      y: scales.bucketCount,
    };
  },
};

/** The columns of some lanes, each style once: the legend of all their charts. */
export function columnsOfLanes(kind: ChartKind, lanes: readonly LaneView[]): ChartColumn[] {
  const looks = new Map<string, ChartColumn>();
  for (const lane of lanes) {
    for (const column of kind.columns(lane.expected))
      if (kind.isDrawn?.(lane, column.key) ?? true) looks.set(`${column.key} ${column.color}`, column);
  }
  return [...looks.values()];
}
