import { ChartLine, Table2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { ChartTable } from '~/features/charts/chart-table';
import { Legend } from '~/features/charts/legend';
import type { OverlayChart } from '~/features/charts/overlay-chart';
import { ChartSketch } from '~/features/charts/sketch/chart-sketch';
import { createChunk, useChunk } from '~/ui/chunk';
import { formatCompact } from '~/ui/format';
import { ChartsFailed, PieceBoundary } from '~/ui/piece-boundary';
import { useScripted } from '~/ui/use-scripted';
import type { Overlay } from './overlay-model';

const CHART = createChunk(() => import('~/features/charts/overlay-chart'));

/** One kind of overlay: everything about it but its drawing. */
export interface OverlayKind {
  title: string;
  help: string;
  shape: 'lines' | 'steps';
  ranges: boolean;
  format: (value: number) => string;
  formatTick: (value: number) => string;
}

const percent = (value: number): string => `${formatCompact(value)}\u00a0%`;

export const LATENCY_OVERLAY: OverlayKind = {
  title: 'Latency distribution',
  help: 'Share of the attempts by how long they took.',
  shape: 'lines',
  ranges: true,
  format: percent,
  formatTick: percent,
};

export const THROUGHPUT_OVERLAY: OverlayKind = {
  title: 'Attempts per second',
  help: 'All outcomes, from the start of each lane.',
  shape: 'steps',
  ranges: false,
  format: (value) => `${formatCompact(value)}/s`,
  formatTick: formatCompact,
};

export interface OverlayPanelProps {
  kind: OverlayKind;
  overlay: Overlay;
  /** What the reader must know to interpret it. */
  note?: string | null;
}

/** A small chart with a line for each column, and a table in its place on demand. */
export function OverlayPanel({ kind, overlay, note = null }: OverlayPanelProps): ReactElement {
  const scripted = useScripted();
  const [asTable, setAsTable] = useState(false);
  const chart = useChunk(CHART);
  const { model, columns } = overlay;
  const Icon = asTable ? ChartLine : Table2;
  return (
    <figure className="card min-w-0 overflow-hidden" aria-label={model.title}>
      <figcaption className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 pt-3 text-xs">
        <span className="text-ink-3">
          <span className="font-medium text-ink">{kind.title}</span> {kind.help}
          {note !== null && <span className="block text-warning-ink">{note}</span>}
        </span>
        <span className="flex items-center gap-3">
          <Legend shape={kind.shape} columns={columns} />
          <button
            type="button"
            onClick={() => setAsTable(!asTable)}
            className={`button button-quiet min-h-7 px-2 text-xs ${scripted ? '' : 'invisible'}`}
            aria-label={`${model.title}: show as ${asTable ? 'chart' : 'table'}`}
          >
            <Icon className="size-3.5" aria-hidden />
            {asTable ? 'Chart' : 'Table'}
          </button>
        </span>
      </figcaption>
      {columns.length === 0 ? (
        <p className="grid h-52 place-items-center text-[0.8125rem] text-ink-3">Nothing recorded</p>
      ) : asTable ? (
        <ChartTable kind={kind} model={model} columns={columns} />
      ) : (
        <Drawing kind={kind} overlay={overlay} Chart={scripted ? chart.module?.OverlayChart : undefined} />
      )}
      {chart.failed && !asTable && (
        <div className="px-4 pb-3">
          <ChartsFailed />
        </div>
      )}
    </figure>
  );
}

interface DrawingProps {
  kind: OverlayKind;
  overlay: Overlay;
  /** Undefined while only a static picture can be drawn. */
  Chart: typeof OverlayChart | undefined;
}

function Drawing({ kind, overlay: { model, columns }, Chart }: DrawingProps): ReactElement {
  const sketch = <ChartSketch kind={kind} model={model} columns={columns} />;
  return (
    <div className="h-52">
      {Chart ? (
        <PieceBoundary fallback={sketch}>
          <Chart {...kind} model={model} columns={columns} />
        </PieceBoundary>
      ) : (
        sketch
      )}
    </div>
  );
}
