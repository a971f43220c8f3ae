import type { ReactElement, ReactNode } from 'react';
import { formatSeconds } from '~/ui/format';
import type { ChartColumn } from '../chart-column';
import { LIMIT_WIDTH, OVERSOLD_BAND, type ChartFrame } from '../chart-frame';
import type { ChartKind } from '../chart-kinds';
import { nameLimit, type ChartModel } from '../chart-model';
import { nameEdge } from '../latency-range';
import { HEIGHT, part, SketchShapes, WIDTH } from './sketch-shapes';

export interface ChartSketchProps {
  kind: Pick<ChartKind, 'shape' | 'formatTick'>;
  model: ChartModel;
  columns: readonly ChartColumn[];
}

/**
 * The chart without scripts: the server sends it, it stays until Recharts has loaded, and it is printed. Frame, scales,
 * labels and lines are those of the chart; only the cursor is missing.
 */
export function ChartSketch({ kind, model, columns }: ChartSketchProps): ReactElement {
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
        <SketchLines model={model} />
        <SketchShapes shape={kind.shape} model={model} columns={columns} />
      </svg>
      <SketchLabels kind={kind} model={model} />
    </div>
  );
}

function inset({ top, right, bottom, left }: ChartFrame): string {
  return [top, right, bottom, left].map((px) => `${px}px`).join(' ');
}

/** Grid, zero, the units on sale, and the end of the lane. */
function SketchLines({ model: { x, y, limit, over } }: { model: ChartModel }): ReactElement {
  const top = (value: number) => HEIGHT * (1 - part(value, y.domain));
  const end = over && WIDTH * part(over.at, x.domain);
  return (
    <>
      {y.ticks.map((tick) => (
        <HorizontalLine key={tick} y={top(tick)} className="stroke-line" />
      ))}
      {end && (
        <line
          x1={end}
          x2={end}
          y2={HEIGHT}
          className="stroke-edge"
          strokeDasharray="1 3"
          vectorEffect="non-scaling-stroke"
        />
      )}
      {limit !== undefined && (
        <>
          <rect width={WIDTH} height={top(limit)} {...OVERSOLD_BAND} />
          <HorizontalLine y={top(0)} className="stroke-edge" />
          <HorizontalLine y={top(limit)} className="stroke-ink-2" width={LIMIT_WIDTH} />
        </>
      )}
    </>
  );
}

function HorizontalLine(props: { y: number; className: string; width?: number }): ReactElement {
  const { y, className, width = 1 } = props;
  return (
    <line
      x2={WIDTH}
      y1={y}
      y2={y}
      className={className}
      strokeWidth={width}
      vectorEffect="non-scaling-stroke"
    />
  );
}

/** Outside the drawing, because the drawing stretches and text must not. */
function SketchLabels({ kind, model }: Pick<ChartSketchProps, 'kind' | 'model'>): ReactElement {
  const { x, y, rows, limit, over } = model;
  const top = (value: number) => `${100 * (1 - part(value, y.domain))}%`;
  const left = (value: number) => `${100 * part(value, x.domain)}%`;
  const ofRanges = rows[0]?.from !== undefined;
  return (
    <div aria-hidden className="absolute" style={{ inset: inset(model.frame) }}>
      {y.ticks.map((tick) => (
        <Label key={tick} className="right-full -translate-y-1/2 pr-2" style={{ top: top(tick) }}>
          {kind.formatTick(tick)}
        </Label>
      ))}
      {x.ticks.map((tick) => (
        <Label
          key={tick}
          className="top-full -translate-x-1/2 pt-1"
          // a bar has its label at its middle
          style={{ left: left(kind.shape === 'bars' ? tick + 0.5 : tick) }}
        >
          {ofRanges ? nameEdge(rows[tick]) : formatSeconds(tick)}
        </Label>
      ))}
      {limit !== undefined && (
        <Label className="right-1 -translate-y-full" style={{ top: top(limit) }}>
          {nameLimit(limit)}
        </Label>
      )}
      {over && (
        <Label className="bottom-0.5 pl-1.5" style={{ left: left(over.at) }}>
          {over.label}
        </Label>
      )}
    </div>
  );
}

interface LabelProps {
  className: string;
  style: { top?: string; left?: string };
  children: ReactNode;
}

function Label({ className, style, children }: LabelProps): ReactElement {
  return (
    <span className={`absolute whitespace-nowrap ${className}`} style={style}>
      {children}
    </span>
  );
}
