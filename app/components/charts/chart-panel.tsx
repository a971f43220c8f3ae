import { ChartLine, Table2 } from 'lucide-react';
import { lazy, memo, Suspense, useEffect, useMemo, useState, type ReactElement } from 'react';
import type { LaneView } from '~/lab/race';
import { LaneLabel } from '../lane-label';
import { Panel } from '../panel';
import { useScripted } from '../use-scripted';
import type { ChartColumn, ChartKind } from './chart-kinds';
import type { ChartModel, SharedScales } from './chart-model';
import { ChartSketch } from './chart-sketch';
import { ChartTable } from './chart-table';
import { useStaggered } from './stagger';

/** Recharts is by far the largest part of the page, so it comes in a chunk of its own, after everything else works. */
const loadCharts = () => import('./lane-charts');
const CHARTS = {
  stock: lazy(() => loadCharts().then(({ StockChart }) => ({ default: StockChart }))),
  outcomes: lazy(() => loadCharts().then(({ OutcomesChart }) => ({ default: OutcomesChart }))),
  latency: lazy(() => loadCharts().then(({ LatencyChart }) => ({ default: LatencyChart }))),
  distribution: lazy(() => loadCharts().then(({ DistributionChart }) => ({ default: DistributionChart }))),
};

export interface ChartPanelProps {
  kind: ChartKind;
  lanes: readonly LaneView[];
  scales: SharedScales;
}

/** One kind of chart for every lane, on the same scales, with a table in its place on demand. */
export function ChartPanel({ kind, lanes, scales }: ChartPanelProps): ReactElement {
  const scripted = useScripted();
  const [asTable, setAsTable] = useState(false);
  // before there is anything to draw, so that a race that starts does not wait for it
  useEffect(() => void loadCharts(), []);
  const Icon = asTable ? ChartLine : Table2;
  return (
    <Panel
      id={kind.id}
      title={kind.title}
      help={kind.help}
      actions={
        <button
          type="button"
          onClick={() => setAsTable(!asTable)}
          className={`button button-quiet min-h-7 px-2 text-xs ${scripted ? '' : 'invisible'}`}
          aria-label={`${kind.title}: show as ${asTable ? 'chart' : 'table'}`}
        >
          <Icon className="size-3.5" aria-hidden />
          {asTable ? 'Chart' : 'Table'}
        </button>
      }
    >
      <div className="lanes">
        {lanes.map((lane) => (
          <LaneChartCell
            key={lane.index}
            kind={kind}
            lane={lane}
            scales={scales}
            asTable={asTable}
            scripted={scripted}
          />
        ))}
      </div>
    </Panel>
  );
}

interface CellProps {
  kind: ChartKind;
  lane: LaneView;
  scales: SharedScales;
  asTable: boolean;
  scripted: boolean;
}

const LaneChartCell = memo(function LaneChartCell({ kind, lane, scales, asTable, scripted }: CellProps) {
  const latest = useMemo(() => kind.model(lane, scales), [kind, lane, scales]);
  const model = useStaggered(latest);
  const columns = kind.columns(lane).filter(({ key }) => kind.shape !== 'areas' || hasAny(model, key));
  return (
    <div className="card overflow-hidden">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 pt-3">
        <LaneLabel lane={lane} />
        <Legend columns={columns} />
      </div>
      {asTable ? (
        <ChartTable kind={kind} model={model} columns={columns} />
      ) : (
        <Drawing kind={kind} model={model} columns={columns} scripted={scripted} />
      )}
    </div>
  );
});

interface DrawingProps {
  kind: ChartKind;
  model: ChartModel;
  columns: ChartColumn[];
  scripted: boolean;
}

function Drawing({ kind, model, columns, scripted }: DrawingProps): ReactElement {
  const Chart = CHARTS[kind.id];
  const sketch = <ChartSketch kind={kind} model={model} columns={columns} />;
  if (model.rows.length === 0) {
    return <p className="grid h-52 place-items-center text-[0.8125rem] text-ink-3">Nothing recorded</p>;
  }
  return (
    <div className="h-52">
      {scripted ? (
        <Suspense fallback={sketch}>
          <Chart model={model} />
        </Suspense>
      ) : (
        sketch
      )}
    </div>
  );
}

function Legend({ columns }: { columns: ChartColumn[] }): ReactElement {
  return (
    <ul className="flex flex-wrap gap-x-3 text-2xs text-ink-3">
      {columns.map(({ key, name, color, dash }) => (
        <li key={key} className="flex items-center gap-1.5">
          <svg viewBox="0 0 14 4" className="h-1 w-3.5" aria-hidden>
            <line
              x2="14"
              y1="2"
              y2="2"
              stroke={color}
              strokeWidth={key === 'p99' ? 1.25 : 3}
              strokeDasharray={dash}
            />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

function hasAny(model: ChartModel, key: string): boolean {
  return model.rows.some((row) => (row[key] ?? 0) > 0);
}
