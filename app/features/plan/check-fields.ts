import { EXPERIMENT_LIMITS } from '@/model/experiment';
import { checkPlan } from '@/plan/check-plan';
import { describeMiss, fromText, type NumberRange } from '@/plan/numbers';
import { errorsByField, splitTrials, toPlanText, type FieldErrors, type PlanFields } from './plan-form';

/** One trial is a race; more are an experiment. */
export const TRIALS_RANGE: NumberRange = {
  min: 1,
  max: EXPERIMENT_LIMITS.trials.max,
  unit: '',
  fractions: false,
};

/** What is wrong with the form as it stands, by the rules that the server goes by. */
export function checkFields(fields: PlanFields): FieldErrors {
  const errors = errorsByField(checkPlan(toPlanText(fields)));
  const trials = readTrials(fields);
  if (trials === null) errors.trials = describeMiss(TRIALS_RANGE, fromText(splitTrials(fields).trials));
  return errors;
}

/** How often to race the plan; null where the field holds no such number. */
export function readTrials(fields: PlanFields): number | null {
  const trials = fromText(splitTrials(fields).trials);
  const isFine =
    typeof trials === 'number' && Number.isInteger(trials) && trials >= 1 && trials <= TRIALS_RANGE.max;
  return isFine ? trials : null;
}
