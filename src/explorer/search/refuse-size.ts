import type { ExplorationPlan } from '@/model/exploration';
import { MAX_SCHEDULES } from '@/plan/exploration-limits';
import type { SizeEstimate } from './size-survey';
import { roundEstimate, roundUp } from './tree-size';

/** The plan would run more schedules than it allows. */
export class TooManySchedulesError extends Error {
  override readonly name = 'TooManySchedulesError';
}

/** An estimate alone refuses a plan only after this many schedules, and when it is this many times too large. */
const ENOUGH_SEEN = 500;
const FAR_TOO_LARGE = 20;

/**
 * Whether a plan would run more schedules than it allows, by the certain count and by the estimate from those `seen`.
 */
export function isTooLarge(
  size: { atLeast: number; about: number; seen: number },
  { maxSchedules }: Pick<ExplorationPlan, 'maxSchedules'>,
): boolean {
  return (
    size.atLeast > maxSchedules || (size.seen >= ENOUGH_SEEN && size.about > FAR_TOO_LARGE * maxSchedules)
  );
}

type Bounds = Pick<ExplorationPlan, 'reduction' | 'maxSchedules' | 'preemptions'> & { attempts: number };

/** Says how many schedules a plan would run, how well that is known, and what to do about it. */
export function refuseSize(size: SizeEstimate & { atLeast: number }, plan: Bounds): TooManySchedulesError {
  const { maxSchedules, preemptions, reduction, attempts } = plan;
  const count = (schedules: number) => schedules.toLocaleString('en');
  const limit = roundUp(Math.max(size.atMost, size.atLeast + 1));
  const about = count(roundEstimate(Math.max(size.about, size.atLeast)));
  const certain = size.atLeast > maxSchedules ? `at least ${count(size.atLeast)} schedules, ` : '';
  const isReduced = reduction && preemptions === null;
  const advice = [
    ...(limit <= MAX_SCHEDULES ? [`allow ${count(limit)} schedules, which will do`] : []),
    ...(!reduction && preemptions === null ? ['turn reduction on'] : []),
    ...(preemptions === null ? ['bound it with preemptions (2 find most faults)'] : []),
    ...(preemptions !== null && preemptions > 0 ? [`allow fewer than ${preemptions} preemptions`] : []),
    ...(attempts > 2 ? ['take two attempts'] : []),
    'draw a sample',
  ];
  return new TooManySchedulesError(
    `This means ${certain}about ${about}${isReduced ? ' if none were left out as equal' : ''} by an estimate from ` +
      `${count(size.drawn)} drawn at random, and ${count(maxSchedules)} are allowed. ` +
      `To do: ${new Intl.ListFormat('en', { type: 'disjunction' }).format(advice)}.`,
  );
}
