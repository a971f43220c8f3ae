import { COUNT_KEYS } from '@/model/outcome';
import { isLaneOver } from '@/model/lane-status';
import type { LaneSeries, LaneView } from '@/model/race';
import type { Expected } from '@/model/strategy';
import { formatCount, formatSeconds } from '~/ui/format';
import { isCompactLayout } from '~/ui/lane/many-lanes';
import { exactScale, roundScale, type Scale } from '~/ui/scale';
import { FULL_FRAME, SMALL_FRAME, type ChartFrame } from './chart-frame';

/** One row of chart data: `t` in seconds, the rest by name; null draws a gap. */
export type ChartRow = { t: number } & Record<string, number | null>;

/** Everything that one chart draws. Built once per update, so that a memoised chart can compare by identity. */
export interface ChartModel {
  lane: number;
  expected: Expected;
  /** Read out to people who do not see the chart. */
  title: string;
  rows: ChartRow[];
  /** Of time in s, or of the numbers of ranges. */
  x: Scale;
  y: Scale;
  frame: ChartFrame;
  /** Units on sale; only for the stock chart. */
  limit?: number;
  /** The end of a lane that others outlasted; only on a time axis. */
  over?: LaneEnd | null;
}

/** The end of a lane, in seconds, and its label: nothing is drawn after it, because nothing happened. */
export interface LaneEnd {
  at: number;
  label: string;
}

/** Scales shared by all lanes, so that columns can be compared by eye. */
export interface SharedScales {
  time: Scale;
  units: Scale;
  rate: Scale;
  latency: Scale;
  /** Edges of the distribution buckets of all lanes, in ms. */
  edges: number[];
  bucketCount: Scale;
  frame: ChartFrame;
}

/**
 * Share of the time axis that the labels "over" and "over at 1.8 s" need behind the end of a lane, in the narrowest
 * chart.
 */
const ROOM_FOR_WORD = 0.12;
const ROOM_FOR_TIME = 0.32;

/** A last bucket counts as at least this much of its width, lest a few attempts look like a huge rate. */
const LEAST_PART_OF_BUCKET = 0.5;
const MOST_RATES = 60;
const LEAST_RATE_MS = 100;

/**
 * The scales that fit every lane of a race. While the race runs they end on round numbers, so that they seldom change.
 */
export function shareScales(lanes: readonly LaneView[], over: boolean): SharedScales {
  const seconds = Math.max(0.1, ...lanes.map((lane) => (lane.series.length * lane.series.bucketMs) / 1_000));
  const units = lanes.flatMap((lane) => [
    lane.stock.initial * 1.15,
    ...lane.series.sold,
    ...lane.series.stock.filter((value) => value !== null),
  ]);
  const rates = lanes.flatMap((lane) => outcomeRows(lane).map((row) => sumOutcomes(row)));
  const latencies = lanes.flatMap(({ series }) => [...series.p50, ...series.p95, ...series.p99]);
  const counts = lanes.flatMap((lane) => lane.distribution.counts);
  return {
    time: over ? exactScale(seconds) : roundScale(0, Math.max(2, seconds)),
    units: roundScale(Math.min(0, least(units)), most(units)),
    rate: roundScale(0, most(rates)),
    latency: roundScale(0, most(latencies.filter((value) => value !== null))),
    edges: shareEdges(lanes),
    // labels of half an attempt would make no sense
    bucketCount: roundScale(0, Math.max(4, most(counts))),
    frame: isCompactLayout(lanes) ? SMALL_FRAME : FULL_FRAME,
  };
}

/**
 * Stock in the database, units sold and what that leaves to sell, at the end of each bucket; starts with nothing sold.
 * Stock is sampled less often than buckets end: between two samples the chart holds the last one, because a slope would
 * be invented.
 */
export function stockRows({ series, stock }: LaneView): ChartRow[] {
  if (series.length === 0) return [];
  const rows: ChartRow[] = [{ t: 0, stock: stock.initial, sold: 0, left: stock.initial }];
  let seen = series.stock.some((value) => value !== null) ? stock.initial : null;
  for (let i = 0; i < series.length; i += 1) {
    seen = series.stock[i] ?? seen;
    const sold = series.sold[i] ?? null;
    // at least 0: units sold beyond the stock show where the sold line passes the limit
    const left = sold === null ? null : Math.max(0, stock.initial - sold);
    rows.push({ t: seconds(series, i + 1), stock: seen, sold, left });
  }
  return rows;
}

/**
 * Outcomes per second. Buckets are put together until few enough are left: a rate over some milliseconds is noise.
 * The last one counts by the part of it that has passed.
 */
export function outcomeRows({ series, durationMs }: LaneView): ChartRow[] {
  const group = Math.max(
    1,
    Math.ceil(series.length / MOST_RATES),
    Math.ceil(LEAST_RATE_MS / series.bucketMs),
  );
  const groupMs = group * series.bucketMs;
  const rows: ChartRow[] = [];
  for (let first = 0; first < series.length; first += group) {
    const passed = (durationMs > 0 ? durationMs : series.length * series.bucketMs) - first * series.bucketMs;
    const widthMs = Math.min(groupMs, Math.max(passed, groupMs * LEAST_PART_OF_BUCKET));
    const row: ChartRow = { t: seconds(series, first) };
    for (const key of COUNT_KEYS) row[key] = (sum(series[key].slice(first, first + group)) * 1_000) / widthMs;
    rows.push(row);
  }
  const last = rows.at(-1);
  // steps are drawn to the right, so the last bucket needs an end
  if (last) rows.push({ ...last, t: seconds(series, series.length) });
  return rows;
}

/** The label of the line that units sold must not pass. */
export function nameLimit(limit: number): string {
  return `${formatCount(limit)} on sale`;
}

/** The end of a lane, if it leaves enough room on the axis for a label. */
export function endOfLane({ status, series }: LaneView, { domain }: Scale): LaneEnd | null {
  const at = seconds(series, series.length);
  const left = 1 - at / domain[1];
  if (!isLaneOver(status) || series.length === 0 || left < ROOM_FOR_WORD) return null;
  return { at, label: left < ROOM_FOR_TIME ? 'over' : `over at ${formatSeconds(at)}` };
}

/** Percentiles of each bucket, drawn at its middle. */
export function latencyRows({ series }: LaneView): ChartRow[] {
  return Array.from({ length: series.length }, (_, i) => ({
    t: seconds(series, i + 0.5),
    p50: series.p50[i] ?? null,
    p95: series.p95[i] ?? null,
    p99: series.p99[i] ?? null,
  }));
}

/** Attempts by how long they took; `t` is the number of the bucket, `from` and `to` its edges in ms. */
export function distributionRows({ distribution }: LaneView, edges: readonly number[]): ChartRow[] {
  const counts = new Map(distribution.counts.map((count, i) => [distribution.edgesMs[i], count]));
  return edges
    .slice(0, -1)
    .map((from, t) => ({ t, from, to: edges[t + 1] ?? null, count: counts.get(from) ?? 0 }));
}

function sumOutcomes(row: ChartRow): number {
  return sum(COUNT_KEYS.map((key) => row[key] ?? 0));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function seconds(series: LaneSeries, bucket: number): number {
  return (bucket * series.bucketMs) / 1_000;
}

/** The edges of all lanes together: lanes divide time in the same way but store only the buckets they use. */
function shareEdges(lanes: readonly LaneView[]): number[] {
  return [...new Set(lanes.flatMap((lane) => lane.distribution.edgesMs))].sort((a, b) => a - b);
}

// spreading tens of thousands of values into Math.max would overflow the stack
function most(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}

function least(values: readonly number[]): number {
  return values.reduce((smallest, value) => Math.min(smallest, value), 0);
}
