import { join } from 'node:path';
import { fetchRedisServer } from './redis/fetch-redis-server.mjs';
import { findRedisServer } from './redis/find-redis-server.mjs';
import { EnvError, ownFolder, projectRoot, readRedisServerBin, type Env } from './env';
import { checkPostgres, checkRedis, ServiceUnreachableError } from './check-service';
import { claimDataSlot, type DataSlot } from './process/data-slot';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './postgres/embedded-postgres';
import { startEmbeddedRedis, type EmbeddedRedis } from './redis/embedded-redis';
import type { KeptProcess } from './process/keep-running';
import { migrate } from './migrate/migrate';
import { createPgClient } from './postgres/pg-connections';
import { connectPlainly } from './redis/redis-client';

export { ServiceUnreachableError } from './check-service';
export { MigrationError } from './migrate/migrate';

export interface Services {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Which of them run only for this server. */
  readonly embedded: { readonly postgres: boolean; readonly redis: boolean };
  /** The latest incident of an embedded server, such as "ended unexpectedly (…)"; undefined while there is none. */
  incident(service: 'postgres' | 'redis'): string | undefined;
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
  // Before anything is started, since these settings are most often the ones that are wrong.
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
    const { databaseUrl, redisUrl, kept } = await startMissing(env, closers, log);
    await migrate({ databaseUrl, migrationsDir: join(projectRoot, 'prisma', 'migrations'), log });
    const embedded = { postgres: env.databaseUrl === undefined, redis: env.redisUrl === undefined };
    return { databaseUrl, redisUrl, embedded, close, incident: (service) => kept[service]?.incident() };
  } catch (error) {
    await close();
    throw error;
  }
}

/** How an exploration of an app connects to the app's database and to its Redis. */
export const appClients = { createClient: createPgClient, connectRedis: connectPlainly };

/** Embedded servers that hold nothing and run for one caller alone; the address of each that was asked for. */
export interface EmptyServices {
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  /** Drops the database and stops the servers. */
  close(): Promise<void>;
}

const EMPTY = 'oversell_empty';

/**
 * Starts an embedded PostgreSQL with an empty database, and an embedded Redis, in a data folder that nothing else uses. What a killed
 * process has left of one is dropped first.
 *
 * @param dataDir where the product keeps its data; the folder beside it is taken while a server uses this one
 * @throws EnvError when there is no folder to write to, ServiceUnreachableError when one does not start
 */
export async function openEmptyServices(
  dataDir: string,
  wanted: { postgres: boolean; redis: boolean },
): Promise<EmptyServices> {
  const log = () => undefined;
  const closers: Closer[] = [];
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    const binary = wanted.redis ? await provideRedisBinary(readRedisServerBin(), log) : '';
    const slot = claimDataSlot(dataDir);
    closers.push(async () => slot.release());
    const redis = wanted.redis ? await startRedis(binary, slot, closers, log) : undefined;
    const databaseUrl = wanted.postgres ? await openEmptyDatabase(slot, closers) : undefined;
    return { databaseUrl, redisUrl: redis?.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openEmptyDatabase(slot: DataSlot, closers: Closer[]): Promise<string> {
  const { url } = await startPostgres(slot, closers, () => undefined);
  const drop = () => changeDatabases(url, `drop database if exists ${EMPTY} with (force)`);
  await drop();
  closers.push(drop);
  await changeDatabases(url, `create database ${EMPTY}`);
  const own = new URL(url);
  own.pathname = `/${EMPTY}`;
  return own.href;
}

async function changeDatabases(url: string, sql: string): Promise<void> {
  const client = createPgClient({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function startMissing(
  env: ServiceEnv,
  closers: Closer[],
  log: Log,
): Promise<{ databaseUrl: string; redisUrl: string; kept: { postgres?: KeptProcess; redis?: KeptProcess } }> {
  if (env.databaseUrl !== undefined && env.redisUrl !== undefined) {
    return { databaseUrl: env.databaseUrl, redisUrl: env.redisUrl, kept: {} };
  }
  // Looked for before anything is started, so that a missing program is reported at once.
  const redisBinary = env.redisUrl === undefined ? await provideRedisBinary(env.redisServerBin, log) : '';
  const slot = claimDataSlot(env.dataDir);
  closers.push(async () => slot.release());
  if (slot.number > 1) log(`Another server uses ${env.dataDir}: this one keeps its data in ${slot.dir}`);
  if (slot.stale) log('The last server did not stop cleanly: stopping what it left behind');

  const [postgres, redis] = await Promise.allSettled([
    env.databaseUrl === undefined ? startPostgres(slot, closers, log) : undefined,
    env.redisUrl === undefined ? startRedis(redisBinary, slot, closers, log) : undefined,
  ]);
  for (const started of [postgres, redis]) if (started.status === 'rejected') throw started.reason;
  const kept = {
    ...(postgres.status === 'fulfilled' && postgres.value && { postgres: postgres.value }),
    ...(redis.status === 'fulfilled' && redis.value && { redis: redis.value }),
  };
  const databaseUrl = env.databaseUrl ?? kept.postgres?.url;
  const redisUrl = env.redisUrl ?? kept.redis?.url;
  if (databaseUrl === undefined || redisUrl === undefined) throw new Error('a service has no address');
  return { databaseUrl, redisUrl, kept };
}

async function startPostgres(slot: DataSlot, closers: Closer[], log: Log): Promise<EmbeddedPostgres> {
  try {
    const postgres = await startEmbeddedPostgres({ dir: slot.dir, log });
    closers.push(() => postgres.close());
    return postgres;
  } catch (error) {
    // a folder of another program
    if (error instanceof EnvError) throw error;
    throw new ServiceUnreachableError(
      `The embedded PostgreSQL cannot start: ${(error as Error).message}`,
      error,
    );
  }
}

/** @throws ServiceUnreachableError */
async function provideRedisBinary(explicit: string | undefined, log: Log): Promise<string> {
  const binary = findRedisServer({ folder: ownFolder, explicit });
  if (binary !== undefined) return binary;
  if (explicit !== undefined)
    throw new ServiceUnreachableError(`REDIS_SERVER_BIN is ${explicit}, which cannot be run.`);
  try {
    log(`Fetching Redis from the Debian packages into ${join(ownFolder, 'redis')}`);
    return await fetchRedisServer(ownFolder);
  } catch (error) {
    throw new ServiceUnreachableError((error as Error).message, error);
  }
}

async function startRedis(
  binary: string,
  slot: DataSlot,
  closers: Closer[],
  log: Log,
): Promise<EmbeddedRedis> {
  try {
    const redis = await startEmbeddedRedis({ binary, dir: slot.dir, log });
    closers.push(() => redis.close());
    return redis;
  } catch (error) {
    throw new ServiceUnreachableError(`The embedded Redis cannot start: ${(error as Error).message}`, error);
  }
}
