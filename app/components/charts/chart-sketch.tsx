import type { ReactElement } from 'react';
import { formatSeconds } from '../format';
import type { ChartFrame } from './chart-frame';
import type { ChartColumn, ChartKind } from './chart-kinds';
import type { ChartModel, ChartRow } from './chart-model';

export interface ChartSketchProps {
  kind: Pick<ChartKind, 'shape' | 'formatTick'>;
  model: ChartModel;
  columns: ChartColumn[];
}

/** The sketch's own coordinates; they stretch to whatever room there is. */
const WIDTH = 1_000;
const HEIGHT = 100;

/**
 * The chart without scripts: what the server sends, and what stands there until Recharts is loaded. Same frame, same
 * scales, same lines.
 */
export function ChartSketch({ kind, model, columns }: ChartSketchProps): ReactElement {
  const y = (value: number) => HEIGHT * (1 - part(value, model.y.domain));
  return (
    <div
      className="relative text-2xs text-ink-3"
      style={{ height: model.frame.height, padding: inset(model.frame) }}
    >
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="size-full"
        role="img"
        aria-label={model.title}
      >
        {model.y.ticks.map((tick) => (
          <HorizontalLine key={tick} y={y(tick)} className="stroke-line" />
        ))}
        {model.over && (
          <line
            x1={WIDTH * part(model.over.at, model.x.domain)}
            x2={WIDTH * part(model.over.at, model.x.domain)}
            y2={HEIGHT}
            className="stroke-edge"
            strokeDasharray="1 3"
            vectorEffect="non-scaling-stroke"
          />
        )}
        {model.limit !== undefined && <HorizontalLine y={y(model.limit)} className="stroke-ink-2" />}
        {kind.shape === 'lines' &&
          columns.map((column) => <SketchLine key={column.key} model={model} column={column} />)}
        {kind.shape === 'areas' && <SketchAreas model={model} columns={columns} />}
        {kind.shape === 'bars' &&
          columns.map((column) => <SketchBars key={column.key} model={model} column={column} />)}
      </svg>
      <SketchLabels kind={kind} model={model} />
    </div>
  );
}

function inset({ top, right, bottom, left }: ChartFrame): string {
  return [top, right, bottom, left].map((px) => `${px}px`).join(' ');
}

function HorizontalLine({ y, className }: { y: number; className: string }): ReactElement {
  return <line x2={WIDTH} y1={y} y2={y} className={className} vectorEffect="non-scaling-stroke" />;
}

/** Outside the drawing, which stretches; text must not. */
function SketchLabels({ kind, model }: Pick<ChartSketchProps, 'kind' | 'model'>): ReactElement {
  return (
    <div aria-hidden className="absolute" style={{ inset: inset(model.frame) }}>
      {model.y.ticks.map((tick) => (
        <span
          key={tick}
          className="absolute right-full -translate-y-1/2 pr-2 whitespace-nowrap"
          style={{ top: `${100 * (1 - part(tick, model.y.domain))}%` }}
        >
          {kind.formatTick(tick)}
        </span>
      ))}
      {model.x.ticks.map((tick) => (
        <span
          key={tick}
          className="absolute top-full -translate-x-1/2 pt-1 whitespace-nowrap"
          style={{ left: `${100 * part(tick, model.x.domain)}%` }}
        >
          {formatSeconds(tick)}
        </span>
      ))}
      {model.over && (
        <span
          className="absolute bottom-0.5 pl-1.5 whitespace-nowrap"
          style={{ left: `${100 * part(model.over.at, model.x.domain)}%` }}
        >
          {model.over.label}
        </span>
      )}
    </div>
  );
}

function SketchLine({ model, column }: { model: ChartModel; column: ChartColumn }): ReactElement {
  const points = model.rows.flatMap((row) => {
    const value = row[column.key];
    return typeof value === 'number' ? [point(model, row.t, value)] : [];
  });
  return (
    <polyline
      points={points.join(' ')}
      fill="none"
      stroke={column.color}
      strokeWidth={2}
      strokeDasharray={column.dash}
      vectorEffect="non-scaling-stroke"
    />
  );
}

function SketchAreas({ model, columns }: { model: ChartModel; columns: ChartColumn[] }): ReactElement {
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
        <polygon
          key={column.key}
          points={[...steps(i), ...steps(i - 1).reverse()].join(' ')}
          fill={column.color}
          fillOpacity={0.55}
        />
      ))}
    </>
  );
}

function SketchBars({ model, column }: { model: ChartModel; column: ChartColumn }): ReactElement {
  const width = WIDTH / Math.max(1, model.rows.length);
  return (
    <>
      {model.rows.map((row, i) => {
        const height = HEIGHT * part(row[column.key] ?? 0, model.y.domain);
        return (
          <rect
            key={row.t}
            x={i * width}
            y={HEIGHT - height}
            width={width * 0.9}
            height={height}
            fill={column.color}
          />
        );
      })}
    </>
  );
}

function point(model: ChartModel, t: number, value: number): string {
  const x = WIDTH * part(t, model.x.domain);
  return `${x.toFixed(1)},${(HEIGHT * (1 - part(value, model.y.domain))).toFixed(1)}`;
}

function part(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
}
