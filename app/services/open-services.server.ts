import { join } from 'node:path';
import { findRedisServer } from '../../scripts/redis.mjs';
import { projectRoot, type Env } from '../env.server';
import { checkPostgres, checkRedis, ServiceUnreachableError } from './check-service.server';
import { claimDataSlot, type DataSlot } from './data-slot.server';
import { startEmbeddedPostgres } from './embedded-postgres.server';
import { startEmbeddedRedis } from './embedded-redis.server';
import { migrate } from './migrate.server';

export { ServiceUnreachableError } from './check-service.server';
export { MigrationError } from './migrate.server';

export interface Services {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Which of them run only for this server. */
  readonly embedded: { readonly postgres: boolean; readonly redis: boolean };
  /** Stops the embedded ones; at most about 7 s. Close every client first. */
  close(): Promise<void>;
}

type ServiceEnv = Pick<Env, 'databaseUrl' | 'redisUrl' | 'dataDir' | 'redisServerBin'>;
type Log = (message: string) => void;
type Closer = () => Promise<void>;

/**
 * Gives the server a reachable, migrated PostgreSQL and a reachable Redis: those of the environment, or
 * embedded ones that live as long as this process.
 *
 * @param log receives the progress of slow phases, one line each
 * @throws ServiceUnreachableError with a one-line message (exit code 3), MigrationError
 */
export async function openServices(env: ServiceEnv, log: Log): Promise<Services> {
  // Before anything is started, as this is what most often is wrong.
  const checks: Promise<void>[] = [];
  if (env.databaseUrl !== undefined) checks.push(checkPostgres(env.databaseUrl));
  if (env.redisUrl !== undefined) checks.push(checkRedis(env.redisUrl));
  await Promise.all(checks);
  const closers: Closer[] = [];
  const close = async (): Promise<void> => {
    const [releaseSlot, ...servers] = closers.splice(0);
    await Promise.all(servers.map((closeServer) => closeServer()));
    await releaseSlot?.();
  };
  try {
    const { databaseUrl, redisUrl } = await startMissing(env, closers, log);
    await migrate({ databaseUrl, migrationsDir: join(projectRoot, 'prisma', 'migrations'), log });
    const embedded = { postgres: env.databaseUrl === undefined, redis: env.redisUrl === undefined };
    return { databaseUrl, redisUrl, embedded, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startMissing(
  env: ServiceEnv,
  closers: Closer[],
  log: Log,
): Promise<{ databaseUrl: string; redisUrl: string }> {
  if (env.databaseUrl !== undefined && env.redisUrl !== undefined) {
    return { databaseUrl: env.databaseUrl, redisUrl: env.redisUrl };
  }
  // Looked for before anything is started, so that what is missing is said at once.
  const redisBinary = env.redisUrl === undefined ? findRedisBinary(env) : '';
  const slot = claimDataSlot(env.dataDir);
  closers.push(async () => slot.release());
  if (slot.number > 1) log(`Another server uses ${env.dataDir}: this one keeps its data in ${slot.dir}`);
  if (slot.stale) log('The last server did not stop cleanly: stopping what it left behind');

  const started = await Promise.allSettled([
    env.databaseUrl ?? startPostgres(slot, closers, log),
    env.redisUrl ?? startRedis(redisBinary, slot, closers, log),
  ]);
  const [databaseUrl, redisUrl] = started.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  if (databaseUrl === undefined || redisUrl === undefined) throw new Error('a service has no address');
  return { databaseUrl, redisUrl };
}

async function startPostgres(slot: DataSlot, closers: Closer[], log: Log): Promise<string> {
  try {
    const postgres = await startEmbeddedPostgres({ dir: slot.dir, log });
    closers.push(() => postgres.close());
    return postgres.url;
  } catch (error) {
    throw new ServiceUnreachableError(
      `The embedded PostgreSQL cannot start: ${(error as Error).message}`,
      error,
    );
  }
}

/** @throws ServiceUnreachableError */
function findRedisBinary(env: ServiceEnv): string {
  const binary = findRedisServer({ root: projectRoot, explicit: env.redisServerBin });
  if (binary !== undefined) return binary;
  throw new ServiceUnreachableError(
    env.redisServerBin === undefined
      ? 'There is no Redis server on this machine. Run `npm start`, which finds or installs one, or set REDIS_URL.'
      : `REDIS_SERVER_BIN is ${env.redisServerBin}, which cannot be run.`,
  );
}

async function startRedis(binary: string, slot: DataSlot, closers: Closer[], log: Log): Promise<string> {
  try {
    const redis = await startEmbeddedRedis({ binary, dir: slot.dir, log });
    closers.push(() => redis.close());
    return redis.url;
  } catch (error) {
    throw new ServiceUnreachableError(`The embedded Redis cannot start: ${(error as Error).message}`, error);
  }
}
