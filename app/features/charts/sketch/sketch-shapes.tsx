import type { ReactElement } from 'react';
import { fillOf, strokeOf, type ChartColumn } from '../chart-column';
import { BAR_OPACITY } from '../chart-frame';
import type { ChartShape } from '../chart-kinds';
import type { ChartModel, ChartRow } from '../chart-model';

/** The sketch's own coordinates; they stretch to the available room. */
export const WIDTH = 1_000;
export const HEIGHT = 100;

export interface SketchShapesProps {
  shape: ChartShape;
  model: ChartModel;
  columns: readonly ChartColumn[];
}

/** The data of a chart, without its axes. */
export function SketchShapes({ shape, model, columns }: SketchShapesProps): ReactElement {
  if (shape === 'areas') return <Areas model={model} columns={columns} />;
  const Shape = shape === 'bars' ? Bars : Line;
  return (
    <>
      {columns.map((column) => (
        <Shape key={column.key} model={model} column={column} held={shape === 'steps'} />
      ))}
    </>
  );
}

interface LineProps {
  model: ChartModel;
  column: ChartColumn;
  /** Whether each value holds until the next row. */
  held: boolean;
}

function Line({ model, column, held }: LineProps): ReactElement {
  const rows = model.rows.filter((row) => typeof row[column.key] === 'number');
  const points = rows.flatMap((row, i) => {
    const value = row[column.key] ?? 0;
    const next = rows[i + 1];
    return held && next
      ? [point(model, row.t, value), point(model, next.t, value)]
      : [point(model, row.t, value)];
  });
  return (
    <polyline
      points={points.join(' ')}
      fill="none"
      {...strokeOf(column)}
      vectorEffect="non-scaling-stroke"
      data-column={column.key}
    />
  );
}

function Areas({ model, columns }: Omit<SketchShapesProps, 'shape'>): ReactElement {
  const upTo = (row: ChartRow, last: number) =>
    columns.slice(0, last + 1).reduce((sum, { key }) => sum + (row[key] ?? 0), 0);
  // each value holds until the next row
  const steps = (last: number) =>
    model.rows.flatMap((row, i) => {
      const value = upTo(row, last);
      return [point(model, row.t, value), point(model, model.rows[i + 1]?.t ?? row.t, value)];
    });
  return (
    <>
      {columns.map((column, i) => (
        <g key={column.key} data-column={column.key}>
          <polygon points={[...steps(i), ...steps(i - 1).reverse()].join(' ')} {...fillOf(column)} />
          <polyline
            points={steps(i).join(' ')}
            fill="none"
            stroke={column.color}
            vectorEffect="non-scaling-stroke"
          />
        </g>
      ))}
    </>
  );
}

function Bars({ model, column }: Omit<LineProps, 'held'>): ReactElement {
  const width = WIDTH / Math.max(1, model.rows.length);
  return (
    <g data-column={column.key}>
      {model.rows.map((row, i) => {
        const height = HEIGHT * part(row[column.key] ?? 0, model.y.domain);
        return (
          <rect
            key={row.t}
            x={(i + 0.05) * width}
            y={HEIGHT - height}
            width={width * 0.9}
            height={height}
            fill={column.color}
            fillOpacity={BAR_OPACITY}
          />
        );
      })}
    </g>
  );
}

function point(model: ChartModel, t: number, value: number): string {
  const x = WIDTH * part(t, model.x.domain);
  return `${x.toFixed(1)},${(HEIGHT * (1 - part(value, model.y.domain))).toFixed(1)}`;
}

/** The position of a value between the ends of its axis, 0 to 1. */
export function part(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
}
