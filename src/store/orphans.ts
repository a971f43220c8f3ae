import { Prisma } from '@/generated/prisma/client';
import type { PrismaClient } from '@/generated/prisma/client';
import { ACTIVE_STATUSES } from '@/model/job';

const TABLES = ['races', 'experiments', 'explorations'] as const;

/** Keys of the instances that live: each holds an advisory lock of this class, and its key, while it does. */
export async function findLivingOwners(db: PrismaClient, lockClass: number): Promise<Set<number>> {
  const rows = await db.$queryRaw<{ owner: number }[]>(livingOwners(lockClass));
  return new Set(rows.map(({ owner }) => owner));
}

/** Owners of unfinished jobs that have died. One without a lease may also be about to take it again. */
export async function findDeadOwners(db: PrismaClient, lockClass: number): Promise<number[]> {
  const owners = TABLES.map(
    (table) => Prisma.sql`select owner from ${Prisma.raw(table)} where status = any(${[...ACTIVE_STATUSES]})`,
  );
  const rows = await db.$queryRaw<{ owner: number }[]>`
    ${Prisma.join(owners, ' union ')} except ${livingOwners(lockClass)}`;
  return rows.map(({ owner }) => owner);
}

function livingOwners(lockClass: number): Prisma.Sql {
  return Prisma.sql`
    select objid::bigint::int as owner from pg_locks
    where locktype = 'advisory' and classid = ${lockClass}::int::oid and granted
      and database = (select oid from pg_database where datname = current_database())`;
}

/** Marks the unfinished jobs of these server instances as interrupted, and returns the jobs' ids. */
export async function interruptOrphans(
  db: PrismaClient,
  table: 'experiments' | 'explorations',
  { owners, reason }: { owners: readonly number[]; reason: string },
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    update ${Prisma.raw(table)} set status = 'interrupted', reason = ${reason}, finished_at = now()
    where status = any(${[...ACTIVE_STATUSES]}) and owner = any(${[...owners]})
    returning id`;
  return rows.map(({ id }) => id);
}
