import type pg from 'pg';
import { openAppDatabase } from '@/app-under-test/database/app-database';
import { UnexplorableError } from '@/explorer/search/backend';
import type { CheckResult } from '@/model/app-check';
import type { AppPlan } from './app-plan';
import { describeCheck, describeInconclusive } from './describe-check';
import { exploreApp } from './explore-app';
import type { AppEvents } from './explore-app';
import { clearRunFolders, RUN_FOLDERS } from './run-folder';

type CreateClient = (config: pg.ClientConfig) => pg.Client;

/**
 * Explores somebody's app and judges it. What cannot be explored is `inconclusive`, with the reason.
 *
 * @param replayCommand runs one schedule again, by its id
 * @throws what `exploreApp` throws, but for UnexplorableError
 */
export async function runCheck(
  plan: AppPlan,
  createClient: CreateClient,
  events: AppEvents,
  replayCommand: (id: string) => string,
): Promise<CheckResult> {
  try {
    return describeCheck(plan, await exploreApp(plan, createClient, events), replayCommand);
  } catch (error) {
    if (!(error instanceof UnexplorableError)) throw error;
    return describeInconclusive(plan, error.message);
  }
}

/**
 * Ends what killed checks have left running, and restores the database.
 *
 * @returns what was done, as sentences
 * @throws DatabaseError
 */
export async function restoreDatabase(url: string, createClient: CreateClient): Promise<string[]> {
  await clearRunFolders(RUN_FOLDERS);
  const database = await openAppDatabase({ url, createClient });
  try {
    const leftovers = await database.findLeftovers();
    const done: string[] = [];
    for (const leftover of leftovers) {
      const { madeAt, changedTables } = leftover;
      done.push(...(await database.restoreLeftover(leftover)));
      done.push(
        madeAt === null
          ? 'A snapshot that was never completed is gone; no row had been changed.'
          : `Restored to ${madeAt.toISOString()}: ${changedTables.length === 0 ? 'no row differed' : `rows of ${changedTables.join(', ')}`}.`,
      );
    }
    return done.length > 0 ? done : ['There is nothing to restore.'];
  } finally {
    await database.close();
  }
}
