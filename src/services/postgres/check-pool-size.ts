import type { PrismaClient } from '@/generated/prisma/client';

/**
 * Connections of the lab itself: recorder 5, probes 2, viewers 4, explorer 2 and lease 1, with 3 to spare for a look
 * from outside.
 */
const OTHERS = 17;

/** More connections are asked for than the server has. The message is one line. */
export class PoolSizeError extends Error {
  override readonly name = 'PoolSizeError';
}

/** Refuses a pool that the connected PostgreSQL cannot serve, before a race finds out. */
export async function checkPoolSize(db: PrismaClient, poolSize: number): Promise<void> {
  const most = await countRoom(db);
  if (poolSize <= most) return;
  throw new PoolSizeError(
    `POOL_SIZE is ${poolSize}, but this PostgreSQL has room for ${most}. Lower it, or raise max_connections.`,
  );
}

/** Connections that the connected PostgreSQL has for pools under test, all of them together. */
export async function countRoom(db: PrismaClient): Promise<number> {
  const [row] = await db.$queryRaw<{ connections: number }[]>`
    select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      as connections`;
  return (row?.connections ?? Number.POSITIVE_INFINITY) - OTHERS;
}
