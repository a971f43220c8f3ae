import path from 'node:path';
import type { StorageDeps } from '@/model/strategy';
import { loadStrategies } from '@/scenarios/inventory/registry';
import type { RegisteredStrategy } from '@/scenarios/inventory/registry';
import { ensureItem } from '@/scenarios/inventory/storage';
import { projectRoot, readEnv } from '@/services/env';
import { createPrisma } from '@/services/postgres/prisma';
import { strategyFolder } from '@/services/process/program';
import { connectRedis } from '@/services/redis/redis-client';

/** What an empty purchase body buys. */
const DEMO = { sku: 'demo', stock: 100 };

/** Sees to it that the demo item exists, in every store. What is there already stays as it is. */
export function seed(deps: StorageDeps, strategies: Iterable<RegisteredStrategy>): Promise<void> {
  return ensureItem(deps, strategies, DEMO);
}

/** `prisma db seed` on servers of one's own. */
async function main(): Promise<void> {
  const { databaseUrl, redisUrl } = readEnv();
  if (!databaseUrl || !redisUrl)
    throw new Error('Set DATABASE_URL and REDIS_URL: the embedded servers seed themselves.');
  const db = createPrisma(databaseUrl, { size: 1, name: 'oversell seed' });
  const redis = await connectRedis(redisUrl, (error) => process.stderr.write(`Redis: ${error.message}\n`));
  try {
    const strategies = await loadStrategies(strategyFolder);
    await seed({ db, redis }, strategies.values());
  } finally {
    await Promise.all([db.$disconnect(), redis.close()]);
  }
}

// server.ts takes seed() from here, and runs compiled into the same file
if (process.argv[1] === path.join(projectRoot, 'prisma', 'seed.ts')) await main();
