import { z } from 'zod';
import type { Issue } from './lab-error';
import { LIMITS, LOAD_MODELS, PLAN_DEFAULTS } from './load-plan';

/** Zod schemas of everything that comes from outside. They also make the OpenAPI document. */

function whole({ min, max }: { min: number; max: number }, unit = ''): z.ZodNumber {
  const range = `a whole number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}${unit}`;
  const error = (issue: { input?: unknown }) => `must be ${range}, not ${show(issue.input)}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

const skuSchema = z
  .string()
  .max(64)
  .regex(/^[\w.:-]+$/, 'must be letters, digits and . _ : -, at least one')
  .meta({ description: 'The item to buy', example: 'demo' });

/** Think times are drawn up to half as long again as a load plan's mean. */
const LONGEST_THINK = { min: 0, max: LIMITS.thinkMs.max * 1.5 };

/** Body of every purchase route; an empty one buys one unit of `demo`. */
export const purchaseBody = z
  .object({
    sku: skuSchema.default('demo'),
    quantity: whole(LIMITS.quantity).default(1),
    attemptId: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[\x21-\x7e]+$/, 'may hold printable ASCII without spaces only')
      .optional()
      .meta({ description: 'Names the attempt in the orders table; made up when absent' }),
    thinkMs: whole(LONGEST_THINK, ' ms')
      .default(PLAN_DEFAULTS.thinkMs)
      .meta({ description: 'Wait between reading and writing, in strategies that have such a gap' }),
    trace: z
      .boolean()
      .default(false)
      .meta({ description: 'Also answer the steps taken: index, start and end in µs, three numbers each' }),
  })
  .meta({ id: 'Purchase' });

export type PurchaseBody = z.infer<typeof purchaseBody>;

const stock = whole(LIMITS.stock).default(PLAN_DEFAULTS.stock);
const seed = whole(LIMITS.seed).meta({
  description: 'Replays the same think times; drawn at random when absent',
});

/** Body of `POST /api/races`. */
export const raceRequest = z
  .strictObject({
    strategies: z
      .array(z.string().max(100))
      .min(LIMITS.lanes.min, 'must name at least one strategy')
      .max(LIMITS.lanes.max, `must name at most ${LIMITS.lanes.max} strategies`)
      .refine((ids) => new Set(ids).size === ids.length, 'must not name a strategy twice'),
    model: z.enum(LOAD_MODELS).default(PLAN_DEFAULTS.model),
    stock,
    attempts: whole(LIMITS.attempts).default(PLAN_DEFAULTS.attempts),
    quantity: whole(LIMITS.quantity).default(PLAN_DEFAULTS.quantity),
    concurrency: whole(LIMITS.concurrency).default(PLAN_DEFAULTS.concurrency),
    thinkMs: whole(LIMITS.thinkMs, ' ms').default(PLAN_DEFAULTS.thinkMs),
    timeoutMs: whole(LIMITS.timeoutMs, ' ms').default(PLAN_DEFAULTS.timeoutMs),
    order: z.enum(['sequential', 'parallel']).default(PLAN_DEFAULTS.order),
    processes: whole({ min: 1, max: 1 }).default(PLAN_DEFAULTS.processes),
    target: z.enum(['http']).default(PLAN_DEFAULTS.target),
    seed: seed.optional(),
    control: z.boolean().default(PLAN_DEFAULTS.control).meta({
      description: 'Also race the unsafe twin; a lane that holds where its twin holds is inconclusive',
    }),
  })
  .meta({ id: 'RaceRequest' });

const numberFromQuery = (schema: z.ZodType<number>) => z.preprocess(fromText, schema);

/** A query parameter or form field as a number where it is one; the schema behind says what is wrong otherwise. */
function fromText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** Query of `GET /api/create-inventory-key`. */
export const inventoryQuery = z.object({
  sku: skuSchema.default('demo'),
  stock: numberFromQuery(whole(LIMITS.itemStock)).default(PLAN_DEFAULTS.stock),
});

/** Query of `GET /api/api-test`; fewer attempts than a race may have, because the caller waits for the answer. */
export const apiTestQuery = z.object({
  strategy: z.string().max(100).default('read-then-write'),
  attempts: numberFromQuery(whole({ min: 1, max: 10_000 })).default(100),
  stock: numberFromQuery(whole(LIMITS.stock)).default(50),
});

/** Query of `GET /api/races`. */
export const raceListQuery = z.object({
  limit: numberFromQuery(whole({ min: 1, max: 100 })).default(20),
  cursor: z.string().max(200).optional(),
});

/** Query of `GET /api/races/:id/events`. */
export const eventsQuery = z.object({
  // a race may have two controls more than it was asked for lanes
  lane: numberFromQuery(whole({ min: 0, max: LIMITS.lanes.max + 1 })).default(0),
  from: numberFromQuery(whole({ min: 0, max: LIMITS.attempts.max })).default(0),
  limit: numberFromQuery(whole({ min: 1, max: 200 }, ' batches')).default(50),
});

const NUMERIC_FIELDS = ['stock', 'attempts', 'quantity', 'concurrency', 'thinkMs', 'timeoutMs', 'seed'];

/** A checkbox, which a form leaves out when it is not ticked. */
const TICKED = ['control'];

/** A form's fields as a race request: numbers as numbers, and empty fields left to their defaults. */
export function fromForm(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const fields = Object.entries(input as Record<string, unknown>)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => {
      if (TICKED.includes(name)) return [name, value === 'on' ? true : value];
      return [name, NUMERIC_FIELDS.includes(name) ? fromText(value) : value];
    });
  return Object.fromEntries(fields) as Record<string, unknown>;
}

/** What zod found wrong, one entry a problem, with the path as one would write it. */
export function toIssues(error: z.ZodError): Issue[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}
