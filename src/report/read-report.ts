import { z } from 'zod';
import { LANE_STATUSES } from '@/model/lane-status';
import { COUNT_KEYS, OUTCOMES } from '@/model/outcome';
import { RACE_STATUSES, TIME_PARTS, VERDICTS } from '@/model/race';
import type { RaceView } from '@/model/race';
import { STEP_KINDS } from '@/model/step-kind';
import { FINDING_KINDS } from '@/model/verdict';
import { raceRequest } from '@/plan/schema';
import { ASSERTION_RESULTS, REPORT_VERSION } from './race-report';
import type { RaceReport } from './race-report';
import type { TrialsReport } from './trials-report';

/** Saved text that is no report, and what was expected; as a sentence for a person. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}

/** Marks the report within an HTML report. */
export const EMBEDDED_ID = 'oversell-report';

/** More than any page draws: a file may claim anything. */
const MOST = 1_000;
const number = z.number();
const known = number.nullable();
const text = z.string().max(100_000);
const list = <T extends z.ZodType>(item: T) => z.array(item).max(MOST);
const numbers = list(number);
const gaps = list(known);
const record = <K extends string, T extends z.ZodType>(keys: readonly K[], value: T) =>
  z.looseObject(Object.fromEntries(keys.map((key) => [key, value])) as Record<K, T>);

const range = record(['low', 'high'], number).nullable();
const latency = record(['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'p9999', 'max'], number);
const evidence = z.looseObject({
  attemptId: text.optional(),
  otherAttemptId: text.optional(),
  orderId: text.optional(),
  units: number.optional(),
  note: text,
});
const finding = z.looseObject({
  kind: z.enum(FINDING_KINDS),
  ...{ count: number, isAtLeast: z.boolean().optional(), message: text },
  ...{ evidence: list(evidence), pieces: number },
});
const check = z.looseObject({
  ...{ id: text, no: number, title: text, why: text.optional() },
  status: z.enum(['held', 'broken', 'not-applicable', 'undecided']),
});
const worst = z.looseObject({ latencyUs: number, timesMedian: number, retries: number });
const liveness = z.looseObject({
  ...record(['undersold', 'turnedAway', 'failedInStock', 'demand', 'falseSoldOut', 'conflicts'], number)
    .shape,
  retriesPerSale: known,
  worstAttempt: worst.nullable(),
});
const ledger = z.looseObject({
  ...record(['units', 'attributed', 'unattributed', 'created', 'leaked', 'pieces'], number).shape,
  entries: list(evidence),
});
const series = z
  .looseObject({
    bucketMs: number.positive(),
    length: number.int().min(0).max(MOST),
    ...{ ...record(COUNT_KEYS, numbers).shape, p50: gaps, p95: gaps, p99: gaps, stock: gaps, sold: numbers },
  })
  .refine(
    ({ length, stock, sold, p50 }) => [stock, sold, p50].every((column) => column.length === length),
    'has columns of another length',
  );
const sends = z.looseObject({ late: number, dropped: number, lagMs: latency });
const bottleneck = z.looseObject({ limitedBy: text.nullable() });

const lane = z.looseObject({
  index: number.int(),
  ...{ strategy: text, strategyName: text, sku: text, condition: text.nullable() },
  expected: z.enum(['unsafe', 'conditional', 'safe']),
  status: z.enum(LANE_STATUSES),
  role: z.enum(['contestant', 'control']),
  counts: record(['attempts', ...COUNT_KEYS], number),
  stock: z.looseObject({ initial: number, final: known }),
  orders: record(['count', 'quantity'], number),
  verdict: z.looseObject({ status: z.enum(VERDICTS), reason: text, findings: list(finding) }),
  control: z.looseObject({ strategy: text, broke: z.boolean() }).nullable(),
  ...record(['oversold', 'lostUpdates', 'recovered', 'durationMs', 'retries'], number).shape,
  ...{ oversoldRange: range, lostUpdatesRange: range, arrivalSpreadMs: known },
  overlap: z.looseObject({
    ...record(['peakInFlight', 'overlappingWindows', 'knownWindows', 'waited', 'metWrites', 'raced'], number)
      .shape,
    lockWaits: known,
  }),
  ...{ latencyMs: latency, correctedMs: latency.nullable(), sends: sends.nullable() },
  bottleneck: bottleneck.nullable(),
  throughput: record(['attemptsPerS', 'acceptedPerS'], number),
  time: z
    .looseObject({
      meanMs: record(TIME_PARTS, number),
      sampled: record(['active', 'waitingForLock'], number).nullable(),
    })
    .nullable(),
  honesty: record(['generated', 'recorded', 'stored'], number),
  series,
  distribution: record(['edgesMs', 'counts'], numbers),
  ...{ checks: list(check).nullable(), liveness: liveness.nullable(), ledger: ledger.nullable() },
});

const race = z.looseObject({
  id: text,
  status: z.enum(RACE_STATUSES),
  reason: text.nullable(),
  ...{ createdAt: z.iso.datetime(), startedAt: z.iso.datetime().nullable() },
  plan: z.looseObject({
    ...{ strategies: list(text), seed: number, stock: number, attempts: number, concurrency: number },
    ...{ thinkMs: number, quantity: number, processes: number, control: z.boolean() },
    ...{ model: raceRequest.shape.model, order: raceRequest.shape.order, target: raceRequest.shape.target },
  }),
  ...{ poolSize: number, rampMs: number },
  lanes: z.array(lane).min(1).max(100),
});

const attempt = z.looseObject({
  ...{ attemptId: text, outcome: z.enum(OUTCOMES), orderId: text.nullable() },
  ...record(['n', 'seq', 'status', 'callUs', 'returnUs', 'retries'], number).shape,
  ...{ seenStock: known, seenVersion: known, remaining: known },
  steps: list(
    z.looseObject({ name: text, kind: z.enum(STEP_KINDS).nullable(), fromUs: number, toUs: number }),
  ),
  code: z.record(z.string(), list(text)),
  orders: list(z.looseObject({ orderId: text, attemptId: text, quantity: number, createdAt: text })),
});

const collision = z.looseObject({
  ...{ lane: number.int(), kind: z.enum([...FINDING_KINDS, 'losses']), piece: number.int() },
  evidence,
  attempts: z.array(attempt).min(1).max(2),
});

const assertion = z.looseObject({
  ...{ lane: number, text, why: text, result: z.enum(ASSERTION_RESULTS) },
  kind: z.enum(['expectation', 'invariant', 'threshold']),
});

const report = z.looseObject({
  ...{ writtenBy: text, race, hasPlan: z.literal(false).optional(), assertions: list(assertion) },
  collision: collision.nullish(),
});

const share = number.min(0).max(1);
const rate = z.looseObject({
  ...{ violated: number, judged: number, done: number, rate: share.nullable() },
  interval: record(['low', 'high'], share),
  bound: z.looseObject({ side: z.enum(['high', 'low']), rate: share }).nullable(),
});
const strategyTrials = z.looseObject({
  ...{ lane: number.int(), strategy: text, strategyName: text, statement: text, rate },
  ...{ done: number, ok: number, violated: number, inconclusive: number },
  expected: lane.shape.expected,
  role: lane.shape.role,
});
const trialsReport = z.looseObject({
  ...{ writtenBy: text, assertions: list(assertion) },
  experiment: z.looseObject({
    ...{ id: text, status: text, reason: text.nullable(), done: number, planned: number },
    plan: race.shape.plan,
    strategies: list(strategyTrials),
  }),
});

/** A report as JSON Schema: what this program reads, which is all that it relies on of what it writes. */
export function describeReport(): object {
  const version = z.literal(REPORT_VERSION);
  const written = [
    report.extend({ format: z.literal('oversell-report'), version }),
    trialsReport.extend({ format: z.literal('oversell-trials-report'), version }),
  ] as const;
  const schema = z.union(written).meta({ title: 'A report of Oversell, of a race or of trials' });
  return z.toJSONSchema(schema, { reused: 'ref' });
}

/** What saved text holds: the report of a race, or of trials. */
export type SavedReport = { kind: 'race'; report: RaceReport } | { kind: 'trials'; report: TrialsReport };

/**
 * Reads a report that was saved as JSON, or the race that `export.json` is.
 *
 * @throws ReportError with what is wrong and where
 */
export function readSavedReport(saved: string): SavedReport {
  const value = parse(saved);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ReportError(EXPECTED);
  const { format, version } = value as { format?: unknown; version?: unknown };
  const isTrials = format === 'oversell-trials-report';
  if (isTrials || format === 'oversell-report') {
    if (version !== REPORT_VERSION)
      throw new ReportError(
        `The report is of version ${JSON.stringify(version)}. This program reads version ${REPORT_VERSION}.`,
      );
    if (isTrials) return { kind: 'trials', report: checkBy(trialsReport, value) as unknown as TrialsReport };
    return { kind: 'race', report: renumber(checkBy(report, value)) as unknown as RaceReport };
  }
  if (!('lanes' in value && 'plan' in value)) throw new ReportError(EXPECTED);
  const view = renumber({ race: checkBy(race, value) }).race as unknown as RaceView;
  const head = { format: 'oversell-report', version: REPORT_VERSION, writtenBy: 'oversell' } as const;
  return { kind: 'race', report: { ...head, race: view, assertions: [], collision: null } };
}

/**
 * The same for what shows one race.
 *
 * @throws ReportError
 */
export function readReportText(saved: string): RaceReport {
  return onlyRace(readSavedReport(saved));
}

/** @throws ReportError for a report of trials */
export function onlyRace(saved: SavedReport): RaceReport {
  if (saved.kind === 'race') return saved.report;
  throw new ReportError('It is a report of trials: expected one of a single race.');
}

const EXPECTED = 'Line 1: expected a report of oversell, or a race as its page exports it.';

function checkBy<T extends z.ZodType>(schema: T, value: object): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ReportError(`The report is damaged: ${issue?.path.join('.')} ${issue?.message}.`);
}

/** Lanes are found by their place. */
function renumber<T extends { race: { lanes: { index: number }[] } }>(value: T): T {
  for (const [i, one] of value.race.lanes.entries()) one.index = i;
  return value;
}

function parse(saved: string): unknown {
  try {
    return JSON.parse(saved);
  } catch (error) {
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const line = saved.slice(0, at === undefined ? saved.length : Number(at)).split('\n').length;
    throw new ReportError(
      `Line ${line}: is not JSON, or is cut off. Expected a report of oversell, or a race as its page exports it.`,
    );
  }
}
