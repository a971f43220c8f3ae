import { Snowflake, CheckCheck, CloudOff, Loader, RefreshCw, Wifi } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { isOver } from '@/model/job';
import type { RaceView } from '@/model/race';
import type { RunningJob } from '@/model/job';
import type { ConnectionState } from '~/live/connection';
import { formatAge, formatCount, formatSpan } from '~/ui/format';
import { StatusPill } from '~/ui/status-pill';
import { TurnLink } from '~/ui/turn-link';
import { measureProgress } from '@/report/race-progress';

export interface RaceHeaderProps {
  race: RaceView;
  /** The clock to measure elapsed time by, ms. */
  now: number;
  /** The job that the race waits for, while it does. */
  turn: RunningJob | null;
  connection: ConnectionState;
  ageMs: number;
  /** How long the view has been frozen, ms; null while it is not. */
  frozenMs: number | null;
  /** Stop, run again and the like. */
  actions: ReactNode;
}

/** Stays in view: status, time, progress and actions. */
export function RaceHeader({
  race,
  now,
  turn,
  connection,
  ageMs,
  frozenMs,
  actions,
}: RaceHeaderProps): ReactElement {
  const over = isOver(race.status);
  const progress = measureProgress(race, now);
  const warmUp = measureWarmUp(race);
  return (
    <section aria-label="Status" className="sticky top-0 z-20 -mx-4 bg-canvas/95 sm:-mx-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 sm:px-6">
        {/* as wide as the longest word, so that no change of word moves what stands beside it */}
        <div className="flex flex-wrap gap-x-3 gap-y-2 *:min-w-30 *:justify-center">
          <StatusPill status={race.status} />
          {!over && <ConnectionChip state={connection} ageMs={ageMs} />}
        </div>
        {frozenMs !== null && (
          <span className="chip min-w-52 border-ink text-ink" title="Space goes on" data-frozen>
            <Snowflake className="size-3.5" aria-hidden />
            View frozen {formatAge(frozenMs)} ago
          </span>
        )}
        <p className="flex min-w-0 flex-1 basis-32 flex-wrap items-baseline gap-x-3 text-[0.8125rem] text-ink-2">
          {turn ? (
            <span className="max-w-full truncate">
              waits for <TurnLink turn={turn} />
            </span>
          ) : warmUp ? (
            <span>
              warming up lane <span className="font-semibold text-ink">{warmUp.lane}</span> of {warmUp.lanes}
            </span>
          ) : (
            <span>
              <span className="font-semibold text-ink">{formatCount(progress.done)}</span>
              {progress.total !== null && ` of ${formatCount(progress.total)}`}{' '}
              {(progress.total ?? progress.done) === 1 ? 'attempt' : 'attempts'}
            </span>
          )}
          {progress.elapsedMs !== null && (
            <span className="max-sm:hidden">{formatSpan(progress.elapsedMs)}</span>
          )}
          {progress.leftMs !== null && (
            <span className="text-ink-3">about {formatSpan(progress.leftMs)} left</span>
          )}
        </p>
        <div className="ml-auto flex flex-wrap gap-2">{actions}</div>
      </div>
      {over ? (
        <div className="h-[3px] border-b border-line" />
      ) : (
        <progress
          className="bar"
          max={1}
          value={warmUp ? warmUp.lane / warmUp.lanes : progress.share}
          aria-label={`Progress of the ${warmUp ? 'warm-up' : 'race'}`}
        />
      )}
    </section>
  );
}

/** The lane that is being warmed up, from 1; null while there is none. */
function measureWarmUp({ lanes }: RaceView): { lane: number; lanes: number } | null {
  const index = lanes.findLastIndex(({ status }) => status === 'warming');
  return index === -1 ? null : { lane: index + 1, lanes: lanes.length };
}

const STYLES: Record<ConnectionState, { Icon: typeof Wifi; word: string; className: string }> = {
  connecting: { Icon: Loader, word: 'Connecting', className: '' },
  live: { Icon: Wifi, word: 'Live', className: '' },
  resynced: { Icon: CheckCheck, word: 'Resynced', className: 'border-safe-line bg-safe-wash text-safe-ink' },
  reconnecting: {
    Icon: RefreshCw,
    word: 'Reconnecting',
    className: 'border-warning-line bg-warning-wash text-warning-ink',
  },
  stale: { Icon: CloudOff, word: 'Stale', className: 'border-warning-line bg-warning-wash text-warning-ink' },
};

/** The page's connection to the server, with the age of what it shows when that is old. */
function ConnectionChip({ state, ageMs }: { state: ConnectionState; ageMs: number }): ReactElement {
  const { Icon, word, className } = STYLES[state];
  return (
    <span className={`chip ${className}`} data-connection={state}>
      <Icon className="size-3.5" aria-hidden />
      {word}
      {state === 'stale' && <span className="font-normal">last heard {formatSpan(ageMs)} ago</span>}
    </span>
  );
}
