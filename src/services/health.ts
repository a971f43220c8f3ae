import type { PrismaClient } from '@/generated/prisma/client';
import { withTimeout } from '@/lib/with-timeout';
import type { RedisUnderTest } from '@/model/redis-under-test';
import { inWords } from '@/failures/in-words';
import type { Watched } from '@/failures/watch-dependencies';
import { findSchemaFaults, READ_COLUMNS, readNeededColumns } from './migrate/check-schema';
import type { Column } from './migrate/check-schema';

/** What `GET /api/health` returns for one dependency. */
export type Check = ({ ok: true; version: string; latencyMs: number } | { ok: false; message: string }) & {
  /** The latest incident of a server that runs only for this one. */
  incident?: string;
};

export interface Health {
  status: 'ok' | 'degraded';
  version: string;
  uptimeS: number;
  checks: { postgres: Check; redis: Check };
}

/** Both checks run at once, so health answers within this, whatever is down. */
const CHECK_TIMEOUT_MS = 1_500;
/** A job waits longer for a probe than a health check does: a busy machine responds late, and late is alive; ms. */
const JOB_PROBE_MS = 5_000;

/** The program does not change while it runs. */
const needed = readNeededColumns();

export interface HealthDeps {
  db: PrismaClient;
  redis: RedisUnderTest;
  /** This product's version. */
  version: string;
  incident: (service: 'postgres' | 'redis') => string | undefined;
}

interface Probed {
  version: string;
  started: string;
  isReadOnly: boolean;
}

/** Asks PostgreSQL for its version, its start time and whether it takes writes. Rejects when it does not respond in time. */
export async function probePostgres(db: PrismaClient, withinMs = CHECK_TIMEOUT_MS): Promise<Probed> {
  const asked = db.$queryRaw<Probed[]>`
    select current_setting('server_version') as version, pg_postmaster_start_time()::text as started,
      current_setting('transaction_read_only')::boolean as "isReadOnly"`;
  const [row] = await withTimeout(asked, withinMs);
  return row ?? { version: 'unknown', started: 'unknown', isReadOnly: false };
}

/**
 * Asks Redis for its version and its run id, which changes with each start. Rejects when it does not respond in time.
 */
export async function probeRedis(
  redis: RedisUnderTest,
  withinMs = CHECK_TIMEOUT_MS,
): Promise<{ version: string; runId: string }> {
  const info = await withTimeout(redis.info('server'), withinMs);
  const read = (pattern: RegExp) => pattern.exec(info)?.[1] ?? 'unknown';
  return { version: read(/^(?:valkey|redis)_version:(\S+)/m), runId: read(/^run_id:(\S+)/m) };
}

/** What a race or an exploration needs while it runs. */
export function watchedServices({ db, redis, incident }: Omit<HealthDeps, 'version'>): Watched {
  return {
    postgres: {
      name: 'PostgreSQL',
      probe: async () => (await probePostgres(db, JOB_PROBE_MS)).started,
      incident: () => incident('postgres'),
    },
    redis: {
      name: 'Redis',
      probe: async () => (await probeRedis(redis, JOB_PROBE_MS)).runId,
      incident: () => incident('redis'),
    },
  };
}

/** @throws Error that names what in the database does not match this program */
async function refuseOtherSchema(db: PrismaClient): Promise<void> {
  const columns = await withTimeout(db.$queryRawUnsafe<Column[]>(READ_COLUMNS), CHECK_TIMEOUT_MS);
  const [fault] = findSchemaFaults(columns, needed);
  if (fault !== undefined) throw new Error(`The database does not fit this program: ${fault}.`);
}

/** The state of the server and of what it depends on. Never rejects. */
export async function checkHealth({ db, redis, version, incident }: HealthDeps): Promise<Health> {
  const [postgres, redisCheck] = await Promise.all([
    check(async () => {
      const [{ version, isReadOnly }] = await Promise.all([probePostgres(db), refuseOtherSchema(db)]);
      if (isReadOnly) throw new Error('PostgreSQL is read-only');
      return version;
    }, incident('postgres')),
    check(async () => (await probeRedis(redis)).version, incident('redis')),
  ]);
  return {
    status: postgres.ok && redisCheck.ok ? 'ok' : 'degraded',
    version,
    uptimeS: Math.round(process.uptime()),
    checks: { postgres, redis: redisCheck },
  };
}

async function check(probe: () => Promise<string>, incident: string | undefined): Promise<Check> {
  const told = incident === undefined ? {} : { incident };
  const start = performance.now();
  try {
    const version = await probe();
    return { ok: true, version, latencyMs: Math.round((performance.now() - start) * 100) / 100, ...told };
  } catch (error) {
    return { ok: false, message: inWords(error), ...told };
  }
}
