import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import type { ServerBuild } from '@remix-run/node';
import { nanoid } from 'nanoid';
import { onUnavailable } from '@/jobs/require-database';
import { createLab } from '@/lab/lab';
import { shareRunning } from '@/lib/share-running';
import { createPurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import { loadStrategies, loadStrategyInstance } from '@/scenarios/inventory/registry';
import { createHttp, importBuild } from '@/server/http/create-http';
import { namesOf } from '@/server/http/cross-site';
import { describeReach, listen, ListenError, originOf } from '@/server/http/listen';
import { openVite } from '@/server/http/vite';
import { openLive } from '@/server/live/live';
import { EnvError, projectRoot, readEnv } from '@/services/env';
import type { Env } from '@/services/env';
import { checkHealth, probePostgres, probeRedis } from '@/services/health';
import { createLog } from '@/services/log';
import { MigrationError, openServices, ServiceUnreachableError } from '@/services/open-services';
import { checkPoolSize, countRoom, PoolSizeError } from '@/services/postgres/check-pool-size';
import { openExplorerSessions } from '@/services/postgres/explorer-sessions';
import { holdInstanceLease } from '@/services/postgres/instance-lease';
import { createObservedPrisma, createPrisma } from '@/services/postgres/prisma';
import { readStatementActivity } from '@/services/postgres/statement-activity';
import { boundGarbage } from '@/services/process/heap';
import { buildFolder, strategyFolder } from '@/services/process/program';
import { createPurchaseServers } from '@/services/process/purchase-servers';
import { Shutdown } from '@/services/process/shutdown';
import { connectRedis } from '@/services/redis/redis-client';
import { seed } from './prisma/seed';

/**
 * What a race cannot do without stays connected, and is connected again however long that takes: whether PostgreSQL is
 * away is for the watch on it to say, as a machine that is busy looks the same from a connection.
 */
const FOR_RACES = { repeatsLost: true, connectTimeoutMs: 30_000, idleTimeoutMs: 0 };
/**
 * Connections apart from the pool under test. Each kind has its own, so that no number of viewers makes the recorder or
 * a probe wait. `check-pool-size.ts` counts them.
 */
const POOLS = {
  recorder: { ...FOR_RACES, size: 5, name: 'oversell lab', statementTimeoutMs: 60_000 },
  probes: { ...FOR_RACES, size: 2, name: 'oversell probes' },
  viewers: { size: 4, name: 'oversell viewers', statementTimeoutMs: 15_000, repeatsLost: true },
};
/** A race waits longer for a sign of life than a health check: a busy machine answers late, and late is alive; ms. */
const RACE_PROBE_MS = 5_000;
/** Time at shutdown for what is in flight; the rest of ten seconds closes what is open. */
const DRAIN_MS = 3_000;

// a terminal that was closed takes no words, which is no reason to stop in the middle of stopping
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** Composition root: environment, services, lab, HTTP, live channel; closed in the opposite order. */
async function main(env: Env, shutdown: Shutdown): Promise<void> {
  const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const log = createLog(env);
  onUnavailable((failure) => log.warn(failure, 'the lab could not be asked'));

  const services = await openServices(env, say);
  shutdown.add('services', () => services.close());
  // of its own, because other servers may use the same database
  const applicationName = `oversell under test ${nanoid(6)}`;
  const { databaseUrl, redisUrl } = services;
  const { poolSize } = env;
  const underTest = createObservedPrisma(databaseUrl, { size: poolSize, name: applicationName });
  const recorder = createObservedPrisma(databaseUrl, POOLS.recorder);
  const probing = createObservedPrisma(databaseUrl, POOLS.probes);
  const [bookkeeping, probes] = [recorder.db, probing.db];
  const reading = createPrisma(databaseUrl, POOLS.viewers);
  shutdown.add('connection pools', () =>
    Promise.all([underTest.db, bookkeeping, probes, reading].map((db) => db.$disconnect())),
  );
  await checkPoolSize(bookkeeping, poolSize);
  const redis = await connectRedis(redisUrl, (error) => log.warn({ reason: error.message }, 'Redis'));
  shutdown.add('Redis client', () => redis.destroy());
  const owner = await holdInstanceLease(databaseUrl);
  shutdown.add('instance lease', () => owner.close());

  const sessions = await openExplorerSessions(services.databaseUrl);
  shutdown.add('explorer', () => sessions.close());

  const strategies = await loadStrategies(strategyFolder);
  const seedItems = () => seed({ db: bookkeeping, redis }, strategies.values());
  await seedItems();
  // a Redis that was started again has lost the counters of the demo item
  redis.on('ready', () => {
    seedItems().catch((error: unknown) => log.warn({ error }, 'the demo item is not there'));
  });
  const loadKey = nanoid();
  const purchaseService = createPurchaseService({ ...underTest, redis }, strategies, loadKey);
  const http = createServer();
  const lab = await createLab({
    writtenBy: `oversell ${version}`,
    purchaseService,
    bookkeeping,
    probes,
    reading,
    redis,
    poolSize,
    strategies,
    origin: () => originOf(http),
    loadKey,
    startPurchaseServers: createPurchaseServers({
      databaseUrl,
      redisUrl,
      poolSize,
      applicationName,
      loadKey,
    }),
    connectionRoom: () => countRoom(bookkeeping),
    openConnections: async () => {
      await Promise.all([recorder, probing, underTest].map(({ open }) => open()));
    },
    postgresProbe: {
      name: 'PostgreSQL',
      probe: async () => (await probePostgres(probes, RACE_PROBE_MS)).started,
      incident: () => services.incident('postgres'),
    },
    statementActivity: () => readStatementActivity(probes, applicationName),
    redisProbe: {
      name: 'Redis',
      probe: async () => (await probeRedis(redis, RACE_PROBE_MS)).runId,
      incident: () => services.incident('redis'),
    },
    explorable: {
      monitor: sessions.monitor,
      openSession: sessions.openSession,
      loadInstance: (id, instance) => loadStrategyInstance(strategyFolder, id, instance),
    },
    owner,
    log,
  });

  const names = namesOf(env.host, env.allowedHosts);
  const vite = env.nodeEnv === 'development' ? await openVite(http) : undefined;
  const reportError = (error: unknown) => log.error({ error }, 'a page or an endpoint failed');
  const context = {
    lab,
    purchaseService,
    version,
    reportError,
    checkHealth: shareRunning(() =>
      checkHealth({ db: probes, redis, version, incident: (service) => services.incident(service) }),
    ),
  };
  const build = vite
    ? () => vite.ssrLoadModule('virtual:remix/server-build') as Promise<ServerBuild>
    : await importBuild(buildFolder);
  const clientFolder = path.join(buildFolder, 'client');
  http.on('request', createHttp({ build, vite: vite?.middlewares, clientFolder, context, names, log }));
  const live = openLive(http, lab, names, log);
  const address = await listen(http, env);

  shutdown.add('HTTP and live channel', async () => {
    const closed = live.close();
    http.closeAllConnections();
    await closed;
  });
  shutdown.add('races', () => lab.close(DRAIN_MS));
  if (vite) shutdown.add('Vite', () => vite.close());
  say(`Oversell is ready at ${address}`);
  say(describeReach(env.host, names));
}

function say(message: string): void {
  process.stdout.write(`  ${message}\n`);
}

/** What stopped the start, as one line where it is the user's to mend, and the exit code that says so. */
function explain(error: unknown): { message: string; code: number } {
  const isUsage = [EnvError, ListenError, PoolSizeError].some((kind) => error instanceof kind);
  if (isUsage && error instanceof Error) return { message: error.message, code: 2 };
  if (error instanceof ServiceUnreachableError) return { message: error.message, code: 3 };
  if (error instanceof MigrationError) return { message: error.message, code: 1 };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), code: 1 };
}

boundGarbage();
const shutdown = new Shutdown();
const started = Promise.resolve().then(() => main(readEnv(), shutdown));
shutdown.onSignals(started);
started.catch(async (error: unknown) => {
  const { message, code } = explain(error);
  process.stderr.write(`${message}\n`);
  await shutdown.closeAll();
  process.exit(code);
});
