import type { Issue } from '@/lib/lab-error';
import { checkPlan } from '@/plan/check-plan';
import { ARRIVAL_PROCESSES, BURST_SYNCS, LOAD_MODELS, TARGETS } from '@/plan/load-plan';
import { defaultFields, FIELD_NAMES, meaningfulFields, splitTrials, type PlanFields } from './plan-form';

/** A plan as an address holds it. */
export interface AddressedPlan {
  fields: PlanFields;
  /** What the address says that no plan has, by field; the fields are as if it were not there. */
  issues: Issue[];
  /** Whether the address says anything of a plan. */
  isPlan: boolean;
}

/** Fields of which there are a few values only. The first of each list is what an empty field means. */
const CHOICES: Record<string, readonly string[]> = {
  model: LOAD_MODELS,
  order: ['sequential', 'parallel'],
  target: TARGETS,
  arrivals: ARRIVAL_PROCESSES,
  sync: BURST_SYNCS,
  control: ['off', 'on'],
};

/** Empty in the form, and a word in the API. */
const SILENT: Record<string, string> = { arrivals: 'poisson', sync: 'barrier', control: 'off' };

/** Not of the plan: Remix marks the address of the dashboard's action with it. */
const IGNORED = 'index';

/**
 * The dashboard's address with this plan: what differs from the form's defaults, such as
 * `/?strategies=a,b&stock=10`. `readAddress` reads it back as it was.
 */
export function toAddress(fields: PlanFields): string {
  const usual = defaultsBeside(fields.durationS);
  const meaningful = meaningfulFields(fields);
  const parts: string[] = [];
  const strategies = fields.strategies.join(',');
  if (strategies !== usual.strategies.join(',')) parts.push(`strategies=${encode(strategies)}`);
  for (const name of FIELD_NAMES) {
    const value = meaningful[name];
    if (typeof value !== 'string' || value === usual[name]) continue;
    parts.push(`${name}=${encode(value === '' ? (SILENT[name] ?? '') : value)}`);
  }
  return parts.length === 0 ? '/' : `/?${parts.join('&')}`;
}

/** Reads a plan from a query, whatever it holds. Numbers are taken as they are: the form checks them as if typed. */
export function readAddress(query: URLSearchParams, known: readonly string[]): AddressedPlan {
  const fields = defaultsBeside(query.get('durationS') ?? '');
  const issues: Issue[] = [];
  let isPlan = false;
  for (const name of new Set(query.keys())) {
    if (name === IGNORED) continue;
    isPlan = true;
    const values = query.getAll(name);
    if (name === 'strategies') {
      const ids = [...new Set(values.join(',').split(','))].filter((id) => id !== '');
      fields.strategies = ids.filter((id) => known.includes(id));
      const unknown = ids.filter((id) => !known.includes(id));
      if (unknown.length > 0)
        issues.push({ path: name, message: `There is no strategy ${shorten(unknown.join(', '))}.` });
    } else if (!FIELD_NAMES.includes(name)) {
      issues.push({ path: 'plan', message: `A plan has no field ${shorten(name)}.` });
    } else {
      readField(fields, issues, name, values);
    }
  }
  return { ...leaveOutMeaningless(fields, issues), isPlan };
}

function readField(fields: PlanFields, issues: Issue[], name: string, [value = '', ...more]: string[]): void {
  const choices = CHOICES[name];
  if (more.length > 0) issues.push({ path: name, message: 'is there more than once: the first was taken' });
  if (!choices) fields[name] = value;
  else if (choices.includes(value)) fields[name] = value === SILENT[name] ? '' : value;
  else
    issues.push({
      path: name,
      message: `must be one of ${choices.join(', ')}, not ${shorten(value) || 'nothing'}`,
    });
}

/** What is given and means nothing under the plan's model and target is named, and not taken. */
function leaveOutMeaningless(fields: PlanFields, issues: Issue[]): Omit<AddressedPlan, 'isPlan'> {
  const usual = defaultFields();
  const kept = meaningfulFields(fields);
  const dropped = Object.keys(fields).filter((name) => !(name in kept) && fields[name] !== usual[name]);
  if (dropped.length === 0) return { fields, issues };
  const said = checkPlan(splitTrials(fields).race);
  for (const name of dropped) {
    const message = said.find(({ path }) => path === name)?.message ?? 'means nothing in this plan';
    issues.push({ path: name, message });
  }
  return {
    fields: { ...fields, ...Object.fromEntries(dropped.map((name) => [name, usual[name] ?? ''])) },
    issues,
  };
}

/** A duration stands in for the number of attempts, which is empty beside one unless the address says otherwise. */
function defaultsBeside(durationS: PlanFields[string] | undefined): PlanFields {
  const fields = defaultFields();
  return durationS === undefined || durationS === '' ? fields : { ...fields, attempts: '' };
}

/** Commas stay readable. Halves of characters, which no address can hold and which are no number, are replaced. */
function encode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1).replaceAll('%2C', ',');
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
