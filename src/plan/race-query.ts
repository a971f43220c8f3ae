import { z } from 'zod';
import { RACE_STATUSES, VERDICTS } from '@/model/race';
import { LOAD_MODELS } from './load-plan';
import { pageQuery } from './input-schemas';
import { show } from './numbers';

/** An empty field of a form asks for nothing. */
function orNothing<T extends z.ZodType>(schema: T): z.ZodPreprocess<z.ZodOptional<T>> {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
}

function oneOf<const V extends string>(values: readonly V[]): z.ZodEnum<{ [K in V]: K }> {
  return z.enum(values, { error: ({ input }) => `must be one of ${values.join(', ')}, not ${show(input)}` });
}

/** The filter of a list of races. A race has to match every given field. */
export const raceFilter = z.object({
  strategy: orNothing(
    z
      .string()
      .trim()
      .max(100, 'must have at most 100 characters')
      .regex(/^\P{Cc}*$/u, 'must not hold control characters'),
  ).meta({ description: 'Part of the id or name of a strategy in a lane that was asked for' }),
  verdict: orNothing(oneOf(VERDICTS)).meta({
    description: 'Verdict of a lane that was asked for; with `strategy`, of that very lane',
  }),
  status: orNothing(oneOf(RACE_STATUSES)),
  model: orNothing(oneOf(LOAD_MODELS)),
});

export type RaceFilter = z.infer<typeof raceFilter>;

/** Query of `GET /api/races`. */
export const raceListQuery = pageQuery.extend(raceFilter.shape);
