import type { LoadModel, Target } from './fields';
import type { NumberRange } from './numbers';

/** The kinds of fields that a plan may have, and how a row of its table is written. */

/** A value to choose, with its label and what it means. */
export interface Choice<V extends string = string> {
  value: V;
  label: string;
  hint: string;
}

/** Of each load model that there is something to say of. */
export type ByModel = Partial<Record<LoadModel, string>>;

interface Options {
  /** The part of a form that it belongs to. */
  group: 'demand' | 'load' | 'server' | 'race';
  /** The hint for programs, where they need to know more than the hint says. */
  description?: string;
  /** The load models and targets that it means something to; all of them where they are not given. */
  models?: readonly LoadModel[];
  targets?: readonly Target[];
}

interface NumberOptions extends Options {
  unit?: string;
  /** What a request that leaves it out gets. */
  default?: number;
  /** What a plan means that leaves it out. */
  implied?: number;
  /** What an empty field of a form means, where that is neither of the two. */
  placeholder?: ByModel;
  /** The field that stands in for this one: beside it the default does not hold. */
  unless?: string;
  /** Whether it is drawn at random where it is left out: a name, which is written without separators. */
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
  /** What a form first shows, where that is not the default. */
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
  /** What a form first shows. */
  initial: readonly string[];
}

export type PlanField = NumberField | ChoiceField | SwitchField | StrategiesField;

type Hint = NumberField['hint'];
type Range = readonly [min: number, max: number];

/** A whole number. */
export function whole<const O extends NumberOptions>(
  label: string,
  hint: Hint,
  [min, max]: Range,
  options: O,
): NumberField & O {
  return { kind: 'number', label, hint, min, max, unit: '', fractions: false, ...options };
}

/** A number that may have a fraction. */
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
