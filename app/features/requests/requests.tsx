import { useEffect, useMemo, useRef, type MutableRefObject, type ReactElement, useState } from 'react';
import { COUNT_KEYS } from '@/model/outcome';
import type { LaneView } from '@/model/race';
import type { Collisions } from '~/features/collision/use-collision';
import type { AttemptLog, RowFilter, RowSelection } from '~/live/attempt-log';
import { LogFilter } from '~/live/log-filter';
import { isEmptyQuery } from '~/live/log-query';
import type { LiveLane } from '~/live/use-race';
import { formatCount } from '~/ui/format';
import { LaneLabel } from '~/ui/lane/lane-label';
import { isCompactLayout } from '~/ui/lane/many-lanes';
import { Panel } from '~/ui/panel';
import { useKeys } from '~/ui/use-keys';
import { AttemptSteps } from './attempt-steps';
import { EvidenceOfAttempt } from './evidence-of-attempt';
import { LogSearch } from './log-search';
import { OutcomeFilter } from './outcome-filter';
import { RequestLog } from './request-log';
import type { Inspections } from './use-inspections';
import type { LogView } from './use-log-view';

export interface RequestsProps {
  lanes: readonly LaneView[];
  liveLanes: readonly LiveLane[];
  /** Whether requests are still coming. */
  live: boolean;
  view: LogView;
  inspections: Inspections;
  /** Where the evidence that a request is part of is opened. */
  collisions: Collisions;
}

const NONE: readonly number[] = [];

/** Every request of every lane, with one filter for all, and the steps of the selected one. */
export function Requests(props: RequestsProps): ReactElement {
  const { lanes, liveLanes, view, inspections } = props;
  const search = useRef<HTMLInputElement>(null);
  const pointedOut = useRef(NONE);
  const one = isCompactLayout(lanes);
  const shown = useMemo(
    () => (one ? lanes.filter(({ index }) => index === view.lane) : lanes),
    [lanes, one, view.lane],
  );
  const counts = useMemo(
    () => COUNT_KEYS.map((key) => shown.reduce((sum, lane) => sum + lane.counts[key], 0)),
    [shown],
  );
  useKeys({
    '/': () => search.current?.focus(),
    Escape: () => {
      view.clear();
      inspections.closeAll();
    },
  });
  return (
    <Panel
      id="requests"
      title="Every request"
      help="Choose a request to see its steps, what it read and its answer."
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 print:hidden">
        {one && <LaneChoice lanes={lanes} view={view} />}
        <OutcomeFilter chosen={view.filter.outcome} counts={counts} onChoose={view.setOutcome} />
        <LogSearch ref={search} text={view.text} parsed={view.parsed} onChange={view.setText} />
      </div>
      <div className="lanes">
        {shown.map((lane) => {
          const liveLane = liveLanes[lane.index];
          const own = { ...props, lane, pointedOut };
          return liveLane && <LaneRequests key={lane.index} liveLane={liveLane} {...own} />;
        })}
      </div>
    </Panel>
  );
}

/** Chooses the lane whose requests are listed, since lists of all would fill a page. */
function LaneChoice({ lanes, view }: Pick<RequestsProps, 'lanes' | 'view'>): ReactElement {
  return (
    <select
      aria-label="Lane"
      className="field w-auto max-w-full"
      value={view.lane}
      onChange={({ target }) => view.setLane(Number(target.value))}
    >
      {lanes.map(({ index, strategyName }) => (
        <option key={index} value={index}>
          {strategyName}
        </option>
      ))}
    </select>
  );
}

interface LaneRequestsProps extends Omit<RequestsProps, 'lanes' | 'liveLanes'> {
  lane: LaneView;
  liveLane: LiveLane;
  pointedOut: MutableRefObject<readonly number[]>;
}

function LaneRequests({
  lane,
  liveLane,
  live,
  view,
  inspections,
  collisions,
  pointedOut,
}: LaneRequestsProps): ReactElement {
  const { log, logEnd } = liveLane;
  const { rows, progress } = useFilteredRows(log, logEnd, view.filter);
  const opened = inspections.open.get(lane.index);
  const card = useRef<HTMLDivElement>(null);
  const label = opened?.inspection.state === 'loading' ? null : opened?.inspection;
  const marked = view.marked?.lane === lane.index ? view.marked.seqs : NONE;
  useEffect(() => {
    if (label || marked.length > 0) card.current?.scrollIntoView({ block: 'nearest' });
  }, [label, marked]);
  const detail = opened?.inspection.state === 'loaded' ? opened.inspection.detail : null;
  return (
    <div ref={card} className="card flex flex-col overflow-hidden">
      <div className="flex items-center justify-between gap-3 px-4 py-2.5">
        <LaneLabel lane={lane} />
        {/* while requests come in, saying each number would talk over everything else */}
        <span className="text-xs text-ink-3" role={live ? undefined : 'status'}>
          {progress !== null && `searched ${Math.floor(progress * 100)} %, `}
          {formatCount(rows.length)}
          {log.first > 0 && ` of the latest ${formatCount(logEnd - log.first)}`}{' '}
          {rows.length === 1 ? 'request' : 'requests'}
        </span>
      </div>
      <RequestLog
        id={`log-${lane.index}`}
        label={`Requests of ${lane.strategyName}`}
        log={log}
        rows={rows}
        selected={opened?.seq ?? null}
        marked={marked}
        pointedOut={pointedOut}
        follow={live}
        onSelect={(seq) => inspections.inspect(lane.index, seq)}
      />
      {opened && (
        <AttemptSteps
          inspection={opened.inspection}
          expected={lane.expected}
          onClose={() => inspections.close(lane.index)}
        >
          {detail && lane.verdict.findings.length > 0 && (
            <EvidenceOfAttempt lane={lane.index} n={detail.n} collisions={collisions} />
          )}
        </AttemptSteps>
      )}
    </div>
  );
}

/** Rows of a lane that pass the filter. */
interface FilteredRows {
  rows: RowSelection;
  /** Share of the log that has been searched, 0 to 1; null when all of it was. */
  progress: number | null;
}

/** Time a slice of a search may take: half of a frame at 60 Hz. */
const SLICE_MS = 8;

/** Filters a log up to row `end`, in slices between frames if the search has to check every row. */
function useFilteredRows(log: AttemptLog, end: number, { outcome, query }: RowFilter): FilteredRows {
  const search = useMemo(
    () => (isEmptyQuery(query) ? null : new LogFilter(log, { outcome, query })),
    [log, outcome, query],
  );
  const [searched, setSearched] = useState<{ by: LogFilter; next: number } | null>(null);
  useEffect(() => {
    if (!search) return;
    let timer: ReturnType<typeof setTimeout>;
    const goOn = () => {
      const isDone = search.advance(end, SLICE_MS);
      setSearched({ by: search, next: search.next });
      if (!isDone) timer = setTimeout(goOn);
    };
    timer = setTimeout(goOn);
    return () => clearTimeout(timer);
  }, [search, end]);

  const next = search && searched?.by === search ? searched.next : 0;
  const rows = useMemo(
    () => (search ? search.select(Math.min(end, next)) : log.select(outcome, end)),
    [search, next, log, outcome, end],
  );
  const all = end - log.first;
  const isDone = !search || next >= end;
  return { rows, progress: isDone || all === 0 ? null : Math.max(0, next - log.first) / all };
}
