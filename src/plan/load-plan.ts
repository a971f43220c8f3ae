import type { ChoiceField } from './field-kinds';
import { CLOSED_CROWD, PLAN_FIELDS, PLAN_ROWS } from './fields';

type Fields = typeof PLAN_FIELDS;

/** The names of the fields that extend `P`. */
type With<P> = { [K in keyof Fields]: Fields[K] extends P ? K : never }[keyof Fields];

type ValueOf<F> = F extends { kind: 'number' }
  ? number
  : F extends { kind: 'switch' }
    ? boolean
    : F extends ChoiceField<infer V>
      ? V
      : string[];

/** Some fields with a value each, and others that are optional. */
type Values<Given extends keyof Fields, Other extends keyof Fields = never> = {
  [K in Given]: ValueOf<Fields[K]>;
} & { [K in Other]?: ValueOf<Fields[K]> };

type Defaulted = With<{ default: unknown }>;
type Always = Defaulted | With<{ drawn: true } | { kind: 'strategies' }>;
type Required = Exclude<Always, With<{ unless: string } | { drawn: true }>>;

/** A race request with every default filled in: plain serialisable data. */
export type LoadPlan = Values<Always, Exclude<keyof Fields, Always>>;

/** A race request as its schema returns it: values that depend on other fields, or are drawn, may still be missing. */
export type RaceRequest = Values<Required, Exclude<keyof Fields, Required>>;

export type { LoadModel } from './fields';
export type ArrivalProcess = NonNullable<LoadPlan['arrivals']>;
export type BurstSync = NonNullable<LoadPlan['sync']>;

/** The load models, in the order in which they are offered. */
export const LOAD_MODELS = PLAN_FIELDS.model.choices.map(({ value }) => value);

/** What `POST /api/races` fills in; `strategies` and `seed` are chosen per request. */
export const PLAN_DEFAULTS = Object.fromEntries(
  PLAN_ROWS.flatMap(([name, field]) => ('default' in field ? [[name, field.default]] : [])),
) as Values<Defaulted>;

/**
 * Buyers at the door unless the plan says otherwise: all of a burst, and in the closed model so few that the others,
 * who arrive over the ramp, still find stock to race for.
 */
export function defaultCrowd({ model, concurrency }: Pick<LoadPlan, 'model' | 'concurrency'>): number {
  if (model === 'open') return 0;
  return model === 'burst' ? concurrency : Math.min(CLOSED_CROWD, concurrency);
}

/**
 * How long a burst that is released by its last bytes waits before each release, ms: the target reads late what it has
 * not read of a request by then.
 */
export const LAST_BYTE_SETTLE_MS = 50;
