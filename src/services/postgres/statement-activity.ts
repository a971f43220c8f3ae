import type { PrismaClient } from '@/generated/prisma/client';

/** Statements that are at work, and how many of them wait for a lock. */
export interface StatementActivity {
  active: number;
  waitingForLock: number;
}

/**
 * Looks at what the connections of one application name are doing, over another pool
 * (https://www.postgresql.org/docs/18/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW). PostgreSQL adds up no
 * lock waits, so they are known by looking often.
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
