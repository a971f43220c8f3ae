import { z } from 'zod';
import { createArray, HISTORY_NAMES, initialOf, specOf } from '@/model/columns';
import type { HistoryColumns, HistoryName, Steps } from '@/model/columns';
import { OUTCOMES, outcomeCode } from '@/model/outcome';
import { wholeNumber } from '@/plan/input-messages';
import { MAX_NUMBER, MAX_QUANTITY } from './format';
import { HistoryFileError } from './history-file-error';

/**
 * An attempt as a line: one key for each column of a history, in the order of their table, so that a new column needs
 * no change here. A key is absent where its value is that of an empty column: not known, or 0 retries, or 1 unit. Order
 * ids are text, because they have 64 bits; outcomes are names.
 */
interface Column {
  name: HistoryName;
  type: 'outcome' | 'order id' | 'time' | 'whole number';
  isRequired: boolean;
  min: number;
  max: number;
  /** The value in a row that does not state one. */
  initial: number;
}

const REQUIRED: HistoryName[] = ['n', 'call', 'return', 'outcome'];

const COLUMNS = HISTORY_NAMES.map(describe);
const BY_NAME = new Map<string, Column>(COLUMNS.map((column) => [column.name, column]));

/** Times may have fractions. Units, versions and tokens are counted, so theirs are whole. */
function describe(name: HistoryName): Column {
  const spec = specOf(name);
  const bits = 2 ** (8 * createArray(spec.array, 0).BYTES_PER_ELEMENT) - 1;
  const column = { name, isRequired: REQUIRED.includes(name), initial: initialOf(spec) };
  if (spec.unit === 'outcome') return { ...column, type: 'outcome', min: 0, max: OUTCOMES.length - 1 };
  if (spec.unit === 'id') return { ...column, type: 'order id', min: -MAX_NUMBER, max: MAX_NUMBER };
  if (spec.unit === 'moment') return { ...column, type: 'time', min: -MAX_NUMBER, max: MAX_NUMBER };
  if (spec.isNullable) return { ...column, type: 'whole number', min: -MAX_NUMBER, max: MAX_NUMBER };
  if (name === 'quantity') return { ...column, type: 'whole number', min: 1, max: MAX_QUANTITY };
  return { ...column, type: 'whole number', min: 0, max: bits };
}

const ORDER_ID = /^-?\d{1,16}$/;

function schemaOf({ type, min, max }: Column): z.ZodType {
  if (type === 'outcome') return z.enum(OUTCOMES);
  if (type === 'time') return z.number().min(min).max(max);
  if (type === 'whole number') return wholeNumber(min, max);
  return z
    .string()
    .regex(ORDER_ID, 'must be a whole number, as text')
    .refine((id) => Math.abs(Number(id)) <= max, `must be at most ${max.toLocaleString('en')}`);
}

const [LEAST, MOST] = [-(2 ** 31), 2 ** 31 - 1];
const int32 = wholeNumber(LEAST, MOST);

/** The schema of an attempt. It explains what is wrong with one; `readAttempt` is ten times as fast, and agrees. */
export const attemptLine = z.strictObject({
  ...Object.fromEntries(
    COLUMNS.map((column) => [
      column.name,
      column.isRequired ? schemaOf(column) : schemaOf(column).optional(),
    ]),
  ),
  steps: z.array(z.tuple([wholeNumber(0, MOST), int32, int32])).optional(),
});

/**
 * Writes an attempt into the empty row i of the columns. Returns false, with the row spoilt, for anything that
 * `attemptLine` refuses, and for a step that has no name.
 */
export function readAttempt(
  attempt: object,
  stepNames: readonly string[],
  columns: HistoryColumns,
  i: number,
): boolean {
  let required = 0;
  for (const [key, value] of Object.entries(attempt) as [string, unknown][]) {
    const column = BY_NAME.get(key);
    if (column === undefined) {
      if (key !== 'steps' || !areSteps(value, stepNames.length)) return false;
      continue;
    }
    const number = toNumber(column, value);
    if (number === undefined) return false;
    columns[column.name][i] = number;
    if (column.isRequired) required += 1;
  }
  return required === REQUIRED.length;
}

function toNumber({ type, min, max }: Column, value: unknown): number | undefined {
  if (type === 'outcome') return typeof value === 'string' ? outcomeCode(value) : undefined;
  if (type === 'order id' && !(typeof value === 'string' && ORDER_ID.test(value))) return undefined;
  if (type !== 'order id' && typeof value !== 'number') return undefined;
  const number = Number(value);
  if (!(number >= min && number <= max)) return undefined;
  if (type === 'whole number' && !Number.isInteger(number)) return undefined;
  // of the two zeros, only one is ever written
  return number + 0;
}

function areSteps(value: unknown, names: number): boolean {
  if (!Array.isArray(value)) return false;
  for (const step of value as unknown[]) {
    if (!Array.isArray(step) || step.length !== 3) return false;
    const [name, start, took] = step as unknown[];
    if (!isInt32(name) || !isInt32(start) || !isInt32(took) || name < 0 || name >= names) return false;
  }
  return true;
}

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

/**
 * Row i of the columns as a line, without its end.
 *
 * @throws HistoryFileError for a value that a reader would refuse
 */
export function writeAttempt(columns: HistoryColumns & Partial<Steps>, i: number): string {
  const { steps, stepOffset } = columns;
  let line = '';
  for (const column of COLUMNS) {
    const value = columns[column.name][i] ?? Number.NaN;
    if (!column.isRequired && Object.is(value, column.initial)) continue;
    line += `${line === '' ? '{' : ','}"${column.name}":${write(column, value, columns.n[i] ?? i)}`;
  }
  const [from = 0, to = 0] = stepOffset ? [stepOffset[i], stepOffset[i + 1]] : [];
  return steps && to > from ? `${line},"steps":${writeSteps(steps, from, to)}}` : `${line}}`;
}

function write({ name, type, min, max }: Column, value: number, attempt: number): string {
  const isWhole = Number.isInteger(value) || type === 'time';
  if (!(value >= min && value <= max && isWhole))
    throw new HistoryFileError(0, `attempt ${attempt} cannot be written: its ${name} is ${value}.`);
  if (type === 'outcome') return `"${OUTCOMES[value]}"`;
  return type === 'order id' ? `"${value}"` : String(value);
}

/** Steps as lists of their index into the header's `stepNames`, start after `call` and duration, µs. */
function writeSteps(steps: Int32Array, from: number, to: number): string {
  let text = '[';
  for (let at = from; at + 2 < to; at += 3)
    text += `${at === from ? '' : ','}[${steps[at]},${steps[at + 1]},${steps[at + 2]}]`;
  return `${text}]`;
}
