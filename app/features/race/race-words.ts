import { isOver } from '@/model/job';
import type { RaceSummary, RaceView } from '@/model/race';
import { describeLane } from '@/report/verdict-words';
import { formatCount, plural } from '~/ui/format';
import { nameContestants, shorten } from '~/ui/lane/race-name';

/** `read-then-write OVERSOLD +91 vs conditional-update EXACT` */
export function nameRace({ lanes }: RaceView): string {
  return nameContestants(
    lanes.map((lane) => {
      const { word, figure } = describeLane(lane);
      return `${lane.strategy} ${word} ${figure}`.trim();
    }),
  );
}

/** The verdicts with their reasons, for previews of a link to the race; of many lanes only the first. */
export function describeRace(race: RaceView): string {
  if (!isOver(race.status)) return 'A race under way: can this checkout sell the last unit twice?';
  const verdicts = race.lanes.map((lane) => {
    const { word, figure, reason } = describeLane(lane);
    return `${lane.strategyName}: ${[word, figure].filter(Boolean).join(' ')}. ${reason}`.trim();
  });
  return shorten(verdicts).join(' ');
}

/** The progress of the race, for screen readers. */
export function summariseRace(race: RaceView): string {
  const lanes = race.lanes.map((lane) => {
    const { word, figure, provisional } = describeLane(lane);
    const verdict = [word.toLowerCase(), figure, provisional && 'so far'].filter(Boolean).join(' ');
    return `${lane.strategyName}: ${plural(lane.counts.attempts, 'attempt')}, ${verdict}.`;
  });
  return [`Race ${race.status}.`, ...lanes].join(' ');
}

/**
 * The size of a race: the duration of a plan by time, or the attempts that were made, of those planned, if it ended
 * early.
 */
export function describeAmount({
  plan,
  status,
  lanes,
}: Pick<RaceSummary, 'plan' | 'status' | 'lanes'>): string {
  const made = lanes.reduce((sum, { counts }) => sum + counts.attempts, 0);
  if (plan.durationS !== undefined)
    return isOver(status) && status !== 'finished'
      ? `${plural(made, 'attempt')}${lanes.length > 1 ? ' in all' : ''}`
      : `for ${plan.durationS.toLocaleString('en')} s`;
  const planned = plan.attempts * lanes.length;
  if (isOver(status) && made < planned)
    return `${formatCount(made)} of ${plural(planned, 'attempt')}${lanes.length > 1 ? ' in all' : ''}`;
  return plural(plan.attempts, 'attempt');
}
