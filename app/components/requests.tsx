import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { COUNT_KEYS } from '~/lab/outcome';
import type { LaneView } from '~/lab/race';
import type { LiveLane } from '~/live/use-race';
import { AttemptSteps } from './attempt-steps';
import { formatCount } from './format';
import { LaneLabel } from './lane-label';
import { OutcomeFilter } from './outcome-filter';
import { Panel } from './panel';
import { RequestLog } from './request-log';
import type { Inspections } from './use-inspections';
import { useKeys } from './use-keys';

export interface RequestsProps {
  lanes: readonly LaneView[];
  liveLanes: readonly LiveLane[];
  /** Whether requests are still coming. */
  live: boolean;
  inspections: Inspections;
}

/** Every request of every lane, with one filter for all, and the steps of the one that is chosen. */
export function Requests({ lanes, liveLanes, live, inspections }: RequestsProps): ReactElement {
  const [outcome, setOutcome] = useState<number | null>(null);
  const filter = useRef<HTMLFieldSetElement>(null);
  const counts = useMemo(
    () => COUNT_KEYS.map((key) => lanes.reduce((sum, lane) => sum + lane.counts[key], 0)),
    [lanes],
  );
  useKeys({
    '/': () => {
      filter.current?.querySelector<HTMLInputElement>('input:checked')?.focus();
    },
    Escape: () => {
      setOutcome(null);
      inspections.closeAll();
    },
  });
  return (
    <Panel
      id="requests"
      title="Every request"
      help="Choose one to see its steps, what it saw and what it was told."
    >
      <OutcomeFilter ref={filter} chosen={outcome} counts={counts} onChoose={setOutcome} />
      <div className="lanes">
        {lanes.map((lane, i) => {
          const liveLane = liveLanes[i];
          return (
            liveLane && (
              <LaneRequests
                key={lane.index}
                lane={lane}
                liveLane={liveLane}
                outcome={outcome}
                live={live}
                inspections={inspections}
              />
            )
          );
        })}
      </div>
    </Panel>
  );
}

interface LaneRequestsProps {
  lane: LaneView;
  liveLane: LiveLane;
  outcome: number | null;
  live: boolean;
  inspections: Inspections;
}

function LaneRequests({ lane, liveLane, outcome, live, inspections }: LaneRequestsProps): ReactElement {
  const { log, logEnd } = liveLane;
  const opened = inspections.open.get(lane.index);
  const card = useRef<HTMLDivElement>(null);
  const label = opened?.inspection.state === 'loading' ? null : opened?.inspection;
  useEffect(() => {
    if (label) card.current?.scrollIntoView({ block: 'nearest' });
  }, [label]);
  return (
    <div ref={card} className="card flex flex-col overflow-hidden">
      <div className="flex items-center justify-between gap-3 px-4 py-2.5">
        <LaneLabel lane={lane} />
        <span className="text-xs text-ink-3">
          {formatCount(log.select(outcome, logEnd).length)}
          {log.first > 0 && ` of the latest ${formatCount(logEnd - log.first)}`} requests
        </span>
      </div>
      <RequestLog
        id={`log-${lane.index}`}
        label={`Requests of ${lane.strategyName}`}
        log={log}
        end={logEnd}
        outcome={outcome}
        selected={opened?.seq ?? null}
        follow={live}
        onSelect={(seq) => inspections.inspect(lane.index, seq)}
      />
      {opened && (
        <AttemptSteps
          inspection={opened.inspection}
          expected={lane.expected}
          onClose={() => inspections.close(lane.index)}
        />
      )}
    </div>
  );
}
