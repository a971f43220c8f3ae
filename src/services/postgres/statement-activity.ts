import type { PrismaClient } from '@/generated/prisma/client';

/** Active statements, and how many of them wait for a lock. */
export interface StatementActivity {
  active: number;
  waitingForLock: number;
}

/**
 * Reads what the connections of one application name are doing, over another pool
 * (https://www.postgresql.org/docs/18/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW). PostgreSQL keeps no
 * total of lock waits, so they have to be sampled.
 */
export async function readStatementActivity(
  db: PrismaClient,
  applicationName: string,
): Promise<StatementActivity> {
  const [row] = await db.$queryRaw<StatementActivity[]>`
    select count(*)::int as active,
      (count(*) filter (where wait_event_type = 'Lock'))::int as "waitingForLock"
    from pg_stat_activity
    where datname = current_database() and application_name = ${applicationName} and state = 'active'`;
  return row ?? { active: 0, waitingForLock: 0 };
}
