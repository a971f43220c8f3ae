import { ArrowRight } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { RaceSummary } from '~/lab/race';
import { formatCount, plural } from './format';
import { StatusPill } from './status-pill';
import { Timestamp } from './timestamp';
import { VerdictChip } from './verdict-chip';

export interface RaceListProps {
  races: readonly RaceSummary[];
  /** Wraps the way into a race; the caller knows how pages are linked. */
  renderLink: (race: RaceSummary, className: string, children: ReactNode) => ReactNode;
  renderActions?: (race: RaceSummary) => ReactNode;
}

/** Races in the order given, each with the verdict of every lane. */
export function RaceList({ races, renderLink, renderActions }: RaceListProps): ReactElement {
  return (
    <ul className="card divide-y divide-line overflow-hidden">
      {races.map((race) => (
        <li key={race.id} className="relative flex items-center gap-3 pr-3 hover:bg-hover">
          {renderLink(
            race,
            'flex min-w-0 flex-1 items-start gap-x-5 gap-y-2 px-4 py-3 outline-offset-[-2px] max-sm:flex-col sm:items-center',
            <>
              <span className="flex w-56 shrink-0 flex-col text-[0.8125rem]">
                <span className="font-medium">
                  <Timestamp iso={race.createdAt} />
                </span>
                <span className="text-xs text-ink-3">
                  {plural(race.plan.stock, 'unit')}, {formatCount(race.plan.attempts)} attempts,{' '}
                  {race.plan.model}
                </span>
              </span>
              <span className="flex max-w-full min-w-0 flex-1 flex-wrap gap-x-6 gap-y-1.5">
                {race.lanes.map((lane) => (
                  <VerdictChip key={lane.index} lane={lane} />
                ))}
              </span>
              {race.status !== 'finished' && <StatusPill status={race.status} />}
              <ArrowRight className="size-4 text-ink-3 max-sm:hidden" aria-hidden />
            </>,
          )}
          {renderActions?.(race)}
        </li>
      ))}
    </ul>
  );
}
