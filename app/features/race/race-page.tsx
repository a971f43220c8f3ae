import { OctagonAlert } from 'lucide-react';
import { memo, useMemo, type ReactElement, type ReactNode } from 'react';
import { isOver } from '@/model/job';
import type { LaneView, RaceView } from '@/model/race';
import type { RunningJob } from '@/model/job';
import { raceUrl } from '@/report/addresses';
import type { EvidenceRef } from '@/report/collision';
import { ORIGIN_WORDS } from '@/report/plan-words';
import { CollisionPanel } from '~/features/collision/collision-panel';
import type { AskedEvidence } from '~/features/collision/pick-piece';
import { useCollision } from '~/features/collision/use-collision';
import { BisectButton } from '~/features/experiment/bisect-button';
import { TrialLink } from '~/features/experiment/trial-link';
import { PlanSummary } from '~/features/plan/plan-summary';
import { Requests } from '~/features/requests/requests';
import { useInspections } from '~/features/requests/use-inspections';
import { useLogView } from '~/features/requests/use-log-view';
import { logCapacity, type AttemptLog } from '~/live/attempt-log';
import { EvidenceContext, serverEvidence } from '~/live/evidence-source';
import type { LiveLane, LiveRace } from '~/live/use-race';
import { shorten } from '~/ui/lane/race-name';
import { Refused } from '~/ui/refused';
import { Timestamp } from '~/ui/timestamp';
import { useScripted } from '~/ui/use-scripted';
import { countPlaces, laterOf, type PlaceCounts, type Received } from './delivery-counts';
import { DeliveryLine, type Counting } from './delivery-line';
import { LiveSummary } from './live-summary';
import { RaceHeader } from './race-header';
import { RaceSections } from './race-sections';

export interface RacePageProps {
  live: LiveRace;
  /** The clock, ms. */
  now: number;
  /** The job that the race waits for, while it does. */
  turn: RunningJob | null;
  /** Why the server refused the last request. */
  problem: string | null;
  actions: ReactNode;
  /** The piece of evidence in the address. */
  asked: AskedEvidence;
  onChoose: (piece: EvidenceRef) => void;
}

/** A race, while it runs and afterwards. */
export function RacePage({
  live,
  now,
  turn,
  problem,
  actions,
  asked,
  onChoose,
}: RacePageProps): ReactElement {
  const { race, lanes: liveLanes, connection, ageMs, frozen, onCount } = live;
  const evidence = useMemo(() => serverEvidence(race.id), [race.id]);
  return (
    <EvidenceContext.Provider value={evidence}>
      <RaceHeader
        race={race}
        now={now}
        turn={turn}
        connection={connection}
        ageMs={ageMs}
        frozenMs={live.frozenMs}
        actions={actions}
      />
      <div
        className={`flex flex-col gap-8 pt-5 ${!isOver(race.status) && connection === 'stale' ? 'stale' : ''}`}
      >
        <PrintedFrom url={raceUrl(race.id)} now={now} />
        <Heading race={race} />
        <LabTrouble race={race} />
        {problem !== null && <Refused message={problem} />}
        <RaceBody
          race={race}
          liveLanes={liveLanes}
          onCount={onCount}
          frozen={frozen}
          asked={asked}
          onChoose={onChoose}
        />
      </div>
      <LiveSummary race={race} />
    </EvidenceContext.Provider>
  );
}

interface RaceBodyProps
  extends Pick<RacePageProps, 'asked' | 'onChoose'>, Pick<LiveRace, 'race' | 'onCount' | 'frozen'> {
  liveLanes: LiveRace['lanes'];
}

/** Everything that does not depend on the clock, so that its ticks do not render it again. */
const RaceBody = memo(function RaceBody(props: RaceBodyProps) {
  const { race, liveLanes, onCount, frozen, asked, onChoose } = props;
  const over = isOver(race.status);
  const begun = race.lanes.some(({ counts }) => counts.attempts > 0);
  const scripted = useScripted();
  const inspections = useInspections(liveLanes);
  const found = useCollision(race, asked, onChoose);
  const collisions = scripted ? found : null;
  const log = useLogView();
  const room = logCapacity(race.lanes.length);
  const counting: Counting = {
    subscribe: onCount,
    counts: (lane) => countNow(race.lanes[lane], liveLanes[lane], room, frozen),
  };
  return (
    <>
      {/* what turns up with the first attempt then begins below the window, and moves nothing in it */}
      <div className={`flex flex-col gap-8 ${begun || over ? '' : 'min-h-lvh'}`}>
        <RaceSections
          race={race}
          inFlight={(lane) => liveLanes[lane]?.inFlight ?? null}
          bisect={(lane) =>
            canBisect(race, lane) ? <BisectButton strategy={lane.strategy} raceId={race.id} /> : null
          }
          collisions={collisions}
          collision={
            collisions && <CollisionPanel lanes={race.lanes} collisions={collisions} onShowRows={log.mark} />
          }
        >
          {begun && scripted && (
            <Requests
              lanes={race.lanes}
              liveLanes={liveLanes}
              live={!over}
              view={log}
              inspections={inspections}
              collisions={found}
            />
          )}
        </RaceSections>
      </div>
      <DeliveryLine
        lanes={race.lanes}
        received={scripted ? liveLanes.map(({ log, logEnd }) => toReceived(log, logEnd, room)) : null}
        counting={counting}
        isComplete={over && (!scripted || hasAll(race, liveLanes))}
      />
    </>
  );
});

/** A bisection needs room below the concurrency at which the lane broke. */
function canBisect({ status, plan }: RaceView, lane: RaceView['lanes'][number]): boolean {
  const broke = lane.status === 'finished' && lane.verdict.status === 'violated';
  return isOver(status) && broke && plan.concurrency > 2 && plan.attempts >= plan.concurrency;
}

/** What this page has received of a lane up to a sequence number. */
function toReceived({ start, first }: AttemptLog, end: number, room: number): Received {
  return { streamed: end - start, shown: end - first, from: start, room };
}

/** The counts of a lane now, or at the moment when the view was frozen. */
function countNow(
  lane: LaneView | undefined,
  live: LiveLane | undefined,
  room: number,
  frozen: boolean,
): Partial<PlaceCounts> {
  if (!lane || !live) return {};
  const said = frozen ? lane.honesty : laterOf(lane.honesty, live.heard());
  return countPlaces(said, toReceived(live.log, frozen ? live.logEnd : live.log.next, room), false);
}

/** Whether every recorded attempt has reached this page. */
function hasAll(race: RaceView, lanes: readonly LiveLane[]): boolean {
  return lanes.every(({ logEnd }, i) => logEnd >= (race.lanes[i]?.honesty.recorded ?? 0));
}

function Heading({ race }: { race: RaceView }): ReactElement {
  const contestants = race.lanes.filter(({ role }) => role === 'contestant');
  const names = shorten(contestants.map(({ strategyName }) => strategyName));
  return (
    <header className="-mb-3 flex flex-col gap-1">
      <h1 className="text-xl font-semibold tracking-tight sm:text-2xl">
        {names.map((name, i) => (
          <span key={name}>
            {i > 0 && <span className="font-normal text-ink-3"> vs </span>}
            {name}
          </span>
        ))}
      </h1>
      <PlanSummary race={race} />
      <p className="text-[0.8125rem] text-ink-3">
        {race.startedAt === null ? 'Asked for' : 'Started'}{' '}
        <Timestamp iso={race.startedAt ?? race.createdAt} />
        {race.experiment && <TrialLink trial={race.experiment} />}
        {ORIGIN_WORDS[race.origin]}
        <span className="max-sm:hidden">
          , race <code className="font-mono text-xs">{race.id}</code>
        </span>
      </p>
    </header>
  );
}

/** The lab failed or was stopped: this is about the lab, and not a verdict. */
function LabTrouble({ race }: { race: RaceView }): ReactElement | null {
  if (race.status !== 'failed' && race.status !== 'aborted' && race.status !== 'interrupted') return null;
  const titles = {
    failed: 'The lab could not finish this race.',
    // its reason says that it was stopped
    aborted: null,
    interrupted: 'Interrupted.',
  };
  return (
    <p
      role="status"
      className="flex items-start gap-3 rounded-xl border border-warning-line bg-warning-wash px-4 py-3 text-warning-ink"
    >
      <OctagonAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>
        {titles[race.status] !== null && <strong className="font-semibold">{titles[race.status]} </strong>}
        {race.reason ?? 'Stopped before its end.'}
      </span>
    </p>
  );
}

/** Only on paper: the address of the page, and the time of printing. */
function PrintedFrom({ url, now }: { url: string; now: number }): ReactElement {
  const scripted = useScripted();
  return (
    <p className="hidden text-xs text-ink-3 print:block">
      Oversell, {scripted ? new URL(url, window.location.origin).href : url}, as of{' '}
      <Timestamp iso={new Date(now).toISOString()} />
    </p>
  );
}
