import type { ExperimentHead } from '@/model/experiment';
import { nameContestants } from '~/ui/lane/race-name';

/** The name of an experiment: `20 trials of read-then-write vs conditional-update`. */
export function nameExperiment({
  kind,
  trials,
  plan,
}: Pick<ExperimentHead, 'kind' | 'trials' | 'plan'>): string {
  if (kind === 'bisection') return `How few buyers break ${plan.strategies[0] ?? ''}?`;
  return `${trials} trials of ${nameContestants(plan.strategies)}`;
}
