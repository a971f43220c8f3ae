import { z } from 'zod';
import { FINDING_KINDS } from '@/model/verdict';
import { LANE_MESSAGES } from './check-plan';
import './input-messages';
import type { Issue } from '@/lib/lab-error';
import { ARRIVAL_PROCESSES, BURST_SYNCS, LIMITS, LOAD_MODELS, PLAN_DEFAULTS, TARGETS } from './load-plan';
import { describeMiss, fromText, PLAN_NUMBERS, type PlanNumber } from './numbers';
import { findContradictions } from './rules';

/** Zod schemas of everything that comes from outside. They also make the OpenAPI document. */

export function whole({ min, max }: { min: number; max: number }, unit = ''): z.ZodNumber {
  const error = (issue: { input?: unknown }) =>
    describeMiss({ min, max, unit, fractions: false }, issue.input);
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** A number of a load plan within its range. */
function planNumber(name: PlanNumber): z.ZodNumber {
  const range = PLAN_NUMBERS[name];
  const { min, max, unit } = range;
  if (!range.fractions) return whole({ min, max }, unit);
  const error = (issue: { input?: unknown }) => describeMiss(range, issue.input);
  return z.number({ error }).min(min, { error }).max(max, { error });
}

const skuSchema = z
  .string()
  .max(64)
  .regex(/^[\w.:-]+$/, 'must be letters, digits and . _ : -, at least one')
  .meta({ description: 'The item to buy', example: 'demo' });

/** Think times are drawn up to half as long again as a load plan's mean. */
const LONGEST_THINK = { min: 0, max: LIMITS.thinkMs.max * 1.5 };
/** Whoever waits longer at a door has timed out. */
const LONGEST_DOOR = { min: 0, max: LIMITS.timeoutMs.max };

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
    thinkMs: whole(LONGEST_THINK, 'ms')
      .default(PLAN_DEFAULTS.thinkMs)
      .meta({ description: 'Wait between reading and writing, in strategies that have such a gap' }),
    crowd: z
      .object({ buyers: whole(LIMITS.crowd), waitMs: whole(LONGEST_DOOR, 'ms') })
      .optional()
      .meta({
        description:
          'Waits at the door until so many purchases of the item that say so have come to this server process, or the first of them has waited so long; then all begin together, and the door stays open',
      }),
    trace: z
      .boolean()
      .default(false)
      .meta({ description: 'Also answer the steps taken: index, start and end in µs, three numbers each' }),
  })
  .meta({ id: 'Purchase' });

export type PurchaseBody = z.infer<typeof purchaseBody>;

const stock = planNumber('stock').default(PLAN_DEFAULTS.stock);
const seed = planNumber('seed').meta({
  description: 'Replays the same think times; drawn at random when absent',
});

/** Body of `POST /api/races`. */
export const raceRequest = z
  .strictObject({
    strategies: z
      .array(z.string().max(100))
      .min(LIMITS.lanes.min, LANE_MESSAGES.none)
      .max(LIMITS.lanes.max, LANE_MESSAGES.many)
      .refine((ids) => new Set(ids).size === ids.length, 'must not name a strategy twice'),
    model: z.enum(LOAD_MODELS).default(PLAN_DEFAULTS.model),
    stock,
    attempts: planNumber('attempts')
      .optional()
      .meta({ description: `In each lane; ${PLAN_DEFAULTS.attempts} unless durationS is given instead` }),
    durationS: planNumber('durationS')
      .optional()
      .meta({ description: 'How long each lane’s load goes on, instead of a number of attempts' }),
    quantity: planNumber('quantity').default(PLAN_DEFAULTS.quantity),
    concurrency: planNumber('concurrency').default(PLAN_DEFAULTS.concurrency),
    rate: planNumber('rate')
      .optional()
      .meta({ description: 'Attempts per second; required by the open model, and for it only' }),
    arrivals: z
      .enum(ARRIVAL_PROCESSES)
      .optional()
      .meta({ description: 'Of the open model: as independent buyers come (default), or evenly' }),
    maxWaiting: planNumber('maxWaiting').optional().meta({
      description:
        'Of the open model: purchases that may wait for a free connection; more are dropped, and counted',
    }),
    rampS: planNumber('rampS')
      .optional()
      .meta({ description: 'Time over which buyers arrive (closed) or the rate rises from nothing (open)' }),
    crowd: planNumber('crowd').optional().meta({
      description:
        'Of the closed model and of bursts: buyers at the door when the sale opens, whose first purchases the server lets in together; by default 10 (closed) or all (burst)',
    }),
    pauseMs: planNumber('pauseMs')
      .optional()
      .meta({ description: 'Of the closed model: mean pause of a buyer between two purchases' }),
    sync: z.enum(BURST_SYNCS).optional().meta({
      description: 'Of the burst model: last-byte sends all but the last byte of each request ahead',
    }),
    thinkMs: planNumber('thinkMs').default(PLAN_DEFAULTS.thinkMs),
    timeoutMs: planNumber('timeoutMs').default(PLAN_DEFAULTS.timeoutMs),
    order: z.enum(['sequential', 'parallel']).default(PLAN_DEFAULTS.order),
    processes: planNumber('processes').default(PLAN_DEFAULTS.processes).meta({
      description: 'Server processes that serve the purchases, each with a pool of its own; 1 is this server',
    }),
    target: z.enum(TARGETS).default(PLAN_DEFAULTS.target).meta({
      description: 'http: through the purchase routes; direct: the strategy is called in the server process',
    }),
    seed: seed.optional(),
    control: z.boolean().default(PLAN_DEFAULTS.control).meta({
      description: 'Also race the unsafe twin; a lane that holds where its twin holds is inconclusive',
    }),
  })
  .superRefine((request, context) => {
    for (const { path, message } of findContradictions(request))
      context.addIssue({ code: 'custom', path: [path], message });
  })
  .meta({ id: 'RaceRequest' });

export function numberFromQuery(schema: z.ZodType<number>): z.ZodPreprocess<z.ZodType<number>> {
  return z.preprocess(fromText, schema);
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

// a race may have two controls more than it was asked for lanes
const laneNumber = numberFromQuery(whole({ min: 0, max: LIMITS.lanes.max + 1 }));
const laneIndex = laneNumber.default(0);

/** Query of `GET /api/races/:id/events`. */
export const eventsQuery = z.object({
  lane: laneIndex,
  from: numberFromQuery(whole({ min: 0, max: LIMITS.attempts.max })).default(0),
  limit: numberFromQuery(whole({ min: 1, max: 200 }, 'batches')).default(50),
});

/** What `GET /api/races/:id/evidence` lists: the evidence for a finding, or the loss ledger. */
export const EVIDENCE_KINDS = [...FINDING_KINDS, 'losses'] as const;

/** Query of `GET /api/races/:id/evidence`. */
export const evidenceQuery = z.object({
  lane: laneIndex,
  kind: z.enum(EVIDENCE_KINDS, { error: `must be one of ${EVIDENCE_KINDS.join(', ')}` }),
  offset: numberFromQuery(whole({ min: 0, max: 100_000_000 })).default(0),
  limit: numberFromQuery(whole({ min: 1, max: 200 })).default(20),
});

export type EvidenceQuery = z.infer<typeof evidenceQuery>;

/** Number of an attempt in its lane. */
export const attemptNumber = whole({ min: 0, max: LIMITS.attempts.max - 1 });

/** Address and query of `GET /api/races/:id/attempts/:n`. */
export const attemptQuery = z.object({ lane: laneIndex, n: numberFromQuery(attemptNumber) });

export type AttemptQuery = z.infer<typeof attemptQuery>;

/** Query of the exports of a race's lanes: `GET /api/races/:id/export.ndjson` and `export.edn`. */
export const exportQuery = z.object({
  lane: laneNumber.optional().meta({ description: 'One lane; every judged one when absent' }),
});

const NUMERIC_FIELDS = Object.keys(PLAN_NUMBERS);

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
  const issues = new Map<string, Issue>();
  for (const { path: keys, message } of error.issues) {
    const path = keys.join('.');
    // a number far out of range is found by two rules, which say the same of it
    issues.set(`${path} ${message}`, { path, message });
  }
  return [...issues.values()];
}
