import { z } from 'zod';
import type { Issue } from '@/lib/lab-error';
import { BISECTION_TRIALS, EXPERIMENT_LIMITS, type ExperimentHead } from '@/model/experiment';
import { estimateSeconds } from '@/plan/lane-time';
import { PLAN_FIELDS } from '@/plan/fields';
import { fromForm } from '@/plan/form';
import { wholeNumber } from '@/plan/input-messages';
import { fromText } from '@/plan/numbers';
import { raceRequest } from '@/plan/schema';
import { FEWEST_BUYERS } from './bisect';
import { mostTrials } from './next-trial';

const { trials: TRIALS, attempts: ATTEMPTS, seconds: SECONDS } = EXPERIMENT_LIMITS;

const trialsRequest = z
  .strictObject({
    kind: z.literal('trials'),
    trials: wholeNumber(TRIALS.min, TRIALS.max).meta({ description: 'How often to race the plan' }),
    race: raceRequest,
  })
  .meta({ id: 'TrialsRequest' });

const bisectionRequest = z
  .strictObject({
    kind: z.literal('bisection'),
    trials: wholeNumber(TRIALS.min, TRIALS.max)
      .default(BISECTION_TRIALS)
      .meta({ description: 'How often to race each level, unless it breaks before' }),
    race: raceRequest.meta({ description: 'Of one strategy; `concurrency` is the upper end of the search' }),
  })
  .meta({ id: 'BisectionRequest' });

/** Body of `POST /api/experiments`. */
export const experimentRequest = z
  .discriminatedUnion('kind', [trialsRequest, bisectionRequest], {
    error: 'must be trials or bisection',
  })
  .meta({ id: 'ExperimentRequest' });

export type ExperimentRequest = z.infer<typeof experimentRequest>;

/** A request whose numbers are text, as a form of a page posts it. */
export function fromExperimentForm(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const { race, trials, ...rest } = input as Record<string, unknown>;
  return { ...rest, trials: fromText(trials), race: fromForm(race) };
}

type Asked = Pick<ExperimentHead, 'kind' | 'trials' | 'plan'>;

/** Finds fields that are valid alone but contradict each other; `lanes` is how many a trial has. */
export function findFaults({ kind, trials, plan }: Asked, lanes: number): Issue[] {
  const faults: Issue[] = [];
  const fault = (path: string, message: string) => void faults.push({ path, message });
  if (kind === 'bisection') {
    if (plan.strategies.length !== 1) {
      fault('race.strategies', `must name one strategy to bisect, not ${plan.strategies.length}`);
    }
    if (plan.concurrency < FEWEST_BUYERS) {
      fault('race.concurrency', `must be at least ${FEWEST_BUYERS}: the search is from there up to it`);
    }
    if (plan.attempts < plan.concurrency) {
      fault('race.attempts', `must be at least the concurrency, ${plan.concurrency}, for all to be at once`);
    }
  }
  if (kind === 'bisection' && plan.model === 'open') {
    fault('race.model', 'must be closed or burst to bisect: the open model has no number of buyers');
  }
  if (faults.length > 0) return faults;
  const races = mostTrials({ kind, trials, plan }) * lanes;
  const seconds = Math.ceil(races * (plan.durationS ?? estimateSeconds(plan)));
  if (seconds > SECONDS.max) {
    const [most, limit] = [seconds, SECONDS.max].map((value) => value.toLocaleString('en-US'));
    fault('trials', `would load for ${most} s in all lanes of all trials; at most ${limit} s are allowed`);
  }
  if (plan.durationS !== undefined) return faults;
  if (kind === 'bisection') {
    const slowest = Math.ceil(estimateSeconds({ ...plan, concurrency: FEWEST_BUYERS }));
    if (slowest > PLAN_FIELDS.durationS.max) {
      const [most, limit] = [slowest, PLAN_FIELDS.durationS.max].map((value) =>
        value.toLocaleString('en-US'),
      );
      fault(
        'race.attempts',
        `would take ${most} s with ${FEWEST_BUYERS} buyers, where the search may end, and ${limit} s are the most`,
      );
    }
  }
  const attempts = races * plan.attempts;
  if (attempts > ATTEMPTS.max) {
    const [most, limit] = [attempts, ATTEMPTS.max].map((value) => value.toLocaleString('en-US'));
    fault(
      'trials',
      `would come to ${most} attempts in all lanes of all trials; at most ${limit} are allowed`,
    );
  }
  return faults;
}
