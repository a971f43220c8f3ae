import type { Prisma, PrismaClient } from '@/generated/prisma/client';
import type { ExplorationStatus, ExplorationView } from '@/model/exploration';

export interface ExplorationStore {
  /** Writes an exploration as it is now. Writing the same again changes nothing. */
  save: (exploration: ExplorationView, owner: number) => Promise<void>;
  get: (id: string) => Promise<ExplorationView | null>;
  /** The latest, newest first, without their results. */
  list: (limit: number) => Promise<Omit<ExplorationView, 'result'>[]>;
  /** Marks the unfinished explorations of instances that no longer live; answers their ids. */
  interruptOrphans: (lockClass: number, reason: string) => Promise<string[]>;
}

const head = {
  id: true,
  status: true,
  plan: true,
  reason: true,
  progress: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
} satisfies Prisma.ExplorationSelect;

type HeadRow = Prisma.ExplorationGetPayload<{ select: typeof head }>;

/** The lab's bookkeeping of explorations. `db` is the bookkeeping client. */
export function createExplorationStore(db: PrismaClient): ExplorationStore {
  return {
    save: async (exploration, owner) => {
      const { id, status, plan, reason, result, progress, createdAt, startedAt, finishedAt } = exploration;
      const row = {
        strategy: plan.strategy,
        status,
        reason,
        plan: plan as unknown as Prisma.InputJsonObject,
        progress: progress as unknown as Prisma.InputJsonObject,
        ...(result && { result: result as unknown as Prisma.InputJsonObject }),
        owner,
        createdAt,
        startedAt,
        finishedAt,
      };
      await db.exploration.upsert({ where: { id }, create: { id, ...row }, update: row });
    },
    get: async (id) => {
      const row = await db.exploration.findFirst({ where: { id }, select: { ...head, result: true } });
      return row && { ...toHead(row), result: row.result as unknown as ExplorationView['result'] };
    },
    list: async (limit) => {
      const rows = await db.exploration.findMany({
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: limit,
        select: head,
      });
      return rows.map(toHead);
    },
    interruptOrphans: async (lockClass, reason) => {
      // an instance holds an advisory lock (`lockClass`, its key) while it lives: who holds none has died
      const rows = await db.$queryRaw<{ id: string }[]>`
        update explorations set status = 'interrupted', reason = ${reason}, finished_at = now()
        where status in ('queued', 'running', 'stopping')
          and owner not in (
            select objid::bigint::int from pg_locks
            where locktype = 'advisory' and classid = ${lockClass}::int::oid and granted
              and database = (select oid from pg_database where datname = current_database())
          )
        returning id`;
      return rows.map(({ id }) => id);
    },
  };
}

/** Columns of type Json are written by `save` alone, so they are read back as what it wrote. */
function toHead(row: HeadRow): Omit<ExplorationView, 'result'> {
  return {
    id: row.id,
    status: row.status as ExplorationStatus,
    reason: row.reason,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    plan: row.plan as unknown as ExplorationView['plan'],
    progress: row.progress as unknown as ExplorationView['progress'],
  };
}
