import type { PrismaClient } from '~/generated/prisma/client';
import { inTime } from '~/lab/in-time.server';
import type { RedisUnderTest } from '~/lab/redis-under-test';

/** What `GET /api/health` says of one dependency. */
export type Check = { ok: true; version: string; latencyMs: number } | { ok: false; message: string };

export interface Health {
  status: 'ok' | 'degraded';
  version: string;
  uptimeS: number;
  checks: { postgres: Check; redis: Check };
}

/** Both checks run at once, so health answers within this, whatever is down. */
const CHECK_TIMEOUT_MS = 1_500;

export interface HealthDeps {
  bookkeeping: PrismaClient;
  redis: RedisUnderTest;
  /** This product's version. */
  version: string;
}

/** Asks PostgreSQL for its version. Rejects within 1.5 s when it does not answer. */
export async function probePostgres(db: PrismaClient): Promise<string> {
  const [row] = await inTime(
    db.$queryRaw<{ server_version: string }[]>`show server_version`,
    CHECK_TIMEOUT_MS,
  );
  return row?.server_version ?? 'unknown';
}

/** Asks Redis for its version. Rejects within 1.5 s when it does not answer. */
export async function probeRedis(redis: RedisUnderTest): Promise<string> {
  const info = await inTime(redis.info('server'), CHECK_TIMEOUT_MS);
  return /^(?:valkey|redis)_version:(\S+)/m.exec(info)?.[1] ?? 'unknown';
}

/** The state of the server and of what it depends on. Never rejects. */
export async function checkHealth({ bookkeeping, redis, version }: HealthDeps): Promise<Health> {
  const [postgres, redisCheck] = await Promise.all([
    check(() => probePostgres(bookkeeping)),
    check(() => probeRedis(redis)),
  ]);
  return {
    status: postgres.ok && redisCheck.ok ? 'ok' : 'degraded',
    version,
    uptimeS: Math.round(process.uptime()),
    checks: { postgres, redis: redisCheck },
  };
}

async function check(probe: () => Promise<string>): Promise<Check> {
  const start = performance.now();
  try {
    const version = await probe();
    return { ok: true, version, latencyMs: Math.round((performance.now() - start) * 100) / 100 };
  } catch (error) {
    return { ok: false, message: oneLine(error) };
  }
}

/** Prisma's messages are several lines, the last of which says what is wrong. */
function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const lines = error.message.split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1)?.trim() || error.name;
}
