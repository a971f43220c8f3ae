import { useMemo, type ReactElement, type ReactNode } from 'react';
import { isOver } from '@/model/job';
import type { LaneView, RaceView } from '@/model/race';
import { DISTRIBUTION_KIND, LATENCY_KIND, OUTCOMES_KIND, STOCK_KIND } from '~/features/charts/chart-kinds';
import { shareScales } from '~/features/charts/chart-model';
import { ChartPanel } from '~/features/charts/chart-panel';
import type { Collisions } from '~/features/collision/use-collision';
import { FrontierPanel } from '~/features/trade-off/frontier-panel';
import { isCompactLayout, laneGrid } from '~/ui/lane/many-lanes';
import { LatencyBreakdownChart } from './latency-breakdown';
import { NumbersTable } from './numbers-table';
import { Findings } from './verdict/findings';
import { LossLedger } from './verdict/loss-ledger';
import { VerdictCard } from './verdict/verdict-card';
import { VerdictChecks } from './verdict/verdict-checks';

export interface RaceSectionsProps {
  race: RaceView;
  /** Attempts in flight in a lane, while it runs. */
  inFlight?: (lane: number) => number | null;
  /** The button that searches how few buyers break a lane. */
  bisect?: (lane: LaneView) => ReactNode;
  /** What was demanded of the lanes, below their verdicts. */
  demands?: ReactNode;
  /** The attempts behind one piece of evidence. */
  collision: ReactNode;
  /** Where a piece of evidence is opened; null where nothing can be pressed. */
  collisions: Collisions | null;
  /** Whether the charts of outcomes and latencies are left out. */
  stockOnly?: boolean;
  /** The requests, below everything else. */
  children?: ReactNode;
}

/** What a race came to: the same on its page, in a report, and on the page that opens one. */
export function RaceSections(props: RaceSectionsProps): ReactElement {
  const { race, inFlight, bisect, demands, collision, collisions, stockOnly = false, children } = props;
  const { lanes } = race;
  const begun = lanes.some(({ counts }) => counts.attempts > 0);
  return (
    <>
      <div className={laneGrid(lanes)}>
        {lanes.map((lane) => (
          <VerdictCard
            key={lane.index}
            lane={lane}
            inFlight={inFlight?.(lane.index) ?? null}
            isQueued={race.status === 'queued'}
            small={isCompactLayout(lanes)}
            bisect={bisect?.(lane) ?? null}
          />
        ))}
      </div>
      {demands}
      {collision}
      <Charts race={race} stockOnly={stockOnly || !begun} />
      {begun && (
        <>
          <FrontierPanel race={race} />
          <LatencyBreakdownChart lanes={lanes} />
          <Findings lanes={lanes} collisions={collisions} />
          <LossLedger lanes={lanes} collisions={collisions} />
          <VerdictChecks lanes={lanes} />
          <NumbersTable lanes={lanes} />
        </>
      )}
      {children}
    </>
  );
}

const CHART_KINDS = [STOCK_KIND, OUTCOMES_KIND, LATENCY_KIND, DISTRIBUTION_KIND];

/** Until the first attempt only the first chart is shown, which says that nothing has been recorded yet. */
function Charts({ race, stockOnly }: { race: RaceView; stockOnly: boolean }): ReactElement | null {
  const over = isOver(race.status);
  const { lanes } = race;
  const scales = useMemo(() => shareScales(lanes, over), [lanes, over]);
  if (over && lanes.every((lane) => lane.series.length === 0)) return null;
  return (
    <>
      {CHART_KINDS.slice(0, stockOnly ? 1 : CHART_KINDS.length).map((kind) => (
        <ChartPanel key={kind.id} kind={kind} lanes={lanes} scales={scales} over={over} />
      ))}
    </>
  );
}
