// `prisma db seed` on servers of one's own.
import { loadStrategies } from '@/scenarios/registry';
import { ensureDemoItem } from '@/scenarios/inventory/storage';
import { readEnv } from '@/services/env';
import { createPrisma } from '@/services/postgres/prisma';
import { strategyFolder } from '@/services/process/program';
import { connectRedis } from '@/services/redis/redis-client';

const { databaseUrl, redisUrl } = readEnv();
if (!databaseUrl || !redisUrl)
  throw new Error('Set DATABASE_URL and REDIS_URL: the embedded servers seed themselves.');
const db = createPrisma(databaseUrl, { size: 1, name: 'oversell seed' });
const redis = await connectRedis(redisUrl, (error) => process.stderr.write(`Redis: ${error.message}\n`));
try {
  const strategies = await loadStrategies(strategyFolder);
  await ensureDemoItem({ db, redis }, strategies.values());
} finally {
  await Promise.all([db.$disconnect(), redis.close()]);
}
