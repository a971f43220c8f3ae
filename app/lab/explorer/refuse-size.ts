import type { ExplorationPlan } from '../exploration';
import { MAX_SCHEDULES } from './limits';
import { roundEstimate } from './tree-size';

/** What is known of how many schedules a plan would run. */
export interface PlanSize {
  /** Certainly. */
  atLeast: number;
  /** By the choices that there were along those that were run. */
  about: number;
  /** Those that were run. */
  seen: number;
}

/** An estimate alone refuses a plan only when it is of so many schedules, and so many times too large. */
const ENOUGH_SEEN = 500;
const FAR_TOO_LARGE = 20;

/** Whether a plan would run more schedules than it allows. */
export function isTooLarge(size: PlanSize, { maxSchedules }: Pick<ExplorationPlan, 'maxSchedules'>): boolean {
  return (
    size.atLeast > maxSchedules || (size.seen >= ENOUGH_SEEN && size.about > FAR_TOO_LARGE * maxSchedules)
  );
}

type Bounds = Pick<ExplorationPlan, 'quantities' | 'reduction' | 'maxSchedules' | 'preemptions'>;

/** Says how many schedules a plan would run, how well that is known, and what to do about it. */
export function refuseSize({ atLeast, about, seen }: PlanSize, plan: Bounds): string {
  const { maxSchedules, preemptions, reduction, quantities } = plan;
  const estimate = roundEstimate(Math.max(about, atLeast));
  const count = (schedules: number) => schedules.toLocaleString('en');
  const certain = atLeast > maxSchedules ? `at least ${count(atLeast)} schedules, ` : '';
  const advice = [
    ...(estimate < MAX_SCHEDULES / 2 ? ['raise maxSchedules'] : []),
    ...(!reduction && preemptions === null ? ['turn reduction on'] : []),
    ...(preemptions === null ? ['bound it with preemptions (2 find most faults)'] : []),
    ...(preemptions !== null && preemptions > 0 ? [`allow fewer than ${preemptions} preemptions`] : []),
    ...(quantities.length > 2 ? ['take two attempts'] : []),
    'draw a sample',
  ];
  return (
    `This means ${certain}about ${count(estimate)} by an estimate from the choices along the ${count(seen)} that were run, ` +
    `and ${count(maxSchedules)} are allowed. To do: ${new Intl.ListFormat('en', { type: 'disjunction' }).format(advice)}.`
  );
}
