import { ChartLine, Table2 } from 'lucide-react';
import {
  memo,
  useMemo,
  useRef,
  useState,
  type ReactElement,
  startTransition,
  useEffect,
  type RefObject,
} from 'react';
import type { LaneView } from '@/model/race';
import { createChunk, useChunk } from '~/ui/chunk';
import { LaneLabel } from '~/ui/lane/lane-label';
import { laneGrid } from '~/ui/lane/many-lanes';
import { Panel } from '~/ui/panel';
import { ChartsFailed, PieceBoundary } from '~/ui/piece-boundary';
import { useScripted } from '~/ui/use-scripted';
import { hatchId, type ChartColumn } from './chart-column';
import { columnsOfLanes, type ChartKind } from './chart-kinds';
import type { ChartModel, SharedScales } from './chart-model';
import { ChartTable } from './chart-table';
import { Legend } from './legend';
import { ChartSketch } from './sketch/chart-sketch';

/** Recharts is by far the largest part of the page, so it loads as a separate chunk, after everything else works. */
const CHARTS = createChunk(async () => {
  const { StockChart, OutcomesChart, LatencyChart, DistributionChart } = await import('./lane-charts');
  return {
    stock: StockChart,
    outcomes: OutcomesChart,
    latency: LatencyChart,
    distribution: DistributionChart,
  };
});

/** Fetches what draws the charts before there are any. */
export const loadCharts = (): Promise<void> => CHARTS.load();

export interface ChartPanelProps {
  kind: ChartKind;
  lanes: readonly LaneView[];
  scales: SharedScales;
  /** Whether the race is over: then every chart has to show the last data, in view or not. */
  over: boolean;
}

/** One kind of chart for every lane, on the same scales, with a table in its place on demand. */
export function ChartPanel({ kind, lanes, scales, over }: ChartPanelProps): ReactElement {
  const scripted = useScripted();
  const [asTable, setAsTable] = useState(false);
  // loads before there is data to draw, so that a race that starts does not wait for it
  const charts = useChunk(CHARTS);
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
          className={`button button-quiet min-h-7 px-2 text-xs print:hidden ${scripted ? '' : 'invisible'}`}
          aria-label={`${kind.title}: show as ${asTable ? 'chart' : 'table'}`}
        >
          <Icon className="size-3.5" aria-hidden />
          {asTable ? 'Chart' : 'Table'}
        </button>
      }
    >
      {/* once for all lanes: in their cells legends of different lengths would push plots to different heights */}
      {kind.shape === 'areas' && <Hatches columns={kind.columns('safe')} />}
      <Legend shape={kind.shape} columns={columnsOfLanes(kind, lanes)} />
      {charts.failed && !asTable && <ChartsFailed />}
      <div className={laneGrid(lanes)}>
        {lanes.map((lane) => (
          <LaneChartCell
            key={lane.index}
            kind={kind}
            lane={lane}
            scales={scales}
            asTable={asTable}
            scripted={scripted}
            over={over}
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
  over: boolean;
}

const LaneChartCell = memo(function LaneChartCell(props: CellProps) {
  const { kind, lane, scales, asTable, scripted, over } = props;
  const cell = useRef<HTMLDivElement>(null);
  const isNear = useNear(cell);
  const latest = useMemo(() => kind.model(lane, scales), [kind, lane, scales]);
  const model = useStaggered(latest, isNear || over);
  const columns = useMemo(
    // an empty area would still draw its line on top of the others
    () => kind.columns(model.expected).filter(({ key }) => kind.shape !== 'areas' || hasAny(model, key)),
    [kind, model],
  );
  return (
    <div ref={cell} className="card overflow-hidden">
      <div className="flex px-4 pt-3">
        <LaneLabel lane={lane} />
      </div>
      {asTable ? (
        <ChartTable kind={kind} model={model} columns={columns} />
      ) : (
        <Drawing kind={kind} model={model} columns={columns} isLive={scripted && isNear} over={over} />
      )}
    </div>
  );
});

interface DrawingProps {
  kind: ChartKind;
  model: ChartModel;
  columns: readonly ChartColumn[];
  /** Whether Recharts draws it: this is costly, so only charts near the window are live. */
  isLive: boolean;
  over: boolean;
}

function Drawing({ kind, model, columns, isLive, over }: DrawingProps): ReactElement {
  const Chart = useChunk(CHARTS).module?.[kind.id];
  const sketch = <ChartSketch kind={kind} model={model} columns={columns} />;
  const { height } = model.frame;
  if (model.rows.length === 0) {
    return (
      <p className="grid place-items-center text-[0.8125rem] text-ink-3" style={{ height }}>
        Nothing recorded{!over && ' yet'}
      </p>
    );
  }
  return (
    <div className="relative" style={{ height }}>
      {kind.unit !== null && <span className="absolute top-0.5 left-4 text-2xs text-ink-3">{kind.unit}</span>}
      {isLive && Chart ? (
        <>
          <div className="print:hidden">
            <PieceBoundary fallback={sketch}>
              <Chart model={model} columns={columns} />
            </PieceBoundary>
          </div>
          <div className="hidden print:block">{sketch}</div>
        </>
      ) : (
        sketch
      )}
    </div>
  );
}

function hasAny(model: ChartModel, key: string): boolean {
  return model.rows.some((row) => (row[key] ?? 0) > 0);
}

const WIDTH = 6;

/** The stripes of areas, for every chart, sketch and legend of the page that is filled with them. */
function Hatches({ columns }: { columns: readonly ChartColumn[] }): ReactElement {
  return (
    <svg width="0" height="0" className="absolute" aria-hidden>
      <defs>
        {columns.map(
          ({ key, color, hatch }) =>
            hatch !== undefined && (
              <pattern
                key={key}
                id={hatchId(key)}
                width={WIDTH}
                height={WIDTH}
                patternUnits="userSpaceOnUse"
                patternTransform={`rotate(${hatch})`}
              >
                <rect width={WIDTH} height={WIDTH} fill={color} fillOpacity={0.3} />
                <rect width={WIDTH / 3} height={WIDTH} fill={color} fillOpacity={0.75} />
              </pattern>
            ),
        )}
      </defs>
    </svg>
  );
}

/**
 * Time between the updates of two charts, ms. One takes 28 ms to draw: six at once stutter, one at a time hold 60 fps.
 */
const TURN_MS = 60;

/** Charts that wait for their turn to draw new data, oldest first. A chart is in it once, with its latest data. */
const waiting = new Map<object, () => void>();
let turn: ReturnType<typeof setTimeout> | null = null;

function takeTurns(): void {
  const [first] = waiting;
  turn = null;
  if (!first) return;
  const [chart, draw] = first;
  waiting.delete(chart);
  draw();
  if (waiting.size > 0) turn = setTimeout(takeTurns, TURN_MS);
}

/**
 * The latest `value`, adopted in turn with all other charts on the page. While `isWanted` is false the old value stays:
 * charts out of sight must not delay the others.
 */
function useStaggered<T>(value: T, isWanted: boolean): T {
  const [adopted, setAdopted] = useState(value);
  const self = useRef({});
  useEffect(() => {
    const chart = self.current;
    if (value === adopted || !isWanted) return;
    waiting.set(chart, () => startTransition(() => setAdopted(() => value)));
    turn ??= setTimeout(takeTurns, TURN_MS);
  }, [value, adopted, isWanted]);
  useEffect(() => {
    const chart = self.current;
    return () => {
      waiting.delete(chart);
    };
  }, []);
  return adopted;
}

/** Distance from the window at which a chart is prepared: most of a screen, so that scrolling meets finished charts. */
const MARGIN = '700px';

/** Whether an element is in or near the window. False on the server and at first. */
function useNear(box: RefObject<HTMLElement>): boolean {
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watcher = new IntersectionObserver(
      (entries) => setIsNear(entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: MARGIN },
    );
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [box]);
  return isNear;
}
