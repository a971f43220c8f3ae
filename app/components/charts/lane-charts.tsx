import { memo, type NamedExoticComponent, type ReactNode } from 'react';
import {
  Area,
  AreaChart,
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { COUNT_KEYS, OUTCOMES } from '~/lab/outcome';
import { formatCompact, formatCount, formatMs, formatMsTick, formatSeconds } from '../format';
import { LANE_LOOKS } from '../lane-mark';
import { OUTCOME_LOOKS } from '../outcome-look';
import { marginOf } from './chart-frame';
import type { ChartModel } from './chart-model';
import { Readout } from './readout';
import { nearestTime } from './shared-cursor';

/** One chart of one lane, drawn by Recharts. */
export type LaneChart = NamedExoticComponent<{ model: ChartModel }>;

const LINE = { type: 'linear', dot: false, activeDot: { r: 3 }, isAnimationActive: false } as const;
const CURSOR = { stroke: 'var(--color-edge)', strokeWidth: 1 };
const SYNC = { syncId: 'race', syncMethod: nearestTime } as const;

/** What the time charts have in common. Called, not rendered: Recharts looks at the type of its children. */
function timeAxes({ x, y, frame, over }: ChartModel, formatY: (value: number) => string): ReactNode[] {
  return [
    <CartesianGrid key="grid" vertical={false} stroke="var(--color-line)" />,
    <XAxis
      key="x"
      dataKey="t"
      type="number"
      domain={x.domain}
      ticks={x.ticks}
      allowDataOverflow
      height={frame.bottom}
      tickLine={false}
      axisLine={{ stroke: 'var(--color-line)' }}
      tickFormatter={formatSeconds}
    />,
    <YAxis
      key="y"
      domain={y.domain}
      ticks={y.ticks}
      allowDataOverflow
      width={frame.left}
      tickLine={false}
      axisLine={false}
      tickFormatter={formatY}
    />,
    over && (
      <ReferenceLine
        key="over"
        x={over.at}
        stroke="var(--color-edge)"
        strokeDasharray="1 3"
        label={{ value: over.label, position: 'insideBottomLeft', offset: 6 }}
      />
    ),
  ];
}

/** Stock in the database against units sold, with the units on sale as the line that must not be passed. */
export const StockChart: LaneChart = memo(function StockChart({ model }) {
  const { stroke, dash } = LANE_LOOKS[model.expected];
  const limit = model.limit ?? 0;
  return (
    <ResponsiveContainer width="100%" height={model.frame.height}>
      <LineChart data={model.rows} margin={marginOf(model.frame)} title={model.title} {...SYNC}>
        {timeAxes(model, formatCompact)}
        <ReferenceArea y1={limit} y2={model.y.domain[1]} fill="var(--color-unsafe)" fillOpacity={0.06} />
        <ReferenceLine y={0} stroke="var(--color-edge)" />
        <ReferenceLine
          y={limit}
          stroke="var(--color-ink-2)"
          strokeWidth={1.25}
          label={{ value: `${formatCount(limit)} on sale`, position: 'insideBottomRight', offset: 4 }}
        />
        <Tooltip cursor={CURSOR} isAnimationActive={false} content={<Readout format={formatCount} />} />
        <Line
          {...LINE}
          dataKey="stock"
          name="stock in the table"
          stroke="var(--color-neutral)"
          strokeWidth={1.75}
          connectNulls
        />
        <Line
          {...LINE}
          dataKey="sold"
          name="units sold"
          stroke={stroke}
          strokeDasharray={dash}
          strokeWidth={2.25}
        />
      </LineChart>
    </ResponsiveContainer>
  );
});

/** Outcomes per second, stacked. */
export const OutcomesChart: LaneChart = memo(function OutcomesChart({ model }) {
  return (
    <ResponsiveContainer width="100%" height={model.frame.height}>
      <AreaChart data={model.rows} margin={marginOf(model.frame)} title={model.title} {...SYNC}>
        {timeAxes(model, formatCompact)}
        <Tooltip
          cursor={CURSOR}
          isAnimationActive={false}
          content={<Readout format={formatCount} unit="/s" hideZero />}
        />
        {COUNT_KEYS.map((key, code) => {
          // an area of nothing would still draw its line on top of the others
          if (model.rows.every((row) => row[key] === 0)) return null;
          const { label, color } = OUTCOME_LOOKS[OUTCOMES[code] ?? 'error'];
          return (
            <Area
              key={key}
              type="stepAfter"
              dataKey={key}
              name={label}
              stackId="outcomes"
              stroke={color}
              strokeWidth={1}
              fill={color}
              fillOpacity={0.55}
              activeDot={false}
              isAnimationActive={false}
            />
          );
        })}
      </AreaChart>
    </ResponsiveContainer>
  );
});

/** p50, p95 and p99 over time: the same colour, told apart by width and dash. */
export const LatencyChart: LaneChart = memo(function LatencyChart({ model }) {
  const { stroke } = LANE_LOOKS[model.expected];
  return (
    <ResponsiveContainer width="100%" height={model.frame.height}>
      <LineChart data={model.rows} margin={marginOf(model.frame)} title={model.title} {...SYNC}>
        {timeAxes(model, formatMsTick)}
        <Tooltip cursor={CURSOR} isAnimationActive={false} content={<Readout format={formatMs} />} />
        <Line
          {...LINE}
          dataKey="p99"
          name="p99"
          stroke={stroke}
          strokeOpacity={0.55}
          strokeWidth={1}
          connectNulls
        />
        <Line
          {...LINE}
          dataKey="p95"
          name="p95"
          stroke={stroke}
          strokeDasharray="4 3"
          strokeWidth={1.5}
          connectNulls
        />
        <Line {...LINE} dataKey="p50" name="p50" stroke={stroke} strokeWidth={2.25} connectNulls />
      </LineChart>
    </ResponsiveContainer>
  );
});

/** How many attempts took how long. */
export const DistributionChart: LaneChart = memo(function DistributionChart({ model }) {
  const { stroke } = LANE_LOOKS[model.expected];
  return (
    <ResponsiveContainer width="100%" height={model.frame.height}>
      <BarChart data={model.rows} margin={marginOf(model.frame)} barCategoryGap={1} title={model.title}>
        <CartesianGrid vertical={false} stroke="var(--color-line)" />
        <XAxis
          dataKey="from"
          height={model.frame.bottom}
          tickLine={false}
          axisLine={{ stroke: 'var(--color-line)' }}
          minTickGap={28}
          tickFormatter={formatMsTick}
        />
        <YAxis
          domain={model.y.domain}
          ticks={model.y.ticks}
          width={model.frame.left}
          tickLine={false}
          axisLine={false}
          tickFormatter={formatCompact}
        />
        <Tooltip
          cursor={{ fill: 'var(--color-hover)' }}
          isAnimationActive={false}
          content={<Readout format={formatCount} labelOf={describeRange} />}
        />
        <Bar dataKey="count" name="attempts" fill={stroke} fillOpacity={0.85} isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  );
});

function describeRange(row: Record<string, number | null>): string {
  return row.to === null || row.to === undefined
    ? `${formatMs(row.from ?? 0)} or more`
    : `${formatMs(row.from ?? 0)} – ${formatMs(row.to)}`;
}
