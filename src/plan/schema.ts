import { z } from 'zod';
import type { PlanField } from './field-kinds';
import { describeField } from './field-words';
import { PLAN_ROWS } from './fields';
import { numberIn } from './input-messages';
import type { RaceRequest } from './load-plan';
import { LANE_MESSAGES } from './check-plan';
import { findContradictions } from './rules';

/** The schema of a field in a request; a missing value is filled in if that depends on nothing else. */
function schemaOf(field: PlanField): z.ZodType {
  return orDefault(valueOf(field), field).meta({ description: describeField(field) });
}

function orDefault(schema: z.ZodType, field: PlanField): z.ZodType {
  if (field.kind === 'strategies') return schema;
  const isFilledIn = field.default !== undefined && !('unless' in field);
  return isFilledIn ? schema.default(field.default) : schema.optional();
}

function valueOf(field: PlanField): z.ZodType {
  switch (field.kind) {
    case 'number':
      return numberIn(field);
    case 'choice':
      return z.enum(field.choices.map(({ value }) => value));
    case 'switch':
      return z.boolean();
    case 'strategies': {
      return z
        .array(z.string().max(100))
        .min(field.min, LANE_MESSAGES.none)
        .max(field.max, LANE_MESSAGES.many)
        .refine((ids) => new Set(ids).size === ids.length, 'must not name a strategy twice');
    }
    default:
      return field satisfies never;
  }
}

type Shape = { [K in keyof RaceRequest]-?: z.ZodType<RaceRequest[K]> };

/** Every field by itself, none required and none filled in: settings for requests that are made later. */
export const planSettings = Object.fromEntries(
  PLAN_ROWS.map(([name, field]) => [
    name,
    valueOf(field)
      .optional()
      .meta({ description: describeField(field) }),
  ]),
) as { [K in keyof RaceRequest]-?: z.ZodOptional<z.ZodType<RaceRequest[K]>> };

/** Body of `POST /api/races`. */
export const raceRequest = z
  .strictObject(Object.fromEntries(PLAN_ROWS.map(([name, field]) => [name, schemaOf(field)])) as Shape)
  .superRefine((request, context) => {
    for (const { path, message } of findContradictions(request))
      context.addIssue({ code: 'custom', path: [path], message });
  })
  .meta({ id: 'RaceRequest' });
