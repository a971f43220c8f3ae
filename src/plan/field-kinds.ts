import type { LoadModel, Target } from './fields';
import type { NumberRange } from './numbers';

/** The kinds of fields that a plan may have, and how a row of its table is written. */

/** A value to choose, with its label and what it means. */
export interface Choice<V extends string = string> {
  value: V;
  label: string;
  hint: string;
}

/** A text for each load model that needs one. */
export type ByModel = Partial<Record<LoadModel, string>>;

interface Options {
  /** The part of a form that the field belongs to. */
  group: 'demand' | 'load' | 'server' | 'race';
  /** The hint for programs, if they need more than the hint for people. */
  description?: string;
  /** The load models and targets under which the field has a meaning; all if not given. */
  models?: readonly LoadModel[];
  targets?: readonly Target[];
}

interface NumberOptions extends Options {
  unit?: string;
  /** The value for a request that leaves the field out. */
  default?: number;
  /** The value that a plan without the field implies. */
  implied?: number;
  /** The meaning of an empty field of a form, if it is neither of the two. */
  placeholder?: ByModel;
  /** The field that replaces this one: beside it the default does not apply. */
  unless?: string;
  /** Whether a missing value is drawn at random; written without separators, since it serves as a name. */
  drawn?: true;
}

export interface NumberField extends NumberOptions, NumberRange {
  kind: 'number';
  label: string;
  hint: string | ByModel;
  unit: string;
}

interface ChoiceOptions<V extends string> extends Options {
  default?: V;
  implied?: V;
}

export interface ChoiceField<V extends string = string> extends ChoiceOptions<V> {
  kind: 'choice';
  label: string;
  choices: readonly Choice<V>[];
}

interface SwitchField extends Options {
  kind: 'switch';
  label: string;
  hint: string;
  default: boolean;
  /** The initial value in a form, if that is not the default. */
  initial?: boolean;
}

/** The strategies to race, which have a picker of their own. */
interface StrategiesField extends Omit<Options, 'group'> {
  kind: 'strategies';
  label: string;
  hint: string;
  /** How many. */
  min: number;
  max: number;
  /** The initial value in a form. */
  initial: readonly string[];
}

export type PlanField = NumberField | ChoiceField | SwitchField | StrategiesField;

type Hint = NumberField['hint'];
type Range = readonly [min: number, max: number];

/** An integer field. */
export function whole<const O extends NumberOptions>(
  label: string,
  hint: Hint,
  [min, max]: Range,
  options: O,
): NumberField & O {
  return { kind: 'number', label, hint, min, max, unit: '', fractions: false, ...options };
}

/** A field whose number may have a fraction. */
export function amount<const O extends NumberOptions>(
  label: string,
  hint: Hint,
  range: Range,
  options: O,
): NumberField & O {
  return { ...whole(label, hint, range, options), fractions: true };
}

export function choice<V extends string, const O extends ChoiceOptions<NoInfer<V>>>(
  label: string,
  choices: readonly Choice<V>[],
  options: O,
): ChoiceField<V> & O {
  return { kind: 'choice', label, choices, ...options };
}
