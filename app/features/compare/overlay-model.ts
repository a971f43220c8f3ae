import { COUNT_KEYS } from '@/model/outcome';
import type { LaneView } from '@/model/race';
import type { ChartColumn } from '~/features/charts/chart-column';
import { FULL_FRAME } from '~/features/charts/chart-frame';
import { distributionRows, outcomeRows, type ChartModel, type ChartRow } from '~/features/charts/chart-model';
import { pickLabelled } from '~/features/charts/latency-range';
import { roundScale } from '~/ui/scale';
import { nameColumn } from './compare-address';

/** One chart with a line for each column. */
export interface Overlay {
  model: ChartModel;
  columns: ChartColumn[];
}

/** Never by colour alone: each line has its own dash. The colours have no other meaning on the page. */
const LINES = [
  { color: 'var(--color-ink)' },
  { color: 'var(--color-time-pool)', dash: '7 3' },
  { color: 'var(--color-time-redis)', dash: '2 3' },
  { color: 'var(--color-time-failed)', dash: '9 3 2 3' },
  { color: 'var(--color-time-statements)', dash: '4 2' },
  { color: 'var(--color-time-commit)', dash: '1 2' },
  { color: 'var(--color-edge)', dash: '12 4' },
  { color: 'var(--color-ink-3)', dash: '6 2 1 2 1 2' },
] as const;

type Lanes = readonly (LaneView | null)[];

/**
 * How long attempts took: the share of a lane's attempts in each bucket, because lanes may have made different numbers.
 */
export function overlayLatency(lanes: Lanes, title: string): Overlay {
  const edges = [...new Set(lanes.flatMap((lane) => lane?.distribution.edgesMs ?? []))].sort((a, b) => a - b);
  const shares = lanes.map((lane) => {
    if (!lane) return [];
    const counts = distributionRows(lane, edges);
    const total = counts.reduce((sum, { count = 0 }) => sum + (count ?? 0), 0);
    return total === 0 ? [] : counts.map(({ count }) => (100 * (count ?? 0)) / total);
  });
  const rows = edges.slice(0, -1).map((from, t): ChartRow => {
    const row: ChartRow = { t, from, to: edges[t + 1] ?? null };
    shares.forEach((share, i) => (row[keyOf(i)] = share[t] ?? null));
    return row;
  });
  return overlay(`Latency distribution: ${title}`, rows, shares, {
    domain: [0, Math.max(1, rows.length - 1)],
    ticks: pickLabelled(rows.length),
  });
}

/**
 * Attempts per second over time. A lane's line changes where its own buckets end; a row exists
 * for each moment at which any line changes.
 */
export function overlayThroughput(lanes: Lanes, title: string): Overlay {
  const stairs = lanes.map((lane) =>
    lane ? outcomeRows(lane).map((row) => ({ t: row.t, rate: sumOutcomes(row) })) : [],
  );
  const times = [...new Set(stairs.flatMap((stair) => stair.map(({ t }) => t)))].sort((a, b) => a - b);
  const rows = times.map((t): ChartRow => {
    const row: ChartRow = { t };
    stairs.forEach((stair, i) => (row[keyOf(i)] = rateAt(stair, t)));
    return row;
  });
  const rates = stairs.map((stair) => stair.map(({ rate }) => rate));
  return overlay(
    `Attempts per second: ${title}`,
    rows,
    rates,
    roundScale(0, Math.max(0.1, times.at(-1) ?? 0)),
  );
}

function overlay(title: string, rows: ChartRow[], values: number[][], x: ChartModel['x']): Overlay {
  const most = Math.max(1, ...values.map((line) => line.reduce((a, b) => Math.max(a, b), 0)));
  const columns = values.flatMap((line, i): ChartColumn[] => {
    const look = LINES[i % LINES.length] ?? LINES[0];
    return line.length === 0 ? [] : [{ key: keyOf(i), name: nameColumn(i), ...look }];
  });
  const y = roundScale(0, most);
  return { model: { lane: 0, expected: 'safe', title, rows, x, y, frame: FULL_FRAME }, columns };
}

function keyOf(column: number): string {
  return `c${column}`;
}

/** The rate at a time; null before the first and after the end. */
function rateAt(stair: readonly { t: number; rate: number }[], t: number): number | null {
  const end = stair.at(-1)?.t ?? -1;
  if (t > end) return null;
  return stair.findLast((step) => step.t <= t)?.rate ?? null;
}

function sumOutcomes(row: ChartRow): number {
  return COUNT_KEYS.reduce((sum, key) => sum + (row[key] ?? 0), 0);
}
