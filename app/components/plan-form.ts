import { PLAN_DEFAULTS, START_TEST } from '~/lab/load-plan';

/** A load plan as form fields hold it: text, and not yet checked. */
export interface PlanFields {
  strategies: string[];
  [name: string]: string | string[];
}

/** Messages by field name. */
export type FieldErrors = Record<string, string>;

const FIELD_NAMES = [
  'model',
  'stock',
  'attempts',
  'quantity',
  'concurrency',
  'thinkMs',
  'timeoutMs',
  'order',
  'seed',
  'control',
];

/** What Start test posts, and what the form first shows. */
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
    seed: '',
    control: 'on',
  };
}

/** Picks the plan's fields out of a posted form; what is not a plan field is left out. */
export function readPlanForm(form: FormData): PlanFields {
  const fields: PlanFields = {
    strategies: form.getAll('strategies').filter((value) => typeof value === 'string'),
  };
  for (const name of FIELD_NAMES) {
    const value = form.get(name);
    if (typeof value === 'string') fields[name] = value;
  }
  return fields;
}

/** Issues of a refused plan by the field they belong to; the first message of each. */
export function errorsByField(issues: readonly { path: string; message: string }[] | undefined): FieldErrors {
  const errors: FieldErrors = {};
  for (const { path, message } of issues ?? []) {
    const field = /^\w+/.exec(path)?.[0] ?? 'plan';
    errors[field] ??= message;
  }
  return errors;
}
