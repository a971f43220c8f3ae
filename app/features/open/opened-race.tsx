import { Info, TriangleAlert } from 'lucide-react';
import { useMemo, useState, type ReactElement, type ReactNode } from 'react';
import type { RaceView } from '@/model/race';
import { CollisionPanel } from '~/features/collision/collision-panel';
import type { AskedEvidence } from '~/features/collision/pick-piece';
import { useCollision } from '~/features/collision/use-collision';
import { PlanSummary } from '~/features/plan/plan-summary';
import { DemandList } from '~/features/race/demand-list';
import { RaceSections } from '~/features/race/race-sections';
import { Requests } from '~/features/requests/requests';
import { useInspections } from '~/features/requests/use-inspections';
import { useLogView } from '~/features/requests/use-log-view';
import { AttemptLog, logCapacity } from '~/live/attempt-log';
import { EvidenceContext } from '~/live/evidence-source';
import type { LiveLane } from '~/live/use-race';
import { formatBytes } from '~/ui/format';
import { shorten } from '~/ui/lane/race-name';
import { Timestamp } from '~/ui/timestamp';
import type { ShownFile } from './open-protocol';
import type { OpenState } from './use-opened-file';

const KIND_NAMES: Record<ShownFile['kind'], string> = {
  history: 'a history, judged here just now',
  report: 'a report',
  page: 'an HTML report',
};

/** The race of a file, as its page shows it. */
export function OpenedRace(opened: Extract<OpenState, { state: 'opened' }>): ReactElement {
  const { file, name, bytes, evidence } = opened;
  const { race, hasPlan, kind, writtenBy } = file;
  return (
    <EvidenceContext.Provider value={evidence}>
      <section aria-label="The file" className="flex flex-col gap-1">
        <h2 className="text-xl font-semibold tracking-tight">{nameLanes(race)}</h2>
        {hasPlan && <PlanSummary race={race} />}
        <p className="text-[0.8125rem] text-ink-3">
          <span className="break-all">{name}</span>, {formatBytes(bytes)}, {KIND_NAMES[kind]}
          {writtenBy !== null && `, written by ${writtenBy}`}
          {race.startedAt !== null && (
            <>
              , started <Timestamp iso={race.startedAt} />
            </>
          )}
          {race.reason !== null && `. ${race.reason}`}
        </p>
      </section>
      {file.contradictions.length > 0 && (
        <Notes
          label="Contradictions"
          tone="border-warning-line bg-warning-wash text-warning-ink"
          Icon={TriangleAlert}
        >
          {file.contradictions}
        </Notes>
      )}
      {file.lacks.length > 0 && (
        <Notes label="What the file does not hold" tone="border-line bg-surface text-ink-2" Icon={Info}>
          {file.lacks}
        </Notes>
      )}
      <div className="flex flex-col gap-8">
        <Sections file={file} />
      </div>
    </EvidenceContext.Provider>
  );
}

function Sections({ file }: { file: ShownFile }): ReactElement {
  const { race, requests } = file;
  const [asked, setAsked] = useState<AskedEvidence>(file.collision);
  const collisions = useCollision(race, asked, setAsked);
  const view = useLogView();
  const liveLanes = useMemo(() => (requests ? toLiveLanes(requests, race) : []), [requests, race]);
  const inspections = useInspections(liveLanes);
  // a report without the attempts of its evidence has nothing to show beside it
  const hasAttempts = requests !== null || file.collision !== null;
  return (
    <RaceSections
      race={race}
      demands={file.demands.length > 0 && <DemandList race={race} assertions={file.demands} />}
      collisions={hasAttempts ? collisions : null}
      collision={
        hasAttempts && (
          <CollisionPanel
            lanes={race.lanes}
            collisions={collisions}
            onShowRows={requests ? view.mark : undefined}
          />
        )
      }
    >
      {requests && (
        <Requests
          lanes={race.lanes}
          liveLanes={liveLanes}
          live={false}
          view={view}
          inspections={inspections}
          collisions={collisions}
        />
      )}
    </RaceSections>
  );
}

function toLiveLanes(requests: NonNullable<ShownFile['requests']>, { lanes }: RaceView): LiveLane[] {
  return requests.map(({ lane }, i) => {
    const log = new AttemptLog(logCapacity(requests.length));
    log.append(lane);
    return { log, logEnd: log.next, inFlight: null, heard: () => lanes[i]?.honesty ?? null };
  });
}

function nameLanes({ lanes }: RaceView): string {
  const asked = lanes.filter(({ role }) => role === 'contestant');
  return shorten((asked.length > 0 ? asked : lanes).map(({ strategyName }) => strategyName)).join(' vs ');
}

interface NotesProps {
  label: string;
  tone: string;
  Icon: typeof Info;
  children: readonly string[];
}

function Notes({ label, tone, Icon, children }: NotesProps): ReactNode {
  return (
    <section aria-label={label} className={`flex gap-3 rounded-xl border px-4 py-3 text-[0.8125rem] ${tone}`}>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <ul className="flex flex-col gap-1">
        {children.map((sentence) => (
          <li key={sentence} className="text-pretty">
            {sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}
