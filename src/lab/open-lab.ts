import { readFileSync } from 'node:fs';
import path from 'node:path';
import { nanoid } from 'nanoid';
import { CloseStack } from '@/lib/close-stack';
import type { LabLog } from '@/lib/lab-log';
import { shareRunning } from '@/lib/share-running';
import { createPurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import type { PurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import { loadStrategies } from '@/scenarios/registry';
import { loadScenario } from '@/scenarios/scenario';
import type { ScenarioLocation } from '@/scenarios/scenario';
import { projectRoot } from '@/services/env';
import type { Env } from '@/services/env';
import { explainRefusal } from '@/services/check-service';
import { checkHealth } from '@/services/health';
import type { Health } from '@/services/health';
import { openServices } from '@/services/open-services';
import { openExplorerSessions } from '@/services/postgres/explorer-sessions';
import { holdInstanceLease } from '@/services/postgres/instance-lease';
import { withItemLock } from '@/services/postgres/item-lock';
import { checkPoolSize, createPools } from '@/services/postgres/pools';
import type { Pools } from '@/services/postgres/pools';
import { inventory } from '@/services/process/program';
import { createPurchaseServers } from '@/services/process/purchase-servers';
import { connectRedis } from '@/services/redis/redis-client';
import { createLab } from './create-lab';
import type { Lab } from './lab';

/** Time at the end for attempts in flight; ms. */
export const DRAIN_MS = 3_000;

export type LabEnv = Pick<Env, 'databaseUrl' | 'redisUrl' | 'dataDir' | 'redisServerBin' | 'poolSize'>;

export interface OpenLabOptions {
  log: LabLog;
  /** Receives the progress of slow phases, one line each. */
  say: (message: string) => void;
  /** What is raced, and where it is found; default: the inventory of this program. */
  location?: ScenarioLocation;
}

/** A lab, and what was opened for it. */
export interface OpenedLab {
  lab: Lab;
  /** Purchases in this process, for the server that offers them over HTTP. */
  purchaseService: PurchaseService;
  /**
   * Tells the lab where this process serves purchases over HTTP. Until then it refuses races over HTTP in one process,
   * and runs all others.
   */
  setOrigin: (origin: string) => void;
  /** The state of this process and of what it depends on. Never rejects. */
  checkHealth: () => Promise<Health>;
  /** How the connections of each pool to PostgreSQL are used now. */
  poolUsage: Pools['usage'];
  /** The product's version. */
  version: string;
  databaseUrl: string;
  redisUrl: string;
  /**
   * Closes the lab, with `DRAIN_MS` for what runs, and then what was opened for it in reverse order. Close the server
   * that offers purchases over HTTP after `lab.close` and before this: races that drain pass through it.
   *
   * @throws AggregateError when a part could not be closed; the others are closed all the same
   */
  close: () => Promise<void>;
}

/**
 * Opens a lab: PostgreSQL and Redis, those of the environment or embedded ones, with their tables and the demo item,
 * connections of every kind, strategies, and the lab on top. A failure closes everything opened so far.
 *
 * @throws ServiceUnreachableError, MigrationError, PoolSizeError
 */
export async function openLab(env: LabEnv, options: OpenLabOptions): Promise<OpenedLab> {
  const opened = new CloseStack();
  try {
    return await open(env, options, opened);
  } catch (error) {
    await opened.close().catch((failure: unknown) => {
      options.log.warn({ error: failure }, 'what had been opened could not be closed');
    });
    throw error;
  }
}

async function open(
  env: LabEnv,
  { log, say, location = inventory }: OpenLabOptions,
  opened: CloseStack,
): Promise<OpenedLab> {
  const services = await openServices(env, say);
  opened.add('services', () => services.close());
  const { databaseUrl, redisUrl } = services;
  const pools = createPools(databaseUrl, env.poolSize);
  opened.add('connection pools', () => pools.close());
  await checkPoolSize(pools);
  const redis = await connectRedis(redisUrl, (error) => log.warn({ reason: error.message }, 'Redis'));
  opened.add('Redis client', () => redis.destroy());
  const owner = await holdInstanceLease(databaseUrl);
  opened.add('instance lease', () => owner.close());
  const sessions = await openExplorerSessions(databaseUrl);
  opened.add('explorer', () => sessions.close());

  const scenario = await loadScenario(location);
  const strategies = await loadStrategies(location.strategies);
  const seed = () =>
    withItemLock(pools.recorder, () => scenario.seed({ db: pools.recorder, redis }, strategies.values()));
  await seed().catch((error: unknown) => {
    throw explainRefusal(error, redisUrl);
  });
  // a restarted Redis has lost the counters of the demo item
  redis.on('ready', () => {
    seed().catch((error: unknown) => log.warn({ error }, 'the demo item is not there'));
  });
  const { poolSize, applicationName, underTest, probes } = pools;
  const version = readVersion();
  const loadKey = nanoid();
  const purchaseService = createPurchaseService({ ...underTest, redis }, strategies, loadKey);
  const settings = { databaseUrl, redisUrl, poolSize, applicationName, loadKey };
  let origin: string | undefined;
  const lab = await createLab({
    scenario,
    location,
    strategies,
    purchaseService,
    origin: () => origin,
    startPurchaseServers: createPurchaseServers(settings),
    loadKey,
    owner,
    writtenBy: `oversell ${version}`,
    pools,
    redis,
    sessions,
    services,
    log,
  });
  opened.add('lab', () => lab.close(DRAIN_MS));
  return {
    lab,
    purchaseService,
    setOrigin: (own) => (origin = own),
    checkHealth: shareRunning(() =>
      checkHealth({ db: probes, redis, version, incident: (service) => services.incident(service) }),
    ),
    poolUsage: pools.usage,
    version,
    databaseUrl,
    redisUrl,
    close: () => opened.close(),
  };
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
