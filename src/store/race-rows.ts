import type { Prisma } from '@/generated/prisma/client';
import type {
  LaneDetails,
  LaneSummary,
  Latency,
  RaceOrigin,
  RaceStatus,
  RaceView,
  TrialOf,
} from '@/model/race';
import type { Finding } from '@/model/verdict';
import type { LoadPlan } from '@/plan/load-plan';
import type { DescribedLane } from '@/report/classify-lane';

/** Rows of races and lanes, read back as what the race store wrote. */

/** A race without its lanes. */
export type RaceRecord = Omit<RaceView, 'lanes'>;

export const trialOf = { select: { id: true, kind: true, trials: true } } as const;

/** What lists of races read. */
export const summaryOf = {
  experiment: trialOf,
  lanes: {
    orderBy: { index: 'asc' },
    select: {
      index: true,
      strategy: true,
      expected: true,
      status: true,
      sku: true,
      result: true,
      findings: { orderBy: { id: 'asc' } },
    },
  },
} satisfies Prisma.RaceInclude;

/** What a race's own page reads. */
export const viewOf = {
  experiment: trialOf,
  lanes: { ...summaryOf.lanes, select: { ...summaryOf.lanes.select, details: true } },
} satisfies Prisma.RaceInclude;

type RaceRow = Omit<Prisma.RaceGetPayload<{ include: typeof summaryOf }>, 'lanes'>;
type LaneRow = Prisma.RaceGetPayload<{ include: typeof summaryOf }>['lanes'][number];

/** Columns of type Json are written by `saveRace` alone, so they are read back as what it wrote. */
export function toHead(row: RaceRow): RaceRecord {
  const { poolSize, rampMs, ...plan } = row.plan as unknown as LoadPlan & {
    poolSize: number;
    rampMs: number;
  };
  return {
    id: row.id,
    status: row.status as RaceStatus,
    origin: row.origin as RaceOrigin,
    reason: row.reason,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    plan,
    poolSize,
    rampMs,
    experiment: toTrial(row),
  };
}

export function toTrial(row: {
  trial: number | null;
  experiment: { id: string; kind: string; trials: number } | null;
}): TrialOf | null {
  const { trial, experiment } = row;
  if (!experiment || trial === null) return null;
  const { id, kind, trials } = experiment;
  return { id, trial, trials: kind === 'trials' ? trials : null };
}

/** What lanes of the first versions lack. */
const NOT_RECORDED = {
  time: null,
  condition: null,
  role: 'contestant',
  liveness: null,
  control: null,
  recovered: 0,
  oversoldRange: null,
  lostUpdatesRange: null,
  correctedMs: null,
  sends: null,
  bottleneck: null,
} satisfies Partial<LaneSummary>;
const NO_CERTIFICATE = {
  knownWindows: 0,
  waited: 0,
  metWrites: 0,
  raced: 0,
  lockWaits: null,
} satisfies Partial<LaneSummary['overlap']>;
export const NO_DETAILS = {
  checks: null,
  ledger: null,
  finalRows: null,
  histograms: null,
} satisfies Partial<LaneDetails>;

/** The columns that the words for a lane depend on: a small part of what is stored. */
export const DESCRIBED = [
  'strategyName',
  'role',
  'expected',
  'condition',
  'status',
  'counts',
  'stock',
  'orders',
  'oversold',
  'lostUpdates',
  'verdict',
  'liveness',
  'overlap',
  'control',
  'sends',
] as const satisfies (keyof LaneSummary)[];

/** The stored values of a lane under these names, with its first finding. */
export function toDescribedLane(
  stored: Pick<LaneSummary, (typeof DESCRIBED)[number]>,
  first: Pick<Finding, 'kind' | 'count' | 'isAtLeast'> | null,
): DescribedLane {
  const findings = first ? [{ ...first, message: '', evidence: [], pieces: 0 }] : [];
  const overlap = { ...NO_CERTIFICATE, ...stored.overlap };
  return { ...NOT_RECORDED, ...stored, overlap, verdict: { ...stored.verdict, findings } };
}

export function toLaneSummary(row: LaneRow): LaneSummary {
  const stored = row.result as unknown as Omit<LaneSummary, 'latencyMs'> & {
    latencyMs: Omit<Latency, 'p9999'> & Partial<Latency>;
  };
  const overlap = { ...NO_CERTIFICATE, ...stored.overlap };
  const result = { ...NOT_RECORDED, ...stored, overlap };
  const findings = row.findings.map(
    ({ kind, count, isAtLeast, message, evidence, pieces }) =>
      ({ kind, count, ...(isAtLeast && { isAtLeast }), message, evidence, pieces }) as unknown as Finding,
  );
  // lanes of the first versions lack it; the maximum is where it lies for up to 10,000 attempts
  const latencyMs = { ...result.latencyMs, p9999: result.latencyMs.p9999 ?? result.latencyMs.max };
  return { ...result, latencyMs, verdict: { ...result.verdict, findings } };
}
