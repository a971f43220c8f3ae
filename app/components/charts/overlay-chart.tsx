import { memo, type ReactElement } from 'react';
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatMs, formatMsTick, formatSeconds } from '../format';
import { marginOf } from './chart-frame';
import type { ChartColumn } from './chart-kinds';
import type { ChartModel, ChartRow } from './chart-model';
import { Readout } from './readout';

export interface OverlayChartProps {
  model: ChartModel;
  columns: ChartColumn[];
  /** Whether the rows are ranges of latency; else they are times. */
  ranges: boolean;
  format: (value: number) => string;
  formatTick: (value: number) => string;
}

/** A line for each column on one pair of axes, drawn by Recharts. */
export const OverlayChart = memo(function OverlayChart(props: OverlayChartProps): ReactElement {
  const { model, columns, ranges, format, formatTick } = props;
  return (
    <ResponsiveContainer width="100%" height={model.frame.height}>
      <LineChart data={model.rows} margin={marginOf(model.frame)} title={model.title}>
        <CartesianGrid vertical={false} stroke="var(--color-line)" />
        <XAxis
          dataKey="t"
          type="number"
          domain={model.x.domain}
          {...(ranges ? {} : { ticks: model.x.ticks })}
          allowDataOverflow
          allowDecimals={false}
          height={model.frame.bottom}
          tickLine={false}
          axisLine={{ stroke: 'var(--color-line)' }}
          minTickGap={28}
          tickFormatter={(t: number) => (ranges ? nameEdge(model.rows[t]) : formatSeconds(t))}
        />
        <YAxis
          domain={model.y.domain}
          ticks={model.y.ticks}
          allowDataOverflow
          width={model.frame.left}
          tickLine={false}
          axisLine={false}
          tickFormatter={formatTick}
        />
        <Tooltip
          cursor={{ stroke: 'var(--color-edge)', strokeWidth: 1 }}
          isAnimationActive={false}
          content={<Readout format={format} {...(ranges && { labelOf: nameRange })} />}
        />
        {columns.map(({ key, name, color, dash }) => (
          <Line
            key={key}
            type={ranges ? 'linear' : 'stepAfter'}
            dataKey={key}
            name={name}
            stroke={color}
            strokeDasharray={dash}
            strokeWidth={2}
            dot={false}
            activeDot={{ r: 3 }}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
});

function nameEdge(row: ChartRow | undefined): string {
  return row ? formatMsTick(row.from ?? 0) : '';
}

function nameRange({ from, to }: Record<string, number | null>): string {
  return to === null || to === undefined
    ? `${formatMs(from ?? 0)} or more`
    : `${formatMs(from ?? 0)} – ${formatMs(to)}`;
}
