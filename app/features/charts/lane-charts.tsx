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
import { formatMs } from '@/model/wording';
import { formatCompact, formatCount, formatMsTick, formatSeconds } from '~/ui/format';
import { fillOf, strokeOf, type ChartColumn } from './chart-column';
import { BAR_OPACITY, LIMIT_WIDTH, marginOf, OVERSOLD_BAND } from './chart-frame';
import { nameLimit, type ChartModel } from './chart-model';
import { nameEdge, nameRange } from './latency-range';
import { Readout } from './readout';
import { nearestTime } from './shared-cursor';

/** One chart of one lane, drawn by Recharts. */
export type LaneChart = NamedExoticComponent<{ model: ChartModel; columns: readonly ChartColumn[] }>;

const CURSOR = { stroke: 'var(--color-edge)', strokeWidth: 1 };
const SYNC = { syncId: 'race', syncMethod: nearestTime } as const;

/** The axes that all time charts share. Called, not rendered: Recharts checks the type of its children. */
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

/** A line for each column; a missing value between two others is not a gap. Called, not rendered. */
function lines(columns: readonly ChartColumn[]): ReactNode {
  return columns.map((column) => (
    <Line
      key={column.key}
      type="linear"
      dataKey={column.key}
      name={column.name}
      {...strokeOf(column)}
      dot={false}
      activeDot={{ r: 3 }}
      isAnimationActive={false}
      connectNulls
    />
  ));
}

/** Stock in the database against units sold, with the units on sale as the line that must not be passed. */
export const StockChart: LaneChart = memo(function StockChart({ model, columns }) {
  const limit = model.limit ?? 0;
  return (
    <ResponsiveContainer width="100%" height={model.frame.height}>
      <LineChart data={model.rows} margin={marginOf(model.frame)} title={model.title} {...SYNC}>
        {timeAxes(model, formatCompact)}
        <ReferenceArea y1={limit} y2={model.y.domain[1]} {...OVERSOLD_BAND} />
        <ReferenceLine y={0} stroke="var(--color-edge)" />
        <ReferenceLine
          y={limit}
          stroke="var(--color-ink-2)"
          strokeWidth={LIMIT_WIDTH}
          label={{ value: nameLimit(limit), position: 'insideBottomRight', offset: 4 }}
        />
        <Tooltip cursor={CURSOR} isAnimationActive={false} content={<Readout format={formatCount} />} />
        {lines(columns)}
      </LineChart>
    </ResponsiveContainer>
  );
});

/** Outcomes per second, stacked. */
export const OutcomesChart: LaneChart = memo(function OutcomesChart({ model, columns }) {
  return (
    <ResponsiveContainer width="100%" height={model.frame.height}>
      <AreaChart data={model.rows} margin={marginOf(model.frame)} title={model.title} {...SYNC}>
        {timeAxes(model, formatCompact)}
        <Tooltip
          cursor={CURSOR}
          isAnimationActive={false}
          content={<Readout format={formatCount} unit="/s" hideZero />}
        />
        {columns.map((column) => (
          <Area
            key={column.key}
            type="stepAfter"
            dataKey={column.key}
            name={column.name}
            stackId="outcomes"
            stroke={column.color}
            strokeWidth={1}
            {...fillOf(column)}
            activeDot={false}
            isAnimationActive={false}
          />
        ))}
      </AreaChart>
    </ResponsiveContainer>
  );
});

/** p50, p95 and p99 over time. */
export const LatencyChart: LaneChart = memo(function LatencyChart({ model, columns }) {
  return (
    <ResponsiveContainer width="100%" height={model.frame.height}>
      <LineChart data={model.rows} margin={marginOf(model.frame)} title={model.title} {...SYNC}>
        {timeAxes(model, formatMsTick)}
        <Tooltip cursor={CURSOR} isAnimationActive={false} content={<Readout format={formatMs} />} />
        {lines(columns)}
      </LineChart>
    </ResponsiveContainer>
  );
});

/** How many attempts took how long. */
export const DistributionChart: LaneChart = memo(function DistributionChart({ model, columns }) {
  return (
    <ResponsiveContainer width="100%" height={model.frame.height}>
      <BarChart data={model.rows} margin={marginOf(model.frame)} barCategoryGap={1} title={model.title}>
        <CartesianGrid vertical={false} stroke="var(--color-line)" />
        <XAxis
          dataKey="t"
          ticks={model.x.ticks}
          height={model.frame.bottom}
          tickLine={false}
          axisLine={{ stroke: 'var(--color-line)' }}
          tickFormatter={(t: number) => nameEdge(model.rows[t])}
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
          content={<Readout format={formatCount} labelOf={nameRange} />}
        />
        {columns.map(({ key, name, color }) => (
          <Bar
            key={key}
            dataKey={key}
            name={name}
            fill={color}
            fillOpacity={BAR_OPACITY}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
});
