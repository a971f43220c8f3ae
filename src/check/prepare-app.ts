import { setTimeout as delay } from 'node:timers/promises';
import { openAppDatabase } from '@/app-under-test/database/app-database';
import type { AppDatabase } from '@/app-under-test/database/app-database';
import { DatabaseError } from '@/app-under-test/database/database-error';
import { RequestSender } from '@/app-under-test/send-request';
import type { AppRequest } from '@/app-under-test/send-request';
import type { AppClients, AppPlan } from './app-plan';
import type { RunFolder } from './run-folder';
import { startApp } from './start-app';

/** What the plan asks for cannot be done with this app. The message says what to do. */
export class PrepareError extends Error {
  override readonly name = 'PrepareError';
}

const FREE_MS = 5_000;

export interface PreparedApp {
  database: AppDatabase;
  /** Of each actor, with the cookies that it has got. */
  requests: AppRequest[];
}

/**
 * Starts the app once, so that it makes or migrates its tables, carries out what comes before the race, and opens the database
 * in the state that this has led to. A database that must not be explored is refused before anything is started.
 *
 * @throws DatabaseError, AppStartError, PrepareError
 */
export async function prepareApp(
  plan: AppPlan,
  { createClient }: AppClients,
  folder: RunFolder,
  signal?: AbortSignal,
): Promise<PreparedApp> {
  const open = () =>
    openAppDatabase({
      ...{ url: plan.databaseUrl, createClient },
      ...(plan.maxRows !== undefined && { maxRows: plan.maxRows }),
    });
  const first = await open();
  try {
    await first.requireNoLeftovers();
  } finally {
    await first.close();
  }
  const instance = await startApp(plan, folder, { index: 0, signal });
  const sender = new RequestSender(instance.url, plan.requestMs);
  let requests: AppRequest[];
  try {
    await runSql(plan, createClient);
    for (const request of plan.prepare.requests) await mustAccept(plan, sender, request);
    requests = [];
    for (const [i, request] of plan.requests.entries())
      requests.push(withCookies(request, await runBefore(plan, sender, plan.before[i] ?? [])));
  } finally {
    await sender.close();
    await instance.stop();
  }
  return { database: await openWhenFree(open), requests };
}

/** The connections of the app end with its processes, which PostgreSQL notices a moment later. */
async function openWhenFree(open: () => Promise<AppDatabase>): Promise<AppDatabase> {
  const giveUpAt = performance.now() + FREE_MS;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const isInUse = error instanceof DatabaseError && error.kind === 'in-use';
      if (!isInUse || performance.now() > giveUpAt) throw error;
      await delay(20);
    }
  }
}

async function runSql(
  { prepare, databaseUrl }: AppPlan,
  createClient: AppClients['createClient'],
): Promise<void> {
  if (prepare.sql.length === 0) return;
  const client = createClient({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const sql of prepare.sql)
      await client.query(sql).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw new PrepareError(`PostgreSQL refused what is to be prepared, \`${sql}\`: ${why}`);
      });
  } finally {
    await client.end();
  }
}

/** @returns the cookies that the actor has in the end, by name */
async function runBefore(
  plan: AppPlan,
  sender: RequestSender,
  before: readonly AppRequest[],
): Promise<Map<string, string>> {
  const cookies = new Map<string, string>();
  for (const request of before) {
    const { setCookie = [] } = await mustAccept(plan, sender, withCookies(request, cookies));
    for (const cookie of setCookie) {
      const [, name, value = ''] = /^\s*([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined) cookies.set(name, value);
    }
  }
  return cookies;
}

async function mustAccept(plan: AppPlan, sender: RequestSender, request: AppRequest) {
  const answer = await sender.send(request);
  // where to go after a login is no refusal
  if (plan.isAccepted(answer) || (answer.status >= 300 && answer.status < 400)) return answer;
  throw new PrepareError(
    `${request.method} ${request.path} comes before the race and was refused: ${answer.status} ${answer.body.slice(0, 200)}`,
  );
}

function withCookies(request: AppRequest, cookies: ReadonlyMap<string, string>): AppRequest {
  if (cookies.size === 0) return request;
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return { ...request, headers: { ...request.headers, cookie } };
}
