import type { Prisma, PrismaClient } from '@/generated/prisma/client';
import type { ExplorationHead, ExplorationStatus, ExplorationView } from '@/model/exploration';
import { interruptOrphans } from './orphans';
import { NEWEST_FIRST, olderThan } from './list-page';
import type { Cursor } from './list-page';

export interface ExplorationStore {
  /** Writes the current state of an exploration. Writing the same again changes nothing. */
  save: (exploration: ExplorationView, owner: number) => Promise<void>;
  get: (id: string) => Promise<ExplorationView | null>;
  /** Without their results, newest first. */
  list: (page: { limit: number; before?: Cursor | undefined }) => Promise<ExplorationHead[]>;
  delete: (id: string) => Promise<void>;
  /** Marks the unfinished explorations of dead server instances; returns their ids. */
  interruptOrphans: (owners: readonly number[], reason: string) => Promise<string[]>;
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
    list: async ({ limit, before }) => {
      const rows = await db.exploration.findMany({
        where: olderThan(before),
        orderBy: NEWEST_FIRST,
        take: limit,
        select: head,
      });
      return rows.map(toHead);
    },
    delete: async (id) => void (await db.exploration.deleteMany({ where: { id } })),
    interruptOrphans: (owners, reason) => interruptOrphans(db, 'explorations', { owners, reason }),
  };
}

/** Columns of type Json are written by `save` alone, so they are read back as what it wrote. */
function toHead(row: HeadRow): ExplorationHead {
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
