import { OctagonAlert, CircleAlert } from 'lucide-react';
import { useMemo, type ReactElement, type ReactNode } from 'react';
import { isOver, type RaceView } from '~/lab/race';
import type { LiveLane, LiveRace } from '~/live/use-race';
import { ChartPanel } from './charts/chart-panel';
import { DISTRIBUTION_KIND, LATENCY_KIND, OUTCOMES_KIND, STOCK_KIND } from './charts/chart-kinds';
import { shareScales } from './charts/chart-model';
import { Findings } from './findings';
import { HonestyLine } from './honesty-line';
import { LiveSummary } from './live-summary';
import { NumbersTable } from './numbers-table';
import { PlanSummary } from './plan-summary';
import { RaceHeader } from './race-header';
import { Requests } from './requests';
import { TimeSpent } from './time-spent';
import { Timestamp } from './timestamp';
import { useInspections } from './use-inspections';
import { useScripted } from './use-scripted';
import { VerdictCard } from './verdict-card';

export interface RacePageProps {
  live: LiveRace;
  /** The clock, ms. */
  now: number;
  /** Why the last thing asked of the server was refused. */
  problem: string | null;
  actions: ReactNode;
}

/** A race, while it runs and ever after. */
export function RacePage({ live, now, problem, actions }: RacePageProps): ReactElement {
  const { race, lanes: liveLanes, connection, ageMs, frozen } = live;
  const over = isOver(race.status);
  const scripted = useScripted();
  const inspections = useInspections(race.id, liveLanes);
  return (
    <>
      <RaceHeader
        race={race}
        now={now}
        connection={connection}
        ageMs={ageMs}
        frozen={frozen}
        actions={actions}
      />
      <div className={`flex flex-col gap-8 pt-5 ${!over && connection === 'stale' ? 'stale' : ''}`}>
        <Heading race={race} />
        <LabTrouble race={race} />
        {problem !== null && <Refused message={problem} />}
        <div className="lanes">
          {race.lanes.map((lane, i) => (
            <VerdictCard key={lane.index} lane={lane} inFlight={liveLanes[i]?.inFlight ?? null} />
          ))}
        </div>
        <Charts race={race} />
        <TimeSpent lanes={race.lanes} />
        <Findings lanes={race.lanes} onInspect={scripted ? inspections.inspectId : null} />
        <NumbersTable lanes={race.lanes} />
        {scripted && (
          <Requests lanes={race.lanes} liveLanes={liveLanes} live={!over} inspections={inspections} />
        )}
        <HonestyLine
          lanes={race.lanes}
          received={
            scripted
              ? liveLanes.map(({ log, logEnd }) => ({ streamed: logEnd, shown: logEnd - log.first }))
              : null
          }
          settled={over && (!scripted || hasAll(race, liveLanes))}
        />
      </div>
      <LiveSummary race={race} />
    </>
  );
}

/** Whether every recorded attempt has reached this page. */
function hasAll(race: RaceView, lanes: readonly LiveLane[]): boolean {
  return lanes.every(({ logEnd }, i) => logEnd >= (race.lanes[i]?.honesty.recorded ?? 0));
}

function Heading({ race }: { race: RaceView }): ReactElement {
  const contestants = race.lanes.filter(({ role }) => role === 'contestant');
  return (
    <header className="-mb-3 flex flex-col gap-1">
      <h1 className="text-xl font-semibold tracking-tight sm:text-2xl">
        {contestants.map((lane, i) => (
          <span key={lane.index}>
            {i > 0 && <span className="font-normal text-ink-3"> vs </span>}
            {lane.strategyName}
          </span>
        ))}
      </h1>
      <PlanSummary race={race} />
      <p className="text-[0.8125rem] text-ink-3">
        Started <Timestamp iso={race.startedAt ?? race.createdAt} />
        {race.origin !== 'dashboard' && ` through the ${race.origin === 'api' ? 'API' : 'API test'}`}
        <span className="max-sm:hidden">
          , race <code className="font-mono text-xs">{race.id}</code>
        </span>
      </p>
    </header>
  );
}

/** The lab failed or was stopped: about the lab, and not a verdict. */
function LabTrouble({ race }: { race: RaceView }): ReactElement | null {
  if (race.status !== 'failed' && race.status !== 'aborted' && race.status !== 'interrupted') return null;
  const titles = {
    failed: 'The lab could not finish this race.',
    aborted: 'Stopped before its end.',
    interrupted: 'Interrupted.',
  };
  return (
    <p
      role="status"
      className="flex items-start gap-3 rounded-xl border border-warning-line bg-warning-wash px-4 py-3 text-warning-ink"
    >
      <OctagonAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>
        <strong className="font-semibold">{titles[race.status]}</strong> {race.reason}
      </span>
    </p>
  );
}

function Refused({ message }: { message: string }): ReactElement {
  return (
    <p
      role="alert"
      className="flex items-center gap-2 rounded-xl border border-warning-line bg-warning-wash px-4 py-3 text-warning-ink"
    >
      <CircleAlert className="size-4 shrink-0" aria-hidden />
      {message}
    </p>
  );
}

function Charts({ race }: { race: RaceView }): ReactElement | null {
  const over = isOver(race.status);
  const { lanes } = race;
  const scales = useMemo(() => shareScales(lanes, over), [lanes, over]);
  if (over && lanes.every((lane) => lane.series.length === 0)) return null;
  return (
    <>
      {[STOCK_KIND, OUTCOMES_KIND, LATENCY_KIND, DISTRIBUTION_KIND].map((kind) => (
        <ChartPanel key={kind.id} kind={kind} lanes={lanes} scales={scales} />
      ))}
    </>
  );
}
