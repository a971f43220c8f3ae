import type { Prisma, PrismaClient } from '~/generated/prisma/client';
import type { Finding } from '../audit/verdict';
import type { LoadPlan } from '../load-plan';
import { toMeasuredPrice } from '../strategy-page';
import type { MeasuredPrice } from '../strategy-page';
import type { LaneSummary, LaneView, RaceOrigin, RaceStatus, RaceSummary, RaceView } from '../race';

/** What a race is apart from its lanes. */
export type RaceHead = Omit<RaceView, 'lanes' | 'url'>;

export interface RaceStore {
  /** Writes a race and its lanes as they are now. Writing the same again changes nothing. */
  save: (race: RaceHead, owner: number, lanes: LaneView[]) => Promise<void>;
  get: (id: string) => Promise<RaceView | null>;
  status: (id: string) => Promise<{ status: RaceStatus; reason: string | null; lanes: number } | null>;
  list: (page: { limit: number; before?: Cursor }) => Promise<RaceSummary[]>;
  /** Median cost of a strategy over its latest finished lanes; null when there are none. */
  measure: (strategy: string) => Promise<MeasuredPrice | null>;
  /** Forgets a race with its lanes, findings, event log, items and orders. */
  delete: (id: string) => Promise<void>;
  /** Marks the unfinished races of instances that no longer live; answers their ids. */
  interruptOrphans: (lockClass: number, reason: string) => Promise<string[]>;
}

/** A place in the list of races, newest first. */
export interface Cursor {
  createdAt: Date;
  id: string;
}

/** Lanes that a strategy's measured price is the median of. */
const MEASURED_LANES = 20;

const summaryOf = {
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

const viewOf = {
  lanes: { ...summaryOf.lanes, select: { ...summaryOf.lanes.select, charts: true } },
} satisfies Prisma.RaceInclude;

type RaceRow = Omit<Prisma.RaceGetPayload<{ include: typeof summaryOf }>, 'lanes'>;
type LaneRow = Prisma.RaceGetPayload<{ include: typeof summaryOf }>['lanes'][number];

/** The lab's bookkeeping of races. `db` is the bookkeeping client, never the one under test. */
export function createRaceStore(db: PrismaClient): RaceStore {
  return {
    save: (race, owner, lanes) => saveRace(db, race, owner, lanes),
    get: async (id) => {
      const row = await db.race.findFirst({ where: { id }, include: viewOf });
      if (!row) return null;
      const lanes = row.lanes.map((lane) => ({
        ...toLaneSummary(lane),
        ...(lane.charts as unknown as Pick<LaneView, 'series' | 'distribution'>),
      }));
      return { ...toHead(row), lanes };
    },
    status: async (id) => {
      const row = await db.race.findFirst({
        where: { id },
        select: { status: true, reason: true, _count: { select: { lanes: true } } },
      });
      return row && { status: row.status as RaceStatus, reason: row.reason, lanes: row._count.lanes };
    },
    list: async ({ limit, before }) => {
      const rows = await db.race.findMany({
        where: before && {
          OR: [
            { createdAt: { lt: before.createdAt } },
            { createdAt: before.createdAt, id: { lt: before.id } },
          ],
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: limit,
        include: summaryOf,
      });
      return rows.map((row) => ({ ...toHead(row), lanes: row.lanes.map(toLaneSummary) }));
    },
    measure: async (strategy) => {
      const rows = await db.lane.findMany({
        where: { strategy, status: 'finished' },
        orderBy: { race: { createdAt: 'desc' } },
        take: MEASURED_LANES,
        select: { result: true },
      });
      return toMeasuredPrice(rows.map(({ result }) => result as unknown as LaneSummary));
    },
    delete: async (id) => {
      const lanes = await db.lane.findMany({ where: { raceId: id }, select: { sku: true } });
      const sku = { in: lanes.map((lane) => lane.sku) };
      await db.$transaction([
        db.order.deleteMany({ where: { sku } }),
        db.item.deleteMany({ where: { sku } }),
        db.race.deleteMany({ where: { id } }),
      ]);
    },
    interruptOrphans: (lockClass, reason) => interruptOrphans(db, lockClass, reason),
  };
}

async function saveRace(db: PrismaClient, race: RaceHead, owner: number, lanes: LaneView[]): Promise<void> {
  const head = {
    status: race.status,
    origin: race.origin,
    reason: race.reason,
    plan: { ...race.plan, poolSize: race.poolSize, rampMs: race.rampMs } satisfies Prisma.InputJsonObject,
    createdAt: race.createdAt,
    startedAt: race.startedAt,
    finishedAt: race.finishedAt,
    owner,
  };
  const upsertRace = db.race.upsert({
    where: { id: race.id },
    create: { id: race.id, ...head },
    update: head,
  });
  const saveLanes = lanes.flatMap((lane) => saveLane(db, race.id, lane));
  await db.$transaction([upsertRace, ...saveLanes]);
}

function saveLane(db: PrismaClient, raceId: string, lane: LaneView): Prisma.PrismaPromise<unknown>[] {
  const { series, distribution, verdict, ...rest } = lane;
  const row = {
    strategy: lane.strategy,
    expected: lane.expected,
    status: lane.status,
    sku: lane.sku,
    verdict: lane.status === 'finished' || lane.status === 'cancelled' ? verdict.status : null,
    oversold: lane.oversold,
    lostUpdates: lane.lostUpdates,
    result: {
      ...rest,
      verdict: { status: verdict.status, reason: verdict.reason },
    } as unknown as Prisma.InputJsonObject,
    charts: { series, distribution } as unknown as Prisma.InputJsonObject,
  };
  const place = { raceId, index: lane.index };
  const findings = verdict.findings.map(({ kind, count, message, evidence }) => ({
    raceId,
    laneIndex: lane.index,
    kind,
    count,
    message,
    evidence: evidence as unknown as Prisma.InputJsonArray,
  }));
  return [
    db.lane.upsert({ where: { raceId_index: place }, create: { ...place, ...row }, update: row }),
    db.finding.deleteMany({ where: { raceId, laneIndex: lane.index } }),
    db.finding.createMany({ data: findings }),
  ];
}

/** An instance holds an advisory lock (`lockClass`, its key) while it lives: who holds none has died. */
async function interruptOrphans(db: PrismaClient, lockClass: number, reason: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    update races set status = 'interrupted', reason = ${reason}, finished_at = now()
    where status in ('queued', 'preparing', 'running', 'stopping')
      and owner not in (
        select objid::bigint::int from pg_locks
        where locktype = 'advisory' and classid = ${lockClass}::int::oid and granted
          and database = (select oid from pg_database where datname = current_database())
      )
    returning id`;
  return rows.map((row) => row.id);
}

/** Columns of type Json are written by `saveRace` alone, so they are read back as what it wrote. */
function toHead(row: RaceRow): RaceHead & { url: string } {
  const { poolSize, rampMs, ...plan } = row.plan as unknown as LoadPlan & {
    poolSize: number;
    rampMs: number;
  };
  return {
    id: row.id,
    url: `/races/${row.id}`,
    status: row.status as RaceStatus,
    origin: row.origin as RaceOrigin,
    reason: row.reason,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    plan,
    poolSize,
    rampMs,
  };
}

/** What lanes of the first versions lack. */
const NOT_RECORDED = { time: null, role: 'contestant', control: null } satisfies Partial<LaneSummary>;

function toLaneSummary(row: LaneRow): LaneSummary {
  const result = { ...NOT_RECORDED, ...(row.result as object) } as LaneSummary;
  const findings = row.findings.map(
    ({ kind, count, message, evidence }) => ({ kind, count, message, evidence }) as unknown as Finding,
  );
  return { ...result, verdict: { ...result.verdict, findings } };
}
