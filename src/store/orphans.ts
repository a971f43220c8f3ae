import { Prisma } from '@/generated/prisma/client';
import type { PrismaClient } from '@/generated/prisma/client';
import { ACTIVE_STATUSES } from '@/model/job';

/**
 * Marks the unfinished jobs of server instances that have died as interrupted, and returns their ids. An instance holds
 * an advisory lock (`lockClass`, its key) while it lives: an owner that holds none has died.
 */
export async function interruptOrphans(
  db: PrismaClient,
  table: 'races' | 'experiments' | 'explorations',
  { lockClass, reason }: { lockClass: number; reason: string },
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    update ${Prisma.raw(table)} set status = 'interrupted', reason = ${reason}, finished_at = now()
    where status = any(${[...ACTIVE_STATUSES]})
      and owner not in (
        select objid::bigint::int from pg_locks
        where locktype = 'advisory' and classid = ${lockClass}::int::oid and granted
          and database = (select oid from pg_database where datname = current_database())
      )
    returning id`;
  return rows.map(({ id }) => id);
}
