import type { Issue } from '@/lib/lab-error';
import { checkPlan } from './check-plan';
import type { PlanField } from './field-kinds';
import { defaultText, FORM_FIELDS, isReplaced, meaningfulText, splitTrials, type PlanText } from './form';

/** The plan in an address. */
export interface AddressedPlan {
  text: PlanText;
  /** Parts of the address that no plan can have, by field; `text` ignores them. */
  issues: Issue[];
  /** Whether the address contains any part of a plan. */
  isPlan: boolean;
}

/** Not part of the plan: Remix marks the address of the dashboard's action with it. */
const IGNORED = 'index';

/**
 * The dashboard's address with this plan: what differs from the form's defaults, such as
 * `/?strategies=a,b&stock=10`. `readAddress` reads it back as it was.
 */
export function toAddress(text: PlanText): string {
  const usual = defaultsBeside(text);
  const meaningful = meaningfulText(text);
  const parts = [...FORM_FIELDS].flatMap(([name, field]) => {
    const value = meaningful[name];
    if (value === undefined || String(value) === String(usual[name])) return [];
    return [`${name}=${encode(String(value) || emptyWord(field))}`];
  });
  return parts.length === 0 ? '/' : `/?${parts.join('&')}`;
}

/** Reads a plan from any query. Numbers are taken as they are: the form checks them as if typed. */
export function readAddress(query: URLSearchParams, known: readonly string[]): AddressedPlan {
  const text = defaultsBeside(Object.fromEntries([...query].reverse()));
  const issues: Issue[] = [];
  const names = [...new Set(query.keys())].filter((name) => name !== IGNORED);
  for (const name of names) {
    const field = FORM_FIELDS.get(name);
    const values = query.getAll(name);
    const { value, wrong } = field ? readField(field, values, known) : { value: undefined, wrong: [] };
    if (!field) issues.push({ path: 'plan', message: `A plan has no field ${shorten(name)}.` });
    if (value !== undefined) text[name] = value;
    issues.push(...wrong.map((message) => ({ path: name, message })));
  }
  return { ...leaveOutMeaningless(text, issues), isPlan: names.length > 0 };
}

/** The value of a field in an address, as a form holds it, and what is wrong with it. */
function readField(
  field: PlanField,
  values: string[],
  known: readonly string[],
): { value?: PlanText[string]; wrong: string[] } {
  if (field.kind === 'strategies') {
    const ids = [...new Set(values.join(',').split(','))].filter((id) => id !== '');
    const unknown = ids.filter((id) => !known.includes(id));
    const wrong = unknown.length === 0 ? [] : [`There is no strategy ${shorten(unknown.join(', '))}.`];
    return { value: ids.filter((id) => known.includes(id)), wrong };
  }
  const [value = '', ...more] = values;
  const wrong = more.length > 0 ? ['is there more than once: the first was taken'] : [];
  const words = wordsOf(field);
  if (!words) return { value, wrong };
  if (words.includes(value)) return { value: value === emptyWord(field) ? '' : value, wrong };
  return { wrong: [...wrong, `must be one of ${words.join(', ')}, not ${shorten(value) || 'nothing'}`] };
}

/** The possible values of a field in an address, if they are a few words. */
function wordsOf(field: PlanField): string[] | null {
  if (field.kind === 'switch') return ['off', 'on'];
  return field.kind === 'choice' ? field.choices.map(({ value }) => value) : null;
}

/** The word for an empty field. */
function emptyWord(field: PlanField): string {
  if (field.kind === 'switch') return 'off';
  return field.kind === 'choice' ? (field.implied ?? '') : '';
}

/** Names the fields that mean nothing under the plan's model and target, and leaves them out. */
function leaveOutMeaningless(text: PlanText, issues: Issue[]): Omit<AddressedPlan, 'isPlan'> {
  const usual = defaultText();
  const kept = meaningfulText(text);
  const dropped = Object.keys(text).filter((name) => !(name in kept) && text[name] !== usual[name]);
  if (dropped.length === 0) return { text, issues };
  const said = checkPlan(splitTrials(text).race);
  for (const name of dropped) {
    const message = said.find(({ path }) => path === name)?.message ?? 'means nothing in this plan';
    issues.push({ path: name, message });
  }
  return {
    text: { ...text, ...Object.fromEntries(dropped.map((name) => [name, usual[name] ?? ''])) },
    issues,
  };
}

/** A field that another one replaces is empty beside it, unless the address says otherwise. */
function defaultsBeside(given: Record<string, unknown>): PlanText {
  const text = defaultText();
  for (const [name, field] of FORM_FIELDS) if (isReplaced(field, given)) text[name] = '';
  return text;
}

/** Keeps commas readable. Replaces lone surrogates, which no address can hold and which are no number. */
function encode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1).replaceAll('%2C', ',');
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
