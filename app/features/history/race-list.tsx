import type { ReactElement, ReactNode } from 'react';
import type { RaceSummary } from '@/model/race';
import { experimentUrl, raceUrl } from '@/report/addresses';
import { describeLane } from '@/report/verdict-words';
import { nameTrial } from '~/features/experiment/trial-link';
import { describeAmount } from '~/features/race/race-words';
import { VerdictChip, VerdictSummary } from '~/features/race/verdict/verdict-chip';
import { plural } from '~/ui/format';
import { nameContestants } from '~/ui/lane/race-name';
import { isCompactLayout } from '~/ui/lane/many-lanes';
import { Timestamp } from '~/ui/timestamp';
import { HistoryList, HistoryRow, type RenderLink } from './history-list';

export interface RaceListProps {
  races: readonly RaceSummary[];
  renderLink: RenderLink;
  /** A checkbox that selects a race. */
  renderChoice?: (race: RaceSummary) => ReactNode;
  renderActions?: (race: RaceSummary) => ReactNode;
}

/** Races in the order given, each with the verdict of every lane. */
export function RaceList({ races, renderLink, renderChoice, renderActions }: RaceListProps): ReactElement {
  return (
    <HistoryList>
      {races.map((race) => (
        <HistoryRow
          key={race.id}
          url={raceUrl(race.id)}
          name={<Timestamp iso={race.createdAt} />}
          detail={`${plural(race.plan.stock, 'unit')}, ${describeAmount(race)}, ${race.plan.model}`}
          results={
            isCompactLayout(race.lanes) ? (
              <VerdictSummary
                lanes={race.lanes.map((lane) => ({ name: lane.strategy, words: describeLane(lane) }))}
              />
            ) : (
              race.lanes.map((lane) => <VerdictChip key={lane.index} lane={lane} />)
            )
          }
          status={race.status}
          before={renderChoice?.(race)}
          after={
            <>
              <TrialChip race={race} />
              {renderActions?.(race)}
            </>
          }
          renderLink={renderLink}
        />
      ))}
    </HistoryList>
  );
}

function TrialChip({ race: { experiment } }: { race: RaceSummary }): ReactElement | null {
  if (!experiment) return null;
  return (
    <a
      href={experimentUrl(experiment.id)}
      className="chip hover:text-ink max-sm:absolute max-sm:top-3 max-sm:right-3"
    >
      {experiment.trials === null ? `trial ${experiment.trial}` : nameTrial(experiment)}
    </a>
  );
}

/** A race in words, for lists and buttons: `read-then-write vs conditional-update, 2026-11-25 10:00:03 UTC`. */
export function nameRace({ plan, createdAt }: Pick<RaceSummary, 'plan' | 'createdAt'>): string {
  return `${nameContestants(plan.strategies)}, ${createdAt.slice(0, 19).replace('T', ' ')} UTC`;
}
