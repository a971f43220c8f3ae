import type { Issue } from '@/lib/lab-error';
import type { LoadPlan } from './load-plan';
import { LIMITS, PLAN_DEFAULTS } from './load-plan';
import { describeMiss, fromText, PLAN_NUMBERS, type PlanNumber } from './numbers';
import { findContradictions, type LoadRequest } from './rules';

/** A race request as a form holds it: text, empty where it is left to its default. */
export type PlanText = { strategies: readonly string[] } & Record<string, string | readonly string[]>;

/** What is wrong with the list of strategies, by the number in it; shared with the request's schema. */
export const LANE_MESSAGES = {
  none: 'must name at least one strategy',
  many: `must name at most ${LIMITS.lanes.max} strategies`,
};

/**
 * What the server will refuse a form's plan for, in the server's words, without asking it: ranges and contradictions.
 * Choices (`model`, `order` and the like) have to be valid, as those of radio buttons are. `check-plan.test.ts` holds
 * it to `parsePlan`.
 */
export function checkPlan(text: PlanText): Issue[] {
  const { numbers, issues, hasNonsense } = checkNumbers(text);
  const lanes = text.strategies.length;
  if (lanes < LIMITS.lanes.min) issues.push({ path: 'strategies', message: LANE_MESSAGES.none });
  const isCrowded = lanes > LIMITS.lanes.max;
  if (isCrowded) issues.push({ path: 'strategies', message: LANE_MESSAGES.many });
  // nothing can be said of how a number fits the others when it is none
  return hasNonsense || isCrowded ? issues : [...issues, ...findContradictions(toLoadRequest(text, numbers))];
}

/** A plan's numbers that are given and are numbers, whether in range or not. */
export function readNumbers(text: PlanText): Partial<Record<PlanNumber, number>> {
  return checkNumbers(text).numbers;
}

interface CheckedNumbers {
  numbers: Partial<Record<PlanNumber, number>>;
  issues: Issue[];
  /** Whether something is no number at all, or no whole one where it has to be. */
  hasNonsense: boolean;
}

function checkNumbers(text: PlanText): CheckedNumbers {
  const checked: CheckedNumbers = { numbers: {}, issues: [], hasNonsense: false };
  for (const name of Object.keys(PLAN_NUMBERS) as PlanNumber[]) {
    const given = text[name] ?? '';
    if (given === '') continue;
    const range = PLAN_NUMBERS[name];
    const value = fromText(given);
    const isNumber = typeof value === 'number' && (range.fractions || Number.isInteger(value));
    if (isNumber) checked.numbers[name] = value;
    else checked.hasNonsense = true;
    if (!isNumber || value < range.min || value > range.max)
      checked.issues.push({ path: name, message: describeMiss(range, value) });
  }
  return checked;
}

/** The load that a form's plan asks for, for rules and estimates: as the request's schema fills in what is left out. */
export function toLoadRequest(text: PlanText, numbers = readNumbers(text)): LoadRequest {
  const { model, concurrency, processes, target } = PLAN_DEFAULTS;
  const chosen = Object.fromEntries(CHOICES.flatMap((name) => (text[name] ? [[name, text[name]]] : [])));
  return { model, concurrency, processes, target, ...(chosen as Partial<LoadPlan>), ...numbers };
}

const CHOICES = ['model', 'arrivals', 'sync', 'target'] as const;
