import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { AppAnswer, AppRequest } from '@/app-under-test/send-request';
import type { AppPlan } from './app-plan';

/** The address that stands for an empty database of an embedded PostgreSQL, or for an empty embedded Redis. */
export const EMBEDDED = 'embedded';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const LIMITS = { requests: 3, schedules: 100_000, startS: 600, answerS: 300 };

const text = (description: string) => z.string().min(1, 'must not be empty').meta({ description });
const wholeNumber = (min: number, max: number, description: string) =>
  z
    .number(`must be a whole number from ${min} to ${max}`)
    .int(`must be a whole number from ${min} to ${max}`)
    .min(min, `must be a whole number from ${min} to ${max}`)
    .max(max, `must be a whole number from ${min} to ${max}`)
    .meta({ description });

const pattern = (description: string) =>
  z
    .string()
    .refine((source) => isPattern(source), 'must be a regular expression')
    .meta({ description });

const request = z.strictObject({
  method: z
    .enum(METHODS, `must be one of ${METHODS.join(', ')}`)
    .optional()
    .meta({ description: 'Default: POST with data, else GET' }),
  path: z
    .string()
    .regex(/^\//, 'must begin with /')
    .meta({ description: 'With its query, such as /buy?sku=a' }),
  headers: z.record(z.string(), z.string()).optional(),
  data: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .optional()
    .meta({ description: 'The body: an object is sent as JSON, a text as it is' }),
});

/** A check, as `oversell.check.json` holds it. */
export const checkFileSchema = z
  .strictObject({
    $schema: z.string().optional().meta({ description: 'Where the schema of this file is, for an editor' }),
    name: text('What results call the check').optional(),
    start: text('The line that starts the app, such as node shop.js'),
    cwd: text('The folder of the app, relative to this file').optional(),
    env: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'More variables of its environment' }),
    database: text(
      'The address of its database, or embedded for an empty one that is gone afterwards; default: what the variable databaseEnv holds',
    ).optional(),
    databaseEnv: text('The variable in which it reads that address').optional(),
    databaseCopy: z.boolean().optional().meta({
      description:
        'Explore a copy of the database, which is dropped in the end; default: the database itself',
    }),
    redis: text(
      'The address of its Redis, embedded for an empty one that is gone afterwards, or none; default: what the variable redisEnv holds',
    ).optional(),
    redisEnv: text('The variable in which it reads that address').optional(),
    portEnv: text('The variable in which it reads its port').optional(),
    startTimeoutS: wholeNumber(1, LIMITS.startS, 'How long it may take to start').optional(),
    answerTimeoutS: wholeNumber(1, LIMITS.answerS, 'How long an answer may take').optional(),
    prepare: z
      .strictObject({
        sql: z.union([z.string(), z.array(z.string())]).optional(),
        requests: z.array(request).optional(),
      })
      .optional()
      .meta({ description: 'What is done once before the race. It stays in the database' }),
    before: z.array(request).optional().meta({
      description: 'What each actor sends before the race, such as a login; it keeps its cookies',
    }),
    requests: z
      .array(request)
      .min(1, 'must hold at least one request')
      .max(LIMITS.requests, `must hold at most ${LIMITS.requests} requests`)
      .meta({
        description: 'What arrives at once. {{n}}, {{buyer}} and {{uuid}} differ from actor to actor',
      }),
    copies: wholeNumber(2, LIMITS.requests, 'How often a single request arrives').optional(),
    accepted: z
      .strictObject({
        status: z.array(z.number().int().min(100).max(599)).min(1).optional(),
        body: pattern('A pattern that the body has to match').optional(),
      })
      .optional()
      .meta({ description: 'Which answers mean that a request was served; default: status 2xx' }),
    invariants: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'By name, SQL that has to return no row afterwards' }),
    ignore: z.array(pattern('A pattern of SQL')).optional().meta({
      description: 'Statements that have nothing to do with the requests',
    }),
    maxSchedules: wholeNumber(1, LIMITS.schedules, 'More schedules than this are not begun').optional(),
    preemptions: wholeNumber(
      0,
      100,
      'Most times that a schedule turns from a request that could go on',
    ).optional(),
    reduction: z
      .boolean()
      .optional()
      .meta({ description: 'false: also run schedules that only swap what cannot matter' }),
    maxRows: wholeNumber(1, 100_000_000, 'Rows of the database that may be copied').optional(),
  })
  .meta({ title: 'A check of Oversell' });

/** A check as JSON Schema. */
export function describeCheckFile(): object {
  return z.toJSONSchema(checkFileSchema, { io: 'input' });
}

/** What a check file holds. */
export type CheckFile = z.input<typeof checkFileSchema>;

/** Names the type of a check, so that an editor completes and checks it in `oversell.check.ts`. */
export function defineCheck(check: CheckFile): CheckFile {
  return check;
}

/** What is known of a check apart from its file. */
export interface CheckSurroundings {
  /** Absolute. */
  cwd: string;
  databaseUrl: string;
  /** Default null. */
  redisUrl?: string | null;
  schedule: string | null;
}

const DEFAULTS = { startS: 30, answerS: 30, schedules: 20_000, replays: 10 };

export function toAppPlan(
  file: CheckFile,
  { cwd, databaseUrl, redisUrl = null, schedule }: CheckSurroundings,
): AppPlan {
  const [only] = file.requests;
  const requests =
    file.requests.length === 1 && only ? Array.from({ length: file.copies ?? 2 }, () => only) : file.requests;
  const actors = requests.map((_, i): Actor => ({ n: i + 1, uuid: randomUUID() }));
  const none: Actor = { n: 0, uuid: randomUUID() };
  const { prepare = {}, maxRows } = file;
  return {
    name: file.name ?? file.start,
    ...{ start: file.start, cwd, env: file.env ?? {}, databaseUrl, onCopy: file.databaseCopy ?? false },
    ...{ redisUrl, redisEnv: file.redisEnv ?? 'REDIS_URL' },
    ...{ databaseEnv: file.databaseEnv ?? 'DATABASE_URL', portEnv: file.portEnv ?? 'PORT' },
    prepare: {
      sql: [prepare.sql ?? []].flat(),
      requests: (prepare.requests ?? []).map((one) => toRequest(one, none)),
    },
    before: actors.map((actor) => (file.before ?? []).map((one) => toRequest(one, actor))),
    requests: requests.map((one, i) => toRequest(one, actors[i] ?? none)),
    isAccepted: acceptedBy(file.accepted),
    invariants: Object.entries(file.invariants ?? {}).map(([name, sql]) => ({ name, sql })),
    ignore: (file.ignore ?? []).map((source) => new RegExp(source, 'i')),
    startMs: (file.startTimeoutS ?? DEFAULTS.startS) * 1_000,
    requestMs: (file.answerTimeoutS ?? DEFAULTS.answerS) * 1_000,
    ...{ maxRows, schedule, replays: DEFAULTS.replays },
    ...{ reduction: file.reduction ?? true, maxSchedules: file.maxSchedules ?? DEFAULTS.schedules },
    ...{ preemptions: file.preemptions ?? null, sample: null, maxRetries: 4, seed: 1 },
  };
}

interface Actor {
  n: number;
  uuid: string;
}

function toRequest({ method, path, headers = {}, data }: z.input<typeof request>, actor: Actor): AppRequest {
  const fill = (template: string) =>
    template.replaceAll(/\{\{(n|buyer|uuid)\}\}/g, (_, name: string) =>
      name === 'n' ? String(actor.n) : name === 'buyer' ? `buyer-${actor.n}` : actor.uuid,
    );
  const body = data === undefined ? null : fill(typeof data === 'string' ? data : JSON.stringify(data));
  const own = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), fill(value)]),
  );
  const type = isJson(body ?? '') ? 'application/json' : 'application/x-www-form-urlencoded';
  return {
    method: method ?? (body === null ? 'GET' : 'POST'),
    path: fill(path),
    headers: { ...(body !== null && { 'content-type': type }), ...own },
    body,
  };
}

function acceptedBy({ status: statuses, body: source }: NonNullable<CheckFile['accepted']> = {}) {
  const isMatch = source === undefined ? () => true : (body: string) => new RegExp(source).test(body);
  return ({ status, body }: AppAnswer): boolean =>
    (statuses ? statuses.includes(status) : status >= 200 && status < 300) && isMatch(body);
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}
