import type { Issue } from '@/lib/lab-error';
import { EXPERIMENT_LIMITS } from '@/model/experiment';
import { whole, type PlanField } from './field-kinds';
import { PLAN_FIELDS } from './fields';
import type { LoadPlan } from './load-plan';
import { fromText } from './numbers';
import { isMeaningless } from './rules';

/** How often to race a plan: once is a race, more often an experiment. */
export const TRIALS = whole(
  'Trials',
  'Races of this plan; 2 or more: an experiment.',
  [1, EXPERIMENT_LIMITS.trials.max],
  { group: 'race', default: 1 },
);

const { seed, ...others } = PLAN_FIELDS;

/** What a form asks for, by name and in its order: a plan, and how often to race it. */
export const FORM_FIELDS: ReadonlyMap<string, PlanField> = new Map(
  Object.entries({ ...others, trials: TRIALS, seed }),
);

/** The content of a form: text that is not checked yet, empty where a field is left to its default. */
export interface PlanText {
  strategies: string[];
  [name: string]: string | string[];
}

/** The initial content of the form, which Start test posts. */
export function defaultText(): PlanText {
  return Object.fromEntries(
    [...FORM_FIELDS].map(([name, field]) => [
      name,
      toText(field, 'initial' in field ? field.initial : field.default),
    ]),
  ) as PlanText;
}

type Value = string | number | boolean | readonly string[] | undefined;

/**
 * A field's value as a form holds it. A choice that equals the implied one is empty, since that is right under every
 * model.
 */
function toText(field: PlanField, value: Value): string | string[] {
  if (typeof value === 'object') return [...value];
  if (typeof value === 'boolean') return value ? 'on' : '';
  return value === undefined || (field.kind === 'choice' && value === field.implied) ? '' : String(value);
}

/** A plan as the form shows it; fields that it leaves out have their initial value. */
export function textOfPlan(plan: Partial<LoadPlan>): PlanText {
  const text = defaultText();
  for (const [name, field] of FORM_FIELDS) {
    const value = plan[name as keyof LoadPlan];
    if (value !== undefined) text[name] = toText(field, value);
    // a plan with a duration holds the largest number possible
    if (isReplaced(field, plan) && (value ?? field.max) === field.max) text[name] = '';
  }
  return text;
}

/** Whether the field that replaces this one is given. */
export function isReplaced(field: PlanField, plan: object): field is PlanField & { kind: 'number' } {
  if (field.kind !== 'number' || field.unless === undefined) return false;
  return ((plan as Record<string, unknown>)[field.unless] ?? '') !== '';
}

/** Picks a plan's fields out of a posted form; other fields are left out. */
export function readPlanForm(form: FormData): PlanText {
  const text: PlanText = { strategies: [] };
  for (const [name, field] of FORM_FIELDS) {
    const values = form.getAll(name).filter((value) => typeof value === 'string');
    if (field.kind === 'strategies') text[name] = values;
    // forms do not send unticked boxes
    else if (values[0] !== undefined || field.kind === 'switch') text[name] = values[0] ?? '';
  }
  return text;
}

/** A form's text as a race request: numbers as numbers, and empty fields left to their defaults. */
export function fromForm(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(
    Object.entries(input as Record<string, unknown>)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, fromFieldText(name, value)]),
  );
}

function fromFieldText(name: string, text: unknown): unknown {
  const kind = FORM_FIELDS.get(name)?.kind;
  if (kind === 'number') return fromText(text);
  return kind === 'switch' && text === 'on' ? true : text;
}

/** The plan and, separately, how often to race it: once unless given. */
export function splitTrials({ trials = '', ...race }: PlanText): { race: PlanText; trials: string } {
  const given = String(trials).trim();
  return { race, trials: given === '' ? '1' : given };
}

/** The fields that have a meaning under the chosen model and target: what the form shows, checks and sends. */
export function meaningfulText(text: PlanText): PlanText {
  const chosen = { model: text.model, target: text.target } as Pick<LoadPlan, 'model' | 'target'>;
  return Object.fromEntries(
    Object.entries(text).filter(([name]) => !isMeaningless(name, chosen)),
  ) as PlanText;
}

/** Messages by the name of the field that they are about. */
export type FieldErrors = Record<string, string>;

/** Issues of a refused plan, or of an experiment with it, by the field they belong to; the first message of each. */
export function errorsByField(issues: readonly Issue[] | undefined): FieldErrors {
  const errors: FieldErrors = {};
  for (const { path, message } of issues ?? []) errors[fieldOf(path)] ??= message;
  return errors;
}

/** An issue as shown away from its field, under the field's label. Some are sentences of their own. */
export function sayIssue({ path, message }: Issue): string {
  if (/^[A-Z]/.test(message)) return message;
  return `${FORM_FIELDS.get(fieldOf(path))?.label ?? 'The plan'} ${message}.`;
}

function fieldOf(path: string): string {
  return /^(?:race\.)?(\w+)/.exec(path)?.[1] ?? 'plan';
}
