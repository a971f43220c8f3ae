import { nanoid } from 'nanoid';
import type { PrismaClient } from '@/generated/prisma/client';
import { createObservedPrisma } from './prisma';
import type { ObservedPrisma, PoolUsage } from './prisma';

/**
 * Connections that a race cannot do without stay open, and reconnect however long that takes: the dependency watch
 * decides whether PostgreSQL is away, since a busy machine looks the same from a connection.
 */
const FOR_RACES = { repeatsLost: true, connectTimeoutMs: 30_000, idleTimeoutMs: 0 };
/**
 * Connections apart from the pool under test. Each kind has its own pool, so that no number of viewers makes the
 * recorder or a probe wait.
 */
const RECORDER = { ...FOR_RACES, size: 5, name: 'oversell lab', statementTimeoutMs: 60_000 };
const PROBES = { ...FOR_RACES, size: 2, name: 'oversell probes' };
/** Apart from the probes: a sample waits while another client locks the table that it reads. */
const SAMPLES = { ...FOR_RACES, size: 1, name: 'oversell samples' };
const VIEWERS = { size: 4, name: 'oversell viewers', statementTimeoutMs: 15_000, repeatsLost: true };
/** The explorer's 2 and the lease, with 2 spare for connections from outside. */
const BESIDE_POOLS = 5;
/** Connections that no pool under test can have. */
const OTHERS = RECORDER.size + PROBES.size + SAMPLES.size + VIEWERS.size + BESIDE_POOLS;

/** The lab's connection pools, each with its Prisma client; docs/architecture.md says what each is for. */
export interface Pools {
  /** Connections under test. */
  poolSize: number;
  /** For purchases only. */
  underTest: ObservedPrisma;
  recorder: PrismaClient;
  probes: PrismaClient;
  samples: PrismaClient;
  viewers: PrismaClient;
  /** How the connections of each pool are used now, by the pool's name. */
  usage: () => Record<string, PoolUsage>;
  /** The name of the connections under test in pg_stat_activity. */
  applicationName: string;
  /** Opens every connection that a race needs in advance, so that none has to be opened while it runs. */
  openForRaces: () => Promise<void>;
  close: () => Promise<void>;
}

/** Creates the pools, with `poolSize` connections under test. Connections are opened when they are used. */
export function createPools(databaseUrl: string, poolSize: number): Pools {
  // unique to this pool, because other servers may use the same database
  const applicationName = `oversell under test ${nanoid(6)}`;
  const underTest = createObservedPrisma(databaseUrl, { size: poolSize, name: applicationName });
  const recorder = createObservedPrisma(databaseUrl, RECORDER);
  const probes = createObservedPrisma(databaseUrl, PROBES);
  const samples = createObservedPrisma(databaseUrl, SAMPLES);
  const viewers = createObservedPrisma(databaseUrl, VIEWERS);
  return {
    poolSize,
    underTest,
    recorder: recorder.db,
    probes: probes.db,
    samples: samples.db,
    viewers: viewers.db,
    usage: () => ({
      'under test': underTest.usage(),
      recorder: recorder.usage(),
      probes: probes.usage(),
      samples: samples.usage(),
      viewers: viewers.usage(),
    }),
    applicationName,
    openForRaces: async () => {
      await Promise.all([recorder, probes, samples, underTest].map(({ open }) => open()));
    },
    close: async () => {
      await Promise.all([underTest, recorder, probes, samples, viewers].map(({ db }) => db.$disconnect()));
    },
  };
}

/** The pools need more connections than the server has. The message is one line. */
export class PoolSizeError extends Error {
  override readonly name = 'PoolSizeError';
}

/** Refuses pools that the connected PostgreSQL cannot serve, before a race fails on it. @throws PoolSizeError */
export async function checkPoolSize({ poolSize, recorder }: Pools): Promise<void> {
  const most = await countRoom(recorder);
  if (poolSize <= most) return;
  throw new PoolSizeError(
    `POOL_SIZE is ${poolSize}, but this PostgreSQL has room for ${Math.max(0, most)}. Lower it, or raise max_connections or the limit of the role or the database.`,
  );
}

/**
 * Connections that the connected PostgreSQL has for all pools under test together. Limits of the role and of the database
 * hold for everyone but superusers.
 */
export async function countRoom(db: PrismaClient): Promise<number> {
  const [row] = await db.$queryRaw<{ connections: number }[]>`
    select least(
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
      case when not rolsuper and rolconnlimit >= 0 then rolconnlimit end,
      case when not rolsuper and datconnlimit >= 0 then datconnlimit end
    ) as connections
    from pg_roles, pg_database where rolname = session_user and datname = current_database()`;
  return (row?.connections ?? Number.POSITIVE_INFINITY) - OTHERS;
}
