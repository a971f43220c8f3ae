import type { Problem, Issue } from '@/lib/lab-error';
import type { PlanText } from '@/plan/check-plan';
import { LIMITS, PLAN_DEFAULTS, START_TEST, type LoadPlan } from '@/plan/load-plan';
import { PLAN_NUMBERS, type PlanNumber } from '@/plan/numbers';
import { isMeaningless } from '@/plan/rules';

/** A load plan, and how often to race it, as form fields hold it: text, and not yet checked. */
export interface PlanFields {
  strategies: string[];
  [name: string]: string | string[];
}

/** Messages by field name. */
export type FieldErrors = Record<string, string>;

/** What Start test posts, and what the form first shows. An empty field is left to its default. */
export function defaultFields(): PlanFields {
  return {
    strategies: [...START_TEST],
    model: PLAN_DEFAULTS.model,
    stock: String(PLAN_DEFAULTS.stock),
    attempts: String(PLAN_DEFAULTS.attempts),
    quantity: String(PLAN_DEFAULTS.quantity),
    concurrency: String(PLAN_DEFAULTS.concurrency),
    thinkMs: String(PLAN_DEFAULTS.thinkMs),
    timeoutMs: String(PLAN_DEFAULTS.timeoutMs),
    order: PLAN_DEFAULTS.order,
    processes: String(PLAN_DEFAULTS.processes),
    target: PLAN_DEFAULTS.target,
    seed: '',
    control: 'on',
    durationS: '',
    rate: '',
    arrivals: '',
    maxWaiting: '',
    rampS: '',
    crowd: '',
    pauseMs: '',
    sync: '',
    trials: '1',
  };
}

/** Every field with one value, in the order in which addresses name them. */
export const FIELD_NAMES: readonly string[] = Object.keys(defaultFields()).filter(
  (name) => name !== 'strategies',
);

/** Picks the plan's fields out of a posted form; what is not a plan field is left out. */
export function readPlanForm(form: FormData): PlanFields {
  const fields: PlanFields = {
    strategies: form.getAll('strategies').filter((value) => typeof value === 'string'),
    // forms say nothing of a box that is not ticked
    control: '',
  };
  for (const name of FIELD_NAMES) {
    const value = form.get(name);
    if (typeof value === 'string') fields[name] = value;
  }
  return fields;
}

/** The plan without how often to race it, and that: once where nothing is said. */
export function splitTrials({ trials = '', ...race }: PlanFields): { race: PlanFields; trials: string } {
  const given = String(trials).trim();
  return { race, trials: given === '' ? '1' : given };
}

/** A plan as the form shows it; what it leaves out is as the form has it at first. */
export function fieldsOfPlan(plan: Partial<LoadPlan>): PlanFields {
  const fields = defaultFields();
  const numbers = Object.keys(PLAN_NUMBERS) as PlanNumber[];
  for (const name of [...numbers, 'model', 'order', 'target'] as const) {
    if (plan[name] !== undefined) fields[name] = String(plan[name]);
  }
  if (plan.strategies) fields.strategies = [...plan.strategies];
  if (plan.control !== undefined) fields.control = plan.control ? 'on' : '';
  if (plan.arrivals === 'constant') fields.arrivals = plan.arrivals;
  if (plan.sync === 'last-byte') fields.sync = plan.sync;
  // a plan with a duration holds the largest number there is
  const isTimed =
    plan.durationS !== undefined && (plan.attempts ?? LIMITS.attempts.max) === LIMITS.attempts.max;
  return isTimed ? { ...fields, attempts: '' } : fields;
}

/** The fields that mean something under the chosen model and target: what the form shows, checks and sends. */
export function meaningfulFields(fields: PlanFields): PlanFields {
  const chosen = { model: fields.model, target: fields.target } as Pick<LoadPlan, 'model' | 'target'>;
  const entries = Object.entries(fields).filter(([name]) => !isMeaningless(name, chosen));
  return Object.fromEntries(entries) as PlanFields;
}

/** The fields as the isomorphic rules take them. */
export function toPlanText(fields: PlanFields): PlanText {
  return splitTrials(meaningfulFields(fields)).race;
}

/** A refused experiment with its issues about the plan under the names that the form has for them. */
export function ofFields(error: Problem): Problem {
  const issues = error.issues?.map((issue) => ({ ...issue, path: issue.path.replace(/^race\./, '') }));
  return { ...error, ...(issues && { issues }) };
}

/** Issues of a refused plan by the field they belong to; the first message of each. */
export function errorsByField(issues: readonly Issue[] | undefined): FieldErrors {
  const errors: FieldErrors = {};
  for (const { path, message } of issues ?? []) {
    const field = /^\w+/.exec(path)?.[0] ?? 'plan';
    errors[field] ??= message;
  }
  return errors;
}
