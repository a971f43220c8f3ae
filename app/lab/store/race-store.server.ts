import { Prisma } from '~/generated/prisma/client';
import type { PrismaClient } from '~/generated/prisma/client';
import { toMeasuredPrice } from '../strategy-page';
import type { MeasuredPrice } from '../strategy-page';
import { splitLane } from '../race';
import type { LaneDetails, LaneSummary, LaneView, RaceState, RaceStatus, RaceView } from '../race';
import { listRaces } from './list-races.server';
import type { StoredPage, WantedPage } from './list-races.server';
import { livingOwners } from './living-owners.server';
import { NO_DETAILS, toHead, toLaneSummary, toTrial, trialOf, viewOf } from './race-rows.server';
import type { RaceHead } from './race-rows.server';

export interface RaceStore {
  /** Writes a race and its lanes as they are now. Writing the same again changes nothing. */
  save: (race: RaceHead, owner: number, lanes: LaneView[]) => Promise<void>;
  get: (id: string) => Promise<RaceView | null>;
  status: (id: string) => Promise<RaceState | null>;
  /** A page of the races that a filter lets through, newest first. */
  list: (page: WantedPage) => Promise<StoredPage>;
  /** Median cost of a strategy over its latest finished lanes; null when there are none. */
  measure: (strategy: string) => Promise<MeasuredPrice | null>;
  /** Forgets a race with its lanes, findings, event log, items and orders. */
  delete: (id: string) => Promise<void>;
  /** Marks the unfinished races of instances that no longer live; answers their ids. */
  interruptOrphans: (lockClass: number, reason: string) => Promise<string[]>;
}

/** Lanes that a strategy's measured price is the median of. */
const MEASURED_LANES = 20;

/**
 * Plans that let a strategy set its own pace. In the open model that is the plan's rate, in a burst the slowest of each
 * release, beside a parallel lane half of it is the other's, and other targets than one server cost something else.
 */
const PRICED = [
  { path: ['model'], equals: 'closed' },
  { path: ['order'], equals: 'sequential' },
  { path: ['target'], equals: 'http' },
  { path: ['processes'], equals: 1 },
];
/** Of those the ones whose buyers do not pause: the field is missing, or says so. */
const UNPAUSED = [
  { path: ['pauseMs'], equals: Prisma.DbNull },
  { path: ['pauseMs'], equals: 0 },
];

/** The lab's bookkeeping of races. `db` is the bookkeeping client, never the one under test. */
export function createRaceStore(db: PrismaClient): RaceStore {
  return {
    save: (race, owner, lanes) => saveRace(db, race, owner, lanes),
    get: async (id) => {
      const row = await db.race.findFirst({ where: { id }, include: viewOf });
      if (!row) return null;
      const lanes = row.lanes.map((lane) => ({
        ...toLaneSummary(lane),
        ...NO_DETAILS,
        ...(lane.details as unknown as Pick<LaneDetails, 'series' | 'distribution'>),
      }));
      return { ...toHead(row), lanes };
    },
    status: async (id) => {
      const row = await db.race.findFirst({
        where: { id },
        select: {
          status: true,
          reason: true,
          trial: true,
          experiment: trialOf,
          _count: { select: { lanes: true } },
        },
      });
      return (
        row && {
          status: row.status as RaceStatus,
          reason: row.reason,
          lanes: row._count.lanes,
          experiment: toTrial(row),
        }
      );
    },
    list: (page) => listRaces(db, page),
    measure: async (strategy) => {
      const rows = await db.lane.findMany({
        where: {
          strategy,
          status: 'finished',
          race: { AND: [...PRICED.map((plan) => ({ plan })), { OR: UNPAUSED.map((plan) => ({ plan })) }] },
        },
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
    create: { id: race.id, ...head, experimentId: race.experiment?.id, trial: race.experiment?.trial },
    update: head,
  });
  const saveLanes = lanes.flatMap((lane) => saveLane(db, race.id, lane));
  await db.$transaction([upsertRace, ...saveLanes]);
}

function saveLane(db: PrismaClient, raceId: string, lane: LaneView): Prisma.PrismaPromise<unknown>[] {
  const { summary, details } = splitLane(lane);
  const { verdict } = lane;
  const row = {
    strategy: lane.strategy,
    expected: lane.expected,
    status: lane.status,
    sku: lane.sku,
    verdict: lane.status === 'finished' || lane.status === 'cancelled' ? verdict.status : null,
    oversold: lane.oversold,
    lostUpdates: lane.lostUpdates,
    result: {
      ...summary,
      verdict: { status: verdict.status, reason: verdict.reason },
    } as unknown as Prisma.InputJsonObject,
    details: details as unknown as Prisma.InputJsonObject,
  };
  const place = { raceId, index: lane.index };
  const findings = verdict.findings.map(({ kind, count, message, evidence, pieces }) => ({
    raceId,
    laneIndex: lane.index,
    kind,
    count,
    message,
    pieces,
    evidence: evidence as unknown as Prisma.InputJsonArray,
  }));
  const savedLane = db.lane.upsert({
    where: { raceId_index: place },
    create: { ...place, ...row },
    update: row,
  });
  // most lanes of a race have none, at its start all; once made, findings never go away
  if (findings.length === 0) return [savedLane];
  return [
    savedLane,
    db.finding.deleteMany({ where: { raceId, laneIndex: lane.index } }),
    db.finding.createMany({ data: findings }),
  ];
}

async function interruptOrphans(db: PrismaClient, lockClass: number, reason: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    update races set status = 'interrupted', reason = ${reason}, finished_at = now()
    where status in ('queued', 'preparing', 'running', 'stopping')
      and owner not in (${livingOwners(lockClass)})
    returning id`;
  return rows.map((row) => row.id);
}
