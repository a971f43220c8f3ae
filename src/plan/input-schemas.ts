import { z } from 'zod';
import { VERDICTS } from '@/model/race';
import { FINDING_KINDS } from '@/model/verdict';
import type { Issue } from '@/lib/lab-error';
import { PLAN_FIELDS } from './fields';
import { numberIn, wholeNumber } from './input-messages';
import { fromText } from './numbers';

/** Zod schemas of all input from outside, except the plans of jobs. They also make the OpenAPI document. */

/** The `User-Agent` of the command line, by which a server tells its requests from others. */
export const COMMAND_LINE_AGENT = 'oversell-command-line';

const { strategies: lanes, stock, attempts, quantity, crowd, thinkMs, timeoutMs } = PLAN_FIELDS;

const skuSchema = z
  .string()
  .max(64)
  .regex(/^[\w.:-]+$/, 'must be letters, digits and . _ : -, at least one')
  .meta({ description: 'The item to buy', example: 'demo' });

/** Think times are drawn up to half as long again as a load plan's mean. */
const drawnThink = { ...thinkMs, max: thinkMs.max * 1.5 };
/** A purchase that waits longer at a door has timed out. */
const doorWait = { ...timeoutMs, min: 0 };

/** Body of every purchase route; an empty one buys one unit of `demo`. */
export const purchaseBody = z
  .object({
    sku: skuSchema.default('demo'),
    quantity: numberIn(quantity).default(quantity.default),
    attemptId: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[\x21-\x7e]+$/, 'may hold printable ASCII without spaces only')
      .optional()
      .meta({ description: 'Names the attempt in the orders table; made up when absent' }),
    thinkMs: numberIn(drawnThink)
      .default(thinkMs.default)
      .meta({ description: 'Wait between reading and writing, in strategies that have such a gap' }),
    crowd: z
      .object({ buyers: numberIn(crowd), waitMs: numberIn(doorWait) })
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

export function numberFromQuery(schema: z.ZodType<number>): z.ZodPreprocess<z.ZodType<number>> {
  return z.preprocess(fromText, schema);
}

/** Query of every list of jobs: its length, and the `nextCursor` of the page before. */
export const pageQuery = z.object({
  limit: numberFromQuery(wholeNumber(1, 100)).default(20),
  cursor: z.string().max(200, 'must have at most 200 characters').optional(),
});

/** Query of `GET /api/create-inventory-key`. */
export const inventoryQuery = z.object({
  sku: skuSchema.default('demo'),
  // an item is prepared for every strategy at once, unit rows included
  stock: numberFromQuery(wholeNumber(0, 100_000)).default(stock.default),
});

/** Query of `GET /api/api-test`; fewer attempts than a race may have, because the caller waits for the response. */
export const apiTestQuery = z.object({
  strategy: z.string().max(100).default('read-then-write'),
  attempts: numberFromQuery(wholeNumber(1, 10_000)).default(100),
  stock: numberFromQuery(numberIn(stock)).default(50),
  fail: z
    .enum(VERDICTS, { error: `must be one of ${VERDICTS.join(', ')}` })
    .optional()
    .meta({
      description: 'Answer 417 when the race comes to this verdict, so that curl -f notices',
    }),
});

// a race may have two controls beyond the requested lanes
const laneNumber = numberFromQuery(wholeNumber(0, lanes.max + 1));
const laneIndex = laneNumber.default(0);

/** Query of `GET /api/races/:id/events`. */
export const eventsQuery = z.object({
  lane: laneIndex,
  from: numberFromQuery(wholeNumber(0, attempts.max)).default(0),
  limit: numberFromQuery(numberIn({ min: 1, max: 200, unit: 'batches', fractions: false })).default(50),
});

/** What `GET /api/races/:id/evidence` lists: the evidence for a finding, or the loss ledger. */
export const EVIDENCE_KINDS = [...FINDING_KINDS, 'losses'] as const;

/** Query of `GET /api/races/:id/evidence`. */
export const evidenceQuery = z.object({
  lane: laneIndex,
  kind: z.enum(EVIDENCE_KINDS, { error: `must be one of ${EVIDENCE_KINDS.join(', ')}` }),
  offset: numberFromQuery(wholeNumber(0, 100_000_000)).default(0),
  limit: numberFromQuery(wholeNumber(1, 200)).default(20),
});

export type EvidenceQuery = z.infer<typeof evidenceQuery>;

/** Number of an attempt in its lane. */
export const attemptNumber = wholeNumber(0, attempts.max - 1);

/** Address and query of `GET /api/races/:id/attempts/:n`. */
export const attemptQuery = z.object({ lane: laneIndex, n: numberFromQuery(attemptNumber) });

export type AttemptQuery = z.infer<typeof attemptQuery>;

/** Query of the exports of a race's lanes: `GET /api/races/:id/export.ndjson` and `export.edn`. */
export const exportQuery = z.object({
  lane: laneNumber.optional().meta({ description: 'One lane; every judged one when absent' }),
});

/** The problems that zod found, one entry each, with a readable path. */
export function toIssues(error: z.ZodError): Issue[] {
  const issues = new Map<string, Issue>();
  for (const { path: keys, message } of error.issues) {
    const path = keys.join('.');
    // two rules report a number far out of range, with the same message
    issues.set(`${path} ${message}`, { path, message });
  }
  return [...issues.values()];
}
