import { EventEmitter } from 'node:events';
import PQueue from 'p-queue';
import { Explorer } from '@/explorer/explore';
import { Audits } from '@/jobs/audit/audits';
import { ExperimentJobs } from '@/jobs/experiment/experiment-jobs';
import { ExplorationJobs } from '@/jobs/exploration/exploration-jobs';
import { checkCounts } from '@/jobs/race/repair';
import { RaceJobs } from '@/jobs/race/race-jobs';
import type { RaceJobsDeps } from '@/jobs/race/race-jobs';
import type { JobsDeps } from '@/jobs/jobs';
import { StoredReads } from '@/jobs/stored-reads';
import { findSurelyDead, watchOwners } from '@/jobs/watch-owners';
import type { LabLog } from '@/lib/lab-log';
import { withTimeout } from '@/lib/with-timeout';
import { LoadThreads } from '@/load/load-threads';
import type { RedisUnderTest } from '@/model/redis-under-test';
import { readInterleaving } from '@/scenarios/inventory/read-interleaving';
import { describeStrategy, loadStrategyInstance } from '@/scenarios/registry';
import { watchedServices } from '@/services/health';
import type { ScenarioLocation } from '@/scenarios/scenario';
import type { Services } from '@/services/open-services';
import type { InstanceLease } from '@/services/postgres/instance-lease';
import type { ExplorerSessions } from '@/services/postgres/explorer-sessions';
import { withItemLock } from '@/services/postgres/item-lock';
import { countRoom } from '@/services/postgres/pools';
import type { Pools } from '@/services/postgres/pools';
import { readStatementActivity } from '@/services/postgres/statement-activity';
import { createBatchStore } from '@/store/batch-store';
import { createExperimentStore } from '@/store/experiment-store';
import { createExplorationStore } from '@/store/exploration-store';
import { createOrderStore } from '@/store/order-store';
import { findDeadOwners } from '@/store/orphans';
import { createRaceStore } from '@/store/race-store';
import type { Lab, LabEvents } from './lab';

/** The dependencies of a lab: `openLab` opens and closes them. */
export interface LabDeps extends Pick<
  RaceJobsDeps,
  'scenario' | 'strategies' | 'purchaseService' | 'origin' | 'startPurchaseServers' | 'loadKey' | 'writtenBy'
> {
  /** Where the scenario and its strategies are found. */
  location: ScenarioLocation;
  pools: Pools;
  redis: RedisUnderTest;
  sessions: ExplorerSessions;
  services: Pick<Services, 'incident'>;
  owner: Pick<InstanceLease, 'lockClass' | 'key'>;
  log: LabLog;
}

/** Timeout of creating an item, ms. */
const CREATE_MS = 15_000;

/**
 * Builds the lab on open connections, marks what a dead server has left as interrupted, and checks the counts of all
 * races.
 */
export async function createLab(deps: LabDeps): Promise<Lab> {
  const { pools, redis, strategies, owner, log, scenario, location } = deps;
  const { recorder: db, poolSize } = pools;
  const storage = { db, redis };
  const events = new EventEmitter<LabEvents>();
  const turns = new PQueue({ concurrency: 1 });
  const onChange: JobsDeps['onChange'] = (...event) => void events.emit('job', ...event);
  const batches = createBatchStore(db);
  const reads = openReads(deps);
  const loadThreads = new LoadThreads();
  const watched = watchedServices({
    db: pools.probes,
    redis,
    incident: (service) => deps.services.incident(service),
  });
  const raceDeps: RaceJobsDeps = {
    ...deps,
    races: createRaceStore(db),
    batches,
    audits: new Audits(batches, deps),
    reads,
    storage,
    sampled: { db: pools.samples, redis },
    loadThreads,
    warm: new Set<string>(),
    poolSize,
    connectionRoom: () => countRoom(db),
    openConnections: pools.openForRaces,
    statementActivity: () => readStatementActivity(pools.probes, pools.applicationName),
    watched,
    turns,
    onChange,
  };
  const races = new RaceJobs(raceDeps, {
    state: (...event) => void events.emit('state', ...event),
    appended: (...event) => void events.emit('appended', ...event),
    lane: (...event) => void events.emit('lane', ...event),
  });
  const { reader } = races;
  const experiments = new ExperimentJobs({
    scenario,
    races,
    experiments: createExperimentStore(db),
    reads,
    strategies,
    batches,
    owner,
    log,
    onChange,
  });
  const { monitor, openSession } = deps.sessions;
  const loadInstance = (id: string, instance: number) =>
    loadStrategyInstance(location.strategies, id, instance);
  const explorer = new Explorer({
    ...{ monitor, openSession, loadInstance, db, redis, strategies, watched },
    owner: owner.key,
  });
  const store = createExplorationStore(db);
  const explorations = new ExplorationJobs({
    strategies,
    explorer,
    store,
    reads,
    turns,
    owner,
    log,
    onChange,
  });
  const findDead = (others?: number[]) => findDeadOwners(db, owner.lockClass, others);
  const interruptOrphans = async (owners: readonly number[]) => {
    await experiments.jobs.interruptOrphans(owners);
    await races.jobs.interruptOrphans(owners);
    await explorations.jobs.interruptOrphans(owners);
    await explorer.clearLeftovers(owners);
  };
  const owners = await findSurelyDead(async () => findDead(await explorer.findItemOwners()));
  await interruptOrphans(owners);
  await checkCounts(raceDeps);
  // not this server's own, which are in memory
  const others = async () => (await findDead()).filter((key) => key !== owner.key);
  const ownersWatch = watchOwners(others, interruptOrphans);
  const jobs = { race: races.jobs, experiment: experiments.jobs, exploration: explorations.jobs };
  let closing: Promise<void> | undefined;
  const close = async (graceMs: number) => {
    experiments.stopAll('because the server was shut down');
    await Promise.all([explorations.close(), races.close(graceMs), ownersWatch.close()]);
    await experiments.close();
    await loadThreads.close();
  };

  return {
    strategies: [...strategies.values()].map(describeStrategy),
    poolSize,
    events,
    strategy: (id) => strategies.get(id),
    getStrategy: async (id) => {
      const strategy = strategies.get(id);
      if (!strategy) return null;
      const { source } = strategy;
      const interleaving = readInterleaving(source);
      return { ...describeStrategy(strategy), source, interleaving, measured: await reader.measure(id) };
    },
    createItem: (item) =>
      withTimeout(
        withItemLock(pools.recorder, () => scenario.create(storage, strategies.values(), item)),
        CREATE_MS,
      ).catch((error: unknown) => {
        log.warn({ error, sku: item.sku }, 'an item could not be created');
        throw error;
      }),
    startRace: (input, { origin }) => races.start(input, origin),
    waitForRace: (id) => races.waitFor(id),
    getRace: (id) => reader.get(id),
    getRaceState: (id) => reader.state(id),
    listRaces: (page) => reader.list(page),
    getJob: (kind, id) => jobs[kind].state(id),
    runningJob: () => reader.runningJob() ?? explorations.runningJob(),
    stopRace: (id, how) => races.stop(id, how),
    deleteRace: (id) => races.delete(id),
    startExperiment: (input, { origin }) => experiments.start(input, origin),
    getExperiment: (id) => experiments.get(id),
    listExperiments: (page) => experiments.list(page),
    stopExperiment: (id, how) => experiments.stop(id, how),
    deleteExperiment: (id) => experiments.jobs.delete(id),
    readEvents: (id, lane, from, limit) => reader.readEvents(id, lane, from, limit),
    listEvidence: (id, query) => reader.listEvidence(id, query),
    listNaming: (id, query) => reader.listNaming(id, query),
    getAttempt: (id, query) => reader.getAttempt(id, query),
    exportRace: (id, format, lane) => reader.export(id, format, lane),
    snapshots: (id) => reader.snapshots(id),
    startExploration: (input) => explorations.start(input),
    getExploration: (id) => explorations.get(id),
    listExplorations: (page) => explorations.list(page),
    stopExploration: (id) => explorations.stop(id),
    deleteExploration: (id) => explorations.jobs.delete(id),
    replaySchedule: (id, scheduleId) => explorations.replay(id, scheduleId),
    testIsolation: () => explorations.isolation.report(),
    isolationState: () => explorations.isolation.state,
    countJobs: () => Object.values(jobs).flatMap((kind) => kind.count()),
    countAttempts: () => races.countAttempts(),
    close: (graceMs) => (closing ??= close(graceMs)),
  };
}

/** Stores for viewers. They use their own connections, so that reading never delays a race. */
function openReads(deps: LabDeps): StoredReads {
  const db = deps.pools.viewers;
  const batches = createBatchStore(db);
  const stores = {
    races: createRaceStore(db),
    experiments: createExperimentStore(db),
    explorations: createExplorationStore(db),
    batches,
    orders: createOrderStore(db),
    audits: new Audits(batches, deps),
  };
  return new StoredReads(stores, deps.log);
}
