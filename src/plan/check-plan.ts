import type { Issue } from '@/lib/lab-error';
import type { NumberField } from './field-kinds';
import { PLAN_FIELDS, PLAN_ROWS } from './fields';
import {
  errorsByField,
  fromForm,
  meaningfulText,
  splitTrials,
  TRIALS,
  type FieldErrors,
  type PlanText,
} from './form';
import { PLAN_DEFAULTS, type LoadPlan } from './load-plan';
import { describeMiss, fromText } from './numbers';
import { findContradictions, type LoadRequest } from './rules';

const { min: FEWEST, max: MOST } = PLAN_FIELDS.strategies;

/** Messages for the list of strategies, by the number in it; shared with the request's schema. */
export const LANE_MESSAGES = {
  none: 'must name at least one strategy',
  many: `must name at most ${MOST} strategies`,
};

/**
 * The reasons for which the server will refuse a form's plan, in the server's words, without asking it: ranges and
 * contradictions. Choices (`model`, `order` and the like) have to be valid, as those of radio buttons are.
 * `check-plan.test.ts` checks that it agrees with `parsePlan`.
 */
export function checkPlan(text: PlanText): Issue[] {
  const issues: Issue[] = [];
  let isReadable = true;
  for (const [path, field] of PLAN_ROWS) {
    const given = text[path] ?? '';
    if (field.kind !== 'number' || given === '') continue;
    const message = checkNumber(field, given);
    if (message !== null) issues.push({ path, message });
    if (readNumber(field, given) === null) isReadable = false;
  }
  const lanes = text.strategies.length;
  if (lanes < FEWEST) issues.push({ path: 'strategies', message: LANE_MESSAGES.none });
  if (lanes > MOST) issues.push({ path: 'strategies', message: LANE_MESSAGES.many });
  // an unreadable number cannot be compared with the others
  return isReadable && lanes <= MOST ? [...issues, ...findContradictions(toLoadRequest(text))] : issues;
}

/** The errors of a form in its current state, by the server's rules. */
export function checkForm(text: PlanText): FieldErrors {
  const { trials } = splitTrials(text);
  const message = checkNumber(TRIALS, trials);
  const errors = errorsByField(checkPlan(meaningfulText(text)));
  return message === null ? errors : { ...errors, trials: message };
}

/** How often to race the plan; null where the form holds no such number. */
export function readTrials(text: PlanText): number | null {
  const { trials } = splitTrials(text);
  return checkNumber(TRIALS, trials) === null ? readNumber(TRIALS, trials) : null;
}

/** The error of a number as it was typed; null if there is none. */
function checkNumber(field: NumberField, text: PlanText[string]): string | null {
  const value = readNumber(field, text);
  const isFine = value !== null && value >= field.min && value <= field.max;
  return isFine ? null : describeMiss(field, fromText(text));
}

/** The request of a form without errors, including what its schema fills in. */
export function toLoadRequest(text: PlanText): LoadRequest {
  const { attempts: _attempts, ...defaults } = PLAN_DEFAULTS;
  return { ...defaults, ...(fromForm(text) as Partial<LoadPlan>) };
}

/** The number that was typed, in or out of range. */
function readNumber({ fractions }: NumberField, text: PlanText[string]): number | null {
  const value = fromText(text);
  return typeof value === 'number' && (fractions || Number.isInteger(value)) ? value : null;
}
