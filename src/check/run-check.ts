import { openAppDatabase } from '@/app-under-test/database/app-database';
import { copyDatabase, dropLeftoverCopies } from '@/app-under-test/database/database-copy';
import { UnexplorableError } from '@/explorer/search/backend';
import type { CheckResult } from '@/model/app-check';
import { openAppRedis } from '@/app-under-test/redis/app-redis';
import type { AppClients, AppPlan } from './app-plan';
import { describeCheck, describeInconclusive } from './describe-check';
import { exploreApp } from './explore-app';
import type { AppEvents } from './explore-app';
import { clearRunFolders, RUN_FOLDERS } from './run-folder';

/**
 * Explores somebody's app and judges it. What cannot be explored is `inconclusive`, with the reason.
 *
 * @param replayCommand runs one schedule again, by its id
 * @throws what `exploreApp` throws, but for UnexplorableError
 */
export async function runCheck(
  plan: AppPlan,
  clients: AppClients,
  events: AppEvents,
  replayCommand: (id: string) => string,
): Promise<CheckResult> {
  const copy = plan.onCopy ? await openCopy(plan.databaseUrl, clients, events) : undefined;
  const explored = copy ? { ...plan, databaseUrl: copy.url } : plan;
  try {
    return describeCheck(plan, await exploreApp(explored, clients, events), replayCommand);
  } catch (error) {
    if (!(error instanceof UnexplorableError)) throw error;
    return describeInconclusive(plan, error.message);
  } finally {
    await copy?.drop();
  }
}

/** A copy of the database for one check; those of killed checks are dropped first. */
async function openCopy(url: string, { createClient }: AppClients, { phase, signal }: AppEvents) {
  const options = { url, createClient };
  signal?.throwIfAborted();
  await dropLeftoverCopies(options);
  phase?.('Copying the database');
  return copyDatabase(options);
}

/**
 * Ends what killed checks have left running, and restores the database and the Redis.
 *
 * @returns what was done, as sentences
 * @throws DatabaseError
 */
export async function restoreAll(
  { databaseUrl, redisUrl }: Pick<AppPlan, 'databaseUrl' | 'redisUrl'>,
  clients: AppClients,
): Promise<string[]> {
  await clearRunFolders(RUN_FOLDERS);
  const done = [
    ...(await restoreDatabase(databaseUrl, clients)),
    ...(redisUrl === null ? [] : await restoreRedis(redisUrl, clients)),
  ];
  return done.length > 0 ? done : ['There is nothing to restore.'];
}

async function restoreRedis(url: string, { connectRedis: connect }: AppClients): Promise<string[]> {
  const redis = await openAppRedis({ url, connect });
  try {
    const made = await redis.restoreLeftover();
    return made === undefined ? [] : [`Restored the keys of Redis to ${made}.`];
  } finally {
    await redis.close();
  }
}

async function restoreDatabase(url: string, { createClient }: AppClients): Promise<string[]> {
  const copies = await dropLeftoverCopies({ url, createClient });
  const database = await openAppDatabase({ url, createClient });
  try {
    const leftovers = await database.findLeftovers();
    const done = copies.map((name) => `Dropped ${name}, the copy that a check has left.`);
    for (const leftover of leftovers) {
      const { madeAt, changedTables } = leftover;
      done.push(...(await database.restoreLeftover(leftover)));
      done.push(
        madeAt === null
          ? 'A snapshot that was never completed is gone; no row had been changed.'
          : `Restored to ${madeAt.toISOString()}: ${changedTables.length === 0 ? 'no row differed' : `rows of ${changedTables.join(', ')}`}.`,
      );
    }
    return done;
  } finally {
    await database.close();
  }
}
