import { Option } from 'commander';
import type { Issue } from '@/lib/lab-error';
import type { StrategyInfo } from '@/model/strategy';
import { PLAN_FIELDS, PLAN_ROWS } from '@/plan/fields';
import type { PlanField } from '@/plan/field-kinds';
import { describeRange, fromText } from '@/plan/numbers';
import { UsageError } from './command-io';

/** Options as commander reads them: by camel-cased flag. Numbers come from a settings file. */
export type Given = Readonly<Record<string, string | string[] | boolean | number | undefined>>;

/** One-letter flags, as load generators have them. */
const SHORT: Readonly<Record<string, string>> = {
  strategies: 's',
  attempts: 'n',
  concurrency: 'c',
  durationS: 'd',
  rate: 'r',
};

/** Words that `--strategy` takes for many strategies at once. */
export const STRATEGY_GROUPS = ['all', 'safe', 'conditional', 'unsafe'] as const;

/** The flags of a load plan, one for each of its fields. */
export function planOptions(): Option[] {
  return PLAN_ROWS.flatMap(([name, field]) => {
    const short = SHORT[name] === undefined ? '' : `-${SHORT[name]}, `;
    const flag = `${short}--${flagOf(name)}`;
    if (field.kind === 'switch') return [new Option(flag, describe(field)), refusing(flagOf(name))];
    if (field.kind === 'choice')
      return new Option(`${flag} <${field.choices.map(({ value }) => value).join('|')}>`, describe(field));
    return new Option(`${flag} <${field.kind === 'strategies' ? 'ids' : 'n'}>`, describe(field));
  });
}

/** `--no-control`: the way to refuse what a settings file asks for. */
export function refusing(flag: string): Option {
  return new Option(`--no-${flag}`).hideHelp();
}

/** The flag of a plan's field, without dashes: `durationS` is `duration`, `maxWaiting` is `max-waiting`. */
function flagOf(name: string): string {
  if (name === 'strategies') return 'strategy';
  return name.replace(/(S|Ms)$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The name under which commander keeps the value of a plan's field. */
export function keyOf(name: string): string {
  return flagOf(name).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function describe(field: PlanField): string {
  const about = nameFlags(lowerFirst(aboutOf(field)).replace(/\.$/, ''));
  if (field.kind === 'strategies')
    return `strategies to race, ${about}, separated by commas; or ${STRATEGY_GROUPS.join(', ')} (default: ${field.initial.join(',')})`;
  if (field.kind !== 'number') {
    const usual = field.kind === 'choice' ? (field.default ?? field.implied) : undefined;
    return usual === undefined ? about : `${about} (default: ${usual})`;
  }
  const usual = field.default ?? field.implied;
  const range = describeRange(field);
  return `${about}: ${range}${usual === undefined ? '' : ` (default: ${usual})`}`;
}

function aboutOf(field: PlanField): string {
  if ('description' in field && field.description !== undefined) return field.description;
  if (field.kind === 'choice') return field.label;
  return typeof field.hint === 'string' ? field.hint : field.label;
}

/** A text about a field names others as requests do. */
function nameFlags(text: string): string {
  const names = PLAN_ROWS.map(([name]) => name).filter((name) => /[A-Z]/.test(name));
  return text.replace(new RegExp(`\\b(?:${names.join('|')})\\b`, 'g'), (name) => `--${flagOf(name)}`);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The request for a race or for trials that the flags stand for. Only what was given is part of it. */
export function toPlanRequest(
  given: Given,
  strategies: readonly Pick<StrategyInfo, 'id' | 'expected'>[],
): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  for (const [name, field] of PLAN_ROWS) {
    const value = given[keyOf(name)];
    if (field.kind === 'strategies') request[name] = readStrategies(value, strategies);
    else if (value !== undefined) request[name] = field.kind === 'number' ? fromText(value) : value;
  }
  return request;
}

function readStrategies(
  value: Given[string],
  known: readonly Pick<StrategyInfo, 'id' | 'expected'>[],
): string[] {
  if (value === undefined) return [...PLAN_FIELDS.strategies.initial];
  const words = String(value)
    .split(',')
    .map((word) => word.trim());
  const ids = words.flatMap((word) => {
    const group = STRATEGY_GROUPS.find((name) => name === word);
    if (group === undefined) return [word];
    return known.filter(({ expected }) => group === 'all' || expected === group).map(({ id }) => id);
  });
  return [...new Set(ids)].filter((id) => id !== '');
}

/** What is wrong with a plan, by the flags that it was given with. */
export function refusePlan(message: string, issues?: readonly Issue[]): UsageError {
  const names = new Set<string>(PLAN_ROWS.map(([name]) => name));
  return refuseFields(message, issues, (name) => (names.has(name) ? flagOf(name) : undefined));
}

/**
 * What is wrong with a request, a line for each of its fields.
 *
 * @param flagOf the flag of a field, without dashes; undefined for one that no flag sets, whose message stands alone
 */
export function refuseFields(
  message: string,
  issues: readonly Issue[] = [],
  flagOf: (field: string) => string | undefined,
): UsageError {
  const lines = issues.map(({ path, message: said }) => {
    const [name = ''] = path.replace(/^race\./, '').split(/[.[]/);
    const flag = flagOf(name);
    return flag === undefined ? said : `--${flag} ${said}`;
  });
  return new UsageError(lines.length === 0 ? message : lines.join('\n'));
}
