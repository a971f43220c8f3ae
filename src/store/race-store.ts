import { Prisma } from '@/generated/prisma/client';
import type { PrismaClient } from '@/generated/prisma/client';
import { ACTIVE_STATUSES } from '@/model/job';
import { splitLane } from '@/model/race';
import type { LaneDetails, LaneSummary, LaneView, RaceState, RaceStatus, RaceView } from '@/model/race';
import { toMeasuredPrice } from '@/model/strategy-page';
import type { MeasuredPrice } from '@/model/strategy-page';
import { listRaces } from './list-races';
import type { StoredPage, WantedRows } from './list-races';
import { NO_DETAILS, toHead, toLaneSummary, toTrial, trialOf, viewOf } from './race-rows';
import type { RaceRecord } from './race-rows';

export interface RaceStore {
  /** Writes the current state of a race and its lanes. Writing the same again changes nothing. */
  save: (race: RaceRecord, owner: number, lanes: LaneView[]) => Promise<void>;
  get: (id: string) => Promise<RaceView | null>;
  status: (id: string) => Promise<RaceState | null>;
  /** A page of the races that match a filter, newest first. */
  list: (page: WantedRows) => Promise<StoredPage>;
  /** Median cost of a strategy over its latest finished lanes; null when there are none. */
  measure: (strategy: string) => Promise<MeasuredPrice | null>;
  /** Deletes a race with its lanes, findings, event log, items and orders. */
  delete: (id: string) => Promise<void>;
  /** Ids of the unfinished races of these server instances. */
  findUnfinished: (owners: readonly number[]) => Promise<string[]>;
  /** Lanes of finished races whose counts differ from their event log: lane numbers by race. */
  findMiscounted: () => Promise<Map<string, number[]>>;
}

/** Lanes that a strategy's measured price is the median of. */
const MEASURED_LANES = 20;

/**
 * Plans that let a strategy set its own pace. In the open model the plan's rate sets it, in a burst the slowest of each
 * release, beside a parallel lane half of the pace is the other's, and targets other than one server have other costs.
 */
const PRICED = [
  { path: ['model'], equals: 'closed' },
  { path: ['order'], equals: 'sequential' },
  { path: ['target'], equals: 'http' },
  { path: ['processes'], equals: 1 },
];
/** Of those, the plans whose buyers do not pause: the field is missing, or says so. */
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
    findUnfinished: async (owners) => {
      const unfinished = { status: { in: [...ACTIVE_STATUSES] }, owner: { in: [...owners] } };
      const rows = await db.race.findMany({ where: unfinished, select: { id: true } });
      return rows.map(({ id }) => id);
    },
    findMiscounted: async () => {
      const rows = await db.$queryRaw<{ id: string; lanes: number[] }[]>`
        select races.id, array_agg(lanes.index order by lanes.index) as lanes
        from races join lanes on lanes.race_id = races.id
        left join (
          select race_id, lane_index, sum(count) as attempts from event_batches group by race_id, lane_index
        ) as log on log.race_id = lanes.race_id and log.lane_index = lanes.index
        where races.status in ('finished', 'aborted', 'failed', 'interrupted')
          and (lanes.result->'counts'->>'attempts')::int <> coalesce(log.attempts, 0)
        group by races.id`;
      return new Map(rows.map(({ id, lanes }) => [id, lanes]));
    },
  };
}

/**
 * One statement, the same for every race: it writes all of it or nothing, can be repeated without a difference, and has
 * one plan for Prisma and for PostgreSQL. Findings are rewritten.
 */
async function saveRace(db: PrismaClient, race: RaceRecord, owner: number, lanes: LaneView[]): Promise<void> {
  const { id, status, origin, reason, experiment } = race;
  const plan = JSON.stringify({ ...race.plan, poolSize: race.poolSize, rampMs: race.rampMs });
  await db.$executeRaw`
    with race as (
      insert into races (
        id, status, origin, reason, plan, created_at, started_at, finished_at, owner, experiment_id, trial
      ) values (
        ${id}, ${status}, ${origin}, ${reason}, ${plan}::jsonb, ${race.createdAt}::timestamptz,
        ${race.startedAt}::timestamptz, ${race.finishedAt}::timestamptz, ${owner}::int, ${experiment?.id ?? null},
        ${experiment?.trial ?? null}::int
      )
      on conflict (id) do update set
        status = excluded.status, origin = excluded.origin, reason = excluded.reason, plan = excluded.plan,
        created_at = excluded.created_at, started_at = excluded.started_at, finished_at = excluded.finished_at,
        owner = excluded.owner
    ), given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(lanes.map(toRow))}::jsonb) as lane (
        index int, strategy text, expected text, status text, sku text, verdict text, oversold int,
        "lostUpdates" int, result jsonb, details jsonb, findings jsonb
      )
    ), lane as (
      insert into lanes (
        race_id, index, strategy, expected, status, sku, verdict, oversold, lost_updates, result, details
      )
      select ${id}, index, strategy, expected, status, sku, verdict, oversold, "lostUpdates", result, details
      from given
      on conflict (race_id, index) do update set
        strategy = excluded.strategy, expected = excluded.expected, status = excluded.status, sku = excluded.sku,
        verdict = excluded.verdict, oversold = excluded.oversold, lost_updates = excluded.lost_updates,
        result = excluded.result, details = excluded.details
    ), outdated as (
      delete from findings where race_id = ${id} and lane_index in (select index from given)
    )
    insert into findings (race_id, lane_index, kind, count, is_at_least, message, evidence, pieces)
    select ${id}, given.index, finding.kind, finding.count, coalesce(finding.is_at_least, false), finding.message,
      finding.evidence, finding.pieces
    from given, rows from (
      jsonb_to_recordset(given.findings) as (
        kind text, count int, "isAtLeast" boolean, message text, evidence jsonb, pieces int
      )
    ) with ordinality as finding (kind, count, is_at_least, message, evidence, pieces, place)
    order by given.index, finding.place`;
}

function toRow(lane: LaneView): object {
  const { summary, details } = splitLane(lane);
  const { index, strategy, expected, status, sku, verdict, oversold, lostUpdates } = lane;
  const isOver = status === 'finished' || status === 'cancelled';
  return {
    index,
    strategy,
    expected,
    status,
    sku,
    verdict: isOver ? verdict.status : null,
    oversold,
    lostUpdates,
    result: { ...summary, verdict: { status: verdict.status, reason: verdict.reason } },
    details,
    findings: verdict.findings,
  };
}
