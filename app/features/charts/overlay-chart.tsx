import { memo, type ReactElement } from 'react';
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatSeconds } from '~/ui/format';
import { marginOf } from './chart-frame';
import { strokeOf, type ChartColumn } from './chart-column';
import type { ChartShape } from './chart-kinds';
import type { ChartModel } from './chart-model';
import { nameEdge, nameRange } from './latency-range';
import { Readout } from './readout';

export interface OverlayChartProps {
  model: ChartModel;
  columns: ChartColumn[];
  shape: ChartShape;
  /** Whether the rows are ranges of latency; else they are times. */
  ranges: boolean;
  format: (value: number) => string;
  formatTick: (value: number) => string;
}

/** A line for each column on one pair of axes, drawn by Recharts. */
export const OverlayChart = memo(function OverlayChart(props: OverlayChartProps): ReactElement {
  const { model, columns, shape, ranges, format, formatTick } = props;
  return (
    <ResponsiveContainer width="100%" height={model.frame.height}>
      <LineChart data={model.rows} margin={marginOf(model.frame)} title={model.title}>
        <CartesianGrid vertical={false} stroke="var(--color-line)" />
        <XAxis
          dataKey="t"
          type="number"
          domain={model.x.domain}
          ticks={model.x.ticks}
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
        {columns.map((column) => (
          <Line
            key={column.key}
            type={shape === 'steps' ? 'stepAfter' : 'linear'}
            dataKey={column.key}
            name={column.name}
            {...strokeOf(column)}
            dot={false}
            activeDot={{ r: 3 }}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
});
