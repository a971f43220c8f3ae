import { Prisma } from '@/generated/prisma/client';

/**
 * A query for the keys of the server instances that live: each holds an advisory lock (`lockClass`, its key) while it
 * does, so that an owner who holds none has died.
 */
export function livingOwners(lockClass: number): Prisma.Sql {
  return Prisma.sql`
    select objid::bigint::int from pg_locks
    where locktype = 'advisory' and classid = ${lockClass}::int::oid and granted
      and database = (select oid from pg_database where datname = current_database())`;
}
