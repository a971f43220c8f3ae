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
  const points = rows.map((row) => place(model, row.t, row[column.key] ?? 0));
  return (
    <path
      d={draw(points, held)}
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
  const outline = (last: number) =>
    model.rows.flatMap((row, i) => {
      const value = upTo(row, last);
      return [place(model, row.t, value), place(model, model.rows[i + 1]?.t ?? row.t, value)];
    });
  return (
    <>
      {columns.map((column, i) => (
        <g key={column.key} data-column={column.key}>
          <path d={`${draw([...outline(i), ...outline(i - 1).reverse()])}z`} {...fillOf(column)} />
          <path d={draw(outline(i))} fill="none" stroke={column.color} vectorEffect="non-scaling-stroke" />
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
            x={tenths((i + 0.05) * width)}
            y={tenths(HEIGHT - height)}
            width={tenths(width * 0.9)}
            height={tenths(height)}
            fill={column.color}
            fillOpacity={BAR_OPACITY}
          />
        );
      })}
    </g>
  );
}

interface Place {
  x: number;
  y: number;
}

/** In tenths, finer than any screen. */
function place(model: ChartModel, t: number, value: number): Place {
  const x = WIDTH * part(t, model.x.domain);
  return { x: tenths(x), y: tenths(HEIGHT * (1 - part(value, model.y.domain))) };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A line as path data, without the points that are within a tenth of what is left; `held`: in steps. */
function draw(points: readonly Place[], held = false): string {
  const corners = held
    ? points.flatMap((one, i) => (i === 0 ? [one] : [{ x: one.x, y: points[i - 1]?.y ?? one.y }, one]))
    : points;
  let path = '';
  let last: Place | undefined;
  for (const { x, y } of straighten(corners)) {
    if (!last) path += `M${x} ${y}`;
    else if (last.y === y) path += `H${x}`;
    else if (last.x === x) path += `V${y}`;
    else path += `L${x} ${y}`;
    last = { x, y };
  }
  return path;
}

const TOLERANCE = 0.1;

/**
 * The points without those on a straight line between others. A point may be left out while the slopes to all that
 * were left out since the last one that was kept have a slope in common (the "swinging door").
 */
function straighten(points: readonly Place[]): Place[] {
  const [first] = points;
  if (!first) return [];
  const kept = [first];
  let [from, door] = [first, { least: -Infinity, most: Infinity }];
  for (const [i, point] of points.entries()) {
    const next = points[i + 1];
    if (i === 0) continue;
    if (!next) {
      kept.push(point);
      break;
    }
    const slope = (to: number, x: number) => (to - from.y) / (x - from.x);
    if (point.x > from.x && next.x > point.x) {
      door = {
        least: Math.max(door.least, slope(point.y - TOLERANCE, point.x)),
        most: Math.min(door.most, slope(point.y + TOLERANCE, point.x)),
      };
      const onward = slope(next.y, next.x);
      if (onward >= door.least && onward <= door.most) continue;
    }
    kept.push(point);
    [from, door] = [point, { least: -Infinity, most: Infinity }];
  }
  return kept;
}

/** The position of a value between the ends of its axis, 0 to 1. */
export function part(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
}
