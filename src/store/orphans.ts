import { Prisma } from '@/generated/prisma/client';
import type { PrismaClient } from '@/generated/prisma/client';
import { ACTIVE_STATUSES } from '@/model/job';

const TABLES = ['races', 'experiments', 'explorations'] as const;

/**
 * The owners of unfinished jobs, and those of `others`, that hold no lease: each instance that lives holds an advisory
 * lock of this class and its key. One without a lease has died, or is about to take it again.
 */
export async function findDeadOwners(
  db: PrismaClient,
  lockClass: number,
  others: readonly number[] = [],
): Promise<number[]> {
  const owners = TABLES.map(
    (table) => Prisma.sql`select owner from ${Prisma.raw(table)} where status = any(${[...ACTIVE_STATUSES]})`,
  );
  const rows = await db.$queryRaw<{ owner: number }[]>`
    (${Prisma.join(owners, ' union ')} union select unnest(${[...others]}::int[]))
    except
    select objid::bigint::int as owner from pg_locks
    where locktype = 'advisory' and classid = ${lockClass}::int::oid and granted
      and database = (select oid from pg_database where datname = current_database())`;
  return rows.map(({ owner }) => owner);
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
