import { Prisma, type PrismaClient } from '@/generated/prisma/client';
import type { RaceStatus, RaceSummary } from '@/model/race';
import type { RaceFilter } from '@/plan/race-query';
import { summaryOf, toHead, toLaneSummary } from './race-rows';
import { NEWEST_FIRST } from './list-page';
import type { Cursor } from './list-page';

export interface WantedRows {
  limit: number;
  before?: Cursor | undefined;
  filter: RaceFilter;
  /** Ids of the strategies whose name contains the search text: names are not stored in a column. */
  named: string[];
  /** Races in memory, whose status runs ahead of their row. */
  live: { id: string; status: RaceStatus }[];
}

export interface StoredPage {
  races: RaceSummary[];
  /** The last race of the page; null where no further one follows. */
  last: Cursor | null;
}

/**
 * A page of the races that match a filter. Finds their ids first, with SQL that Prisma cannot write, and reads those
 * rows afterwards: a race deleted in between is missing from its page, but does not end the list early.
 */
export async function listRaces(db: PrismaClient, page: WantedRows): Promise<StoredPage> {
  const found = await findIds(db, page);
  const shown = found.slice(0, page.limit);
  const rows = await db.race.findMany({
    where: { id: { in: shown.map(({ id }) => id) } },
    orderBy: NEWEST_FIRST,
    include: summaryOf,
  });
  const races = rows.map((row) => ({ ...toHead(row), lanes: row.lanes.map(toLaneSummary) }));
  return { races, last: found.length > page.limit ? (shown.at(-1) ?? null) : null };
}

/** One more than the page holds, which tells whether another follows. */
function findIds(db: PrismaClient, { limit, before, filter, named, live }: WantedRows): Promise<Cursor[]> {
  const { status, model } = filter;
  const conditions = [
    before && Prisma.sql`(races.created_at, races.id) < (${before.createdAt}::timestamptz, ${before.id})`,
    status !== undefined && Prisma.sql`coalesce(live.status, races.status) = ${status}`,
    model !== undefined && Prisma.sql`races.plan->>'model' = ${model}`,
    hasLane(filter, named),
  ].filter((condition) => condition !== undefined && condition !== false);
  const where =
    conditions.length === 0 ? Prisma.empty : Prisma.sql`where ${Prisma.join(conditions, ' and ')}`;
  return db.$queryRaw<Cursor[]>`
    select races.id, races.created_at as "createdAt"
    from races
    left join jsonb_to_recordset(${JSON.stringify(live)}::jsonb) as live(id text, status text) using (id)
    ${where}
    order by races.created_at desc, races.id desc
    limit ${limit + 1}`;
}

/**
 * Matches races with one lane that has both the strategy and the verdict. Controls are left out: their purpose is to
 * break, and they would make every race that has one a violated one.
 */
function hasLane({ strategy, verdict }: RaceFilter, named: string[]): Prisma.Sql | undefined {
  const text = strategy?.toLowerCase() ?? '';
  const conditions = [
    // not `like`, in which % and _ are wildcards
    text !== '' && Prisma.sql`(strpos(lower(lanes.strategy), ${text}) > 0 or lanes.strategy = any(${named}))`,
    verdict !== undefined && Prisma.sql`lanes.verdict = ${verdict}`,
  ].filter((condition) => condition !== false);
  if (conditions.length === 0) return undefined;
  return Prisma.sql`exists (
    select from lanes
    where lanes.race_id = races.id and jsonb_exists(races.plan->'strategies', lanes.strategy)
      and ${Prisma.join(conditions, ' and ')})`;
}
