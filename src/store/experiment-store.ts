import type { Experiment, Prisma, PrismaClient } from '@/generated/prisma/client';
import type { ExperimentHead, ExperimentKind, TrialRow } from '@/model/experiment';
import type { RaceOrigin, RaceStatus } from '@/model/race';
import type { LoadPlan } from '@/plan/load-plan';
import { describeLane } from '@/report/verdict-words';
import { interruptOrphans } from './orphans';
import { NEWEST_FIRST, olderThan } from './list-page';
import type { Cursor } from './list-page';
import { DESCRIBED, toDescribedLane } from './race-rows';

export interface ExperimentStore {
  /** Writes the current state of an experiment; its trials are races, which write themselves. */
  save: (experiment: ExperimentHead, owner: number) => Promise<void>;
  get: (id: string) => Promise<ExperimentHead | null>;
  list: (page: { limit: number; before?: Cursor | undefined }) => Promise<ExperimentHead[]>;
  /** The lanes of every trial of these experiments, in the order of the trials. */
  readTrials: (ids: string[]) => Promise<TrialRow[]>;
  /** The items of every trial, with the strategy of each. */
  readItems: (id: string) => Promise<{ strategy: string; sku: string }[]>;
  /** Deletes an experiment with its races, and everything that belongs to them. */
  delete: (id: string) => Promise<void>;
  /** Marks the unfinished experiments of dead server instances; returns their ids. */
  interruptOrphans: (owners: readonly number[], reason: string) => Promise<string[]>;
}

/** The lab's bookkeeping of experiments. `db` is the bookkeeping client, never the one under test. */
export function createExperimentStore(db: PrismaClient): ExperimentStore {
  return {
    save: async ({ id, ...experiment }, owner) => {
      const row = { ...experiment, plan: { ...experiment.plan } satisfies Prisma.InputJsonObject, owner };
      await db.experiment.upsert({ where: { id }, create: { id, ...row }, update: row });
    },
    get: async (id) => {
      const row = await db.experiment.findFirst({ where: { id } });
      return row && toHead(row);
    },
    list: async ({ limit, before }) => {
      const rows = await db.experiment.findMany({
        where: olderThan(before),
        orderBy: NEWEST_FIRST,
        take: limit,
      });
      return rows.map(toHead);
    },
    readTrials: (ids) => readTrials(db, ids),
    readItems: (id) =>
      db.lane.findMany({ where: { race: { experimentId: id } }, select: { strategy: true, sku: true } }),
    delete: async (id) => {
      await db.$transaction([
        db.$executeRaw`
          delete from orders where sku in (
            select sku from lanes join races on races.id = race_id where experiment_id = ${id})`,
        db.$executeRaw`
          delete from items where sku in (
            select sku from lanes join races on races.id = race_id where experiment_id = ${id})`,
        db.experiment.deleteMany({ where: { id } }),
      ]);
    },
    interruptOrphans: (owners, reason) => interruptOrphans(db, 'experiments', { owners, reason }),
  };
}

type StoredTrial = Omit<TrialRow, 'words' | 'strategyName' | 'role'> & {
  result: Parameters<typeof toDescribedLane>[0];
  finding: Parameters<typeof toDescribedLane>[1];
};

/**
 * Reads only the part of each lane that decides its result: an experiment may have thousands of lanes. A race that was
 * called off while it waited is no trial.
 */
async function readTrials(db: PrismaClient, ids: string[]): Promise<TrialRow[]> {
  const rows = await db.$queryRaw<StoredTrial[]>`
    select
      races.experiment_id as "experimentId", races.id as "raceId", races.trial, races.status,
      (races.plan->>'concurrency')::int as concurrency,
      lanes.index as lane, lanes.strategy, lanes.expected, lanes.verdict,
      lanes.oversold, lanes.lost_updates as "lostUpdates",
      (select jsonb_object_agg(key, value) from jsonb_each(lanes.result) where key = any(${DESCRIBED})) as result,
      (
        select jsonb_build_object('kind', kind, 'count', count, 'isAtLeast', is_at_least) from findings
        where findings.race_id = races.id and lane_index = lanes.index order by id limit 1
      ) as finding
    from races join lanes on lanes.race_id = races.id
    where races.experiment_id = any(${ids}) and (races.started_at is not null or races.finished_at is null)
    order by races.experiment_id, races.trial, lanes.index`;
  return rows.map(({ result, finding, ...row }) => ({
    ...row,
    strategyName: result.strategyName,
    role: result.role,
    words: describeLane(toDescribedLane(result, finding)),
  }));
}

/** The plan is written by `save` alone, so it is read back as what that wrote. */
function toHead(row: Experiment): ExperimentHead {
  return {
    id: row.id,
    kind: row.kind as ExperimentKind,
    status: row.status as RaceStatus,
    reason: row.reason,
    origin: row.origin as RaceOrigin,
    trials: row.trials,
    plan: row.plan as unknown as LoadPlan,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
