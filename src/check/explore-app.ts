import { join } from 'node:path';
import type pg from 'pg';
import { openAppDatabase } from '@/app-under-test/database/app-database';
import type { AppDatabase } from '@/app-under-test/database/app-database';
import { startInstance } from './instance';
import type { Instance } from './instance';
import { openRunFolder } from './run-folder';
import type { RunFolder } from './run-folder';
import { RequestSender } from '@/app-under-test/send-request';
import type { AppRequest } from '@/app-under-test/send-request';
import { CloseStack } from '@/lib/close-stack';
import { appEnv, ownFolder } from '@/services/env';
import { findFreePort } from '@/services/process/free-port';
import { startPostgresProxy } from '@/wire/postgres/proxy';
import type { PostgresProxy } from '@/wire/postgres/proxy';
import { AppActor } from '@/explorer/backends/wire/app-actor';
import { AppBackend } from '@/explorer/backends/wire/app-backend';
import type { AppFindingKind, AppJudgement, PlayedApp } from '@/explorer/backends/wire/app-backend';
import { AtRest } from '@/explorer/backends/wire/at-rest';
import { SqlAccess } from '@/explorer/backends/wire/sql-access';
import { loadSqlParser, readSql } from '@/explorer/schedule/sql-shape';
import type { AppAnswer } from '@/app-under-test/send-request';
import type { ExplorationEvents, SearchPlan, SearchResult } from '@/explorer/search/search';
import { Search } from '@/explorer/search/search';

/** Somebody's app, and two or three requests to it that arrive at once. */
export interface AppPlan extends SearchPlan {
  /** A line for the shell that starts the app. */
  start: string;
  cwd: string;
  /** Of the app's own database. */
  databaseUrl: string;
  /** The variables in which the app reads its database's address and its port. */
  databaseEnv: string;
  portEnv: string;
  requests: AppRequest[];
  /** How long an instance may take to start, ms. */
  startMs: number;
}

export interface AppExploration extends SearchResult<AppFindingKind> {
  /** The simplest schedule with a finding. */
  shown: AppJudgement | null;
  /** What was left out of comparisons, because it differs between two runs of the same order. */
  masks: string[];
}

/** Silence after which a request counts as parked, ms: for something that the explorer cannot see. */
const PARK_MS = 100;
/** Rounds in which all requests are sent at once before anything is measured: connections are opened and code is compiled. */
const WARM_UPS = 3;
const REQUEST_MS = 30_000;

/** Explores every interleaving of the requests' statements, each in an instance of the app of its own. */
export async function exploreApp(
  plan: AppPlan,
  createClient: (config: pg.ClientConfig) => pg.Client,
  events: ExplorationEvents = {},
): Promise<AppExploration> {
  const stack = new CloseStack();
  try {
    const folder = await openRunFolder(join(ownFolder, 'checks'));
    stack.add('the folder of the run', () => folder.close());
    const database = await openPrepared(plan, createClient, folder);
    stack.add('the database', () => database.close());
    const snapshot = await database.takeSnapshot();
    stack.add('the snapshot', () => snapshot.finish());
    await database.shortenDeadlockTimeout(snapshot);

    await loadSqlParser();
    const { rest, actors } = makeActors(plan, database);
    const instances: Instance[] = [];
    const proxies: PostgresProxy[] = [];
    for (const actor of actors) {
      const proxy = await startPostgresProxy({ upstream: upstreamOf(plan.databaseUrl), hooks: actor.hooks });
      stack.add('a proxy', () => proxy.close());
      proxies.push(proxy);
      const instance = await startApp(plan, folder, actor.index, proxy.port);
      stack.add('an instance', () => instance.stop());
      instances.push(instance);
      rest.processes.push({ processorNs: () => instance.group.processorNs(), exit: () => instance.exit() });
    }
    const senders = instances.map(({ url }) => new RequestSender(url, REQUEST_MS));
    for (const sender of senders) stack.add('a sender', () => sender.close());
    for (let n = 0; n < WARM_UPS; n += 1) {
      await Promise.all(
        senders.flatMap((sender, i) => (plan.requests[i] ? [sender.send(plan.requests[i])] : [])),
      );
      await snapshot.restoreWritten();
    }
    for (const proxy of proxies) proxy.hold(true);
    const backend = new AppBackend({
      ...{ actors, senders, snapshot, rest, requests: plan.requests },
      access: new SqlAccess(database.catalogue),
      defaultLevel: 'read committed',
      offsetSequences: (by) => offsetSequences(database, by),
      isAccepted: ({ status }: AppAnswer) => status >= 200 && status < 300,
    });
    await backend.learnSerialOrders();
    const search = new Search<PlayedApp, AppJudgement, AppFindingKind>(backend, plan, events);
    await search.run();
    const result = search.result();
    const shown = result.violation === undefined ? null : ((await backend.replay(result.violation)) ?? null);
    for (const proxy of proxies) proxy.hold(false);
    return { ...result, shown, masks: backend.serial.masks.list() };
  } finally {
    await stack.close();
  }
}

/** Opens the database when the app has made its tables: an app that finds none makes them as it starts. */
async function openPrepared(
  plan: AppPlan,
  createClient: (config: pg.ClientConfig) => pg.Client,
  folder: RunFolder,
): Promise<AppDatabase> {
  const open = () => openAppDatabase({ url: plan.databaseUrl, createClient });
  const first = await open();
  if (first.catalogue.tables.length > 0) return first;
  await first.close();
  const instance = await startApp(plan, folder, 0);
  await instance.stop();
  return open();
}

async function startApp(
  plan: AppPlan,
  folder: RunFolder,
  index: number,
  proxyPort?: number,
): Promise<Instance> {
  const port = await findFreePort();
  const url = new URL(plan.databaseUrl);
  if (proxyPort !== undefined) {
    url.hostname = '127.0.0.1';
    url.port = String(proxyPort);
  }
  return startInstance({
    ...{ command: plan.start, cwd: plan.cwd, port, portEnv: plan.portEnv, startMs: plan.startMs },
    env: {
      ...appEnv(),
      [plan.databaseEnv]: url.href,
      [plan.portEnv]: String(port),
      PGHOST: url.hostname,
      PGPORT: url.port,
      PGUSER: decodeURIComponent(url.username),
      PGPASSWORD: decodeURIComponent(url.password),
      PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
    },
    logFile: folder.logFile(index),
    identityFile: folder.identityFile(index),
  });
}

function makeActors(plan: AppPlan, database: AppDatabase) {
  const rest = new AtRest(PARK_MS, {
    blockers: async (pids) => {
      const { rows } = await database.session.client.query<{ pid: number; blockers: number[] }>({
        name: 'blockers',
        text: 'select pid, pg_blocking_pids(pid) as blockers from unnest($1::int[]) as pid',
        values: [pids],
      });
      return new Map(rows.map((row) => [row.pid, row.blockers]));
    },
  });
  const readsMore = (sql: string | undefined) =>
    sql !== undefined && readSql(sql).some((one) => one.readsMore);
  const actors = plan.requests.map(
    (_, i) =>
      new AppActor(
        i,
        () => rest.changed(),
        ({ statements }) => statements.some(({ sql }) => readsMore(sql)),
      ),
  );
  rest.actors.push(...actors);
  return { rest, actors };
}

/** Moves every sequence on. */
async function offsetSequences({ session, catalogue }: AppDatabase, by: number): Promise<void> {
  for (const { id } of catalogue.sequences)
    await session.client.query(`select setval('${id.replaceAll("'", "''")}', last_value + ${by}) from ${id}`);
}

function upstreamOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: port === '' ? 5432 : Number(port) };
}
