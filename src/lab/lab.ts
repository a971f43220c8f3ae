import { EventEmitter } from 'node:events';
import PQueue from 'p-queue';
import { Explorer } from '@/explorer/explore';
import type { ExplorerDeps } from '@/explorer/explore';
import type { PrismaClient } from '@/generated/prisma/client';
import { Audits } from '@/jobs/audit/audits';
import { ExperimentDesk } from '@/jobs/experiment/experiment-desk';
import { ExplorationDesk } from '@/jobs/exploration/exploration-desk';
import type { RaceEvents } from '@/jobs/race/active-race';
import { checkCounts } from '@/jobs/race/check-counts';
import { readAttempt, readEvidencePage, readNaming } from '@/jobs/race/evidence';
import type { EvidenceAnswer, NamingAnswer } from '@/jobs/race/evidence';
import type { ExportFormat, RaceExport } from '@/jobs/race/export-race';
import { interruptOrphans } from '@/jobs/race/interrupt-orphans';
import type { LaneDeps } from '@/jobs/race/lane-load';
import { RaceDesk } from '@/jobs/race/race-desk';
import type { WantedRaces } from '@/jobs/race/race-desk';
import type { Dependency } from '@/jobs/race/watch-dependencies';
import { StoredReads } from '@/jobs/stored-reads';
import { withTimeout } from '@/lib/with-timeout';
import { unknownRace } from '@/lib/lab-error';
import type { Result } from '@/lib/lab-error';
import type { LabLog } from '@/lib/lab-log';
import { LoadThreads } from '@/load/load-threads';
import type { AttemptRecord } from '@/model/attempt-record';
import type { StoredBatch } from '@/model/event-batch';
import type { ExperimentPage, ExperimentView } from '@/model/experiment';
import type { ExplorationView, ScheduleView } from '@/model/exploration';
import type { IsolationReport, IsolationState } from '@/model/isolation';
import type { LaneSnapshot, RaceOrigin, RacePage, RaceState, RaceView, StopHow } from '@/model/race';
import type { RedisUnderTest } from '@/model/redis-under-test';
import type { StrategyInfo } from '@/model/strategy';
import type { StrategyDetail } from '@/model/strategy-page';
import type { RunningJob } from '@/model/running-job';
import type { AttemptQuery, EvidenceQuery } from '@/plan/requests';
import type { PurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import { readInterleaving } from '@/scenarios/inventory/read-interleaving';
import { describeStrategy } from '@/scenarios/inventory/registry';
import type { RegisteredStrategy } from '@/scenarios/inventory/registry';
import { createItem } from '@/scenarios/inventory/storage';
import { createBatchStore } from '@/store/batch-store';
import { createExperimentStore } from '@/store/experiment-store';
import { createExplorationStore } from '@/store/exploration-store';
import { createOrderStore } from '@/store/order-store';
import { createRaceStore } from '@/store/race-store';
import type { TargetDeps } from '@/targets/race-target';

export interface LabDeps {
  /** Purchases in this process, on the pool under test. */
  purchaseService: PurchaseService;
  /** For races that ask for several server processes. */
  startPurchaseServers: TargetDeps['startPurchaseServers'];
  loadKey: TargetDeps['loadKey'];
  /** Connections that PostgreSQL has for all pools under test together. */
  connectionRoom: () => Promise<number>;
  /** Opens the connections that a race needs, so that none has to be opened while it runs. */
  openConnections: () => Promise<void>;
  /** Prisma on the recorder's connections: items, event logs, audits, and how races end. */
  bookkeeping: PrismaClient;
  /** Prisma on the probes' connections: samples of a lane's stock. */
  probes: PrismaClient;
  /** Prisma on the viewers' connections, which nothing that runs a race waits for. */
  reading: PrismaClient;
  redis: RedisUnderTest;
  /** Connections in the pool under test. */
  poolSize: number;
  strategies: Map<string, RegisteredStrategy>;
  /** Where this server listens, for the load generator; known once it does. */
  origin: () => string;
  /** Statements of the pool under test that are at work now, and how many of them wait for a lock. */
  statementActivity: LaneDeps['statementActivity'];
  postgresProbe: Dependency;
  redisProbe: Dependency;
  /** Connections for explorations, and strategies as another process would have loaded them. */
  explorable: Pick<ExplorerDeps, 'monitor' | 'openSession' | 'loadInstance'>;
  /** The advisory lock that tells other servers that this one lives. */
  owner: { lockClass: number; key: number };
  /** Name and version of the program, for files that it writes. */
  writtenBy: string;
  log: LabLog;
}

/**
 * The laboratory: races, and everything known about them. Has no idea of HTTP, Remix or Socket.IO.
 * Methods that read the database throw `LabUnavailableError` when it cannot be reached.
 */
export interface Lab {
  readonly strategies: StrategyInfo[];
  readonly poolSize: number;
  /** What happens to races, as it happens. */
  readonly events: EventEmitter<LabEvents>;
  strategy: (id: string) => RegisteredStrategy | undefined;
  /** A strategy with its source, its interleaving and what it has cost here; null for an unknown id. */
  getStrategy: (id: string) => Promise<StrategyDetail | null>;
  /** Creates or resets an item in PostgreSQL and in every store that a strategy keeps. */
  createItem: (item: { sku: string; stock: number }) => Promise<void>;
  /** Queues a race; `input` is checked. Numbers may be text when it comes from a form (`dashboard`). */
  startRace: (
    input: unknown,
    options: { origin: RaceOrigin },
  ) => Promise<Result<{ race: { id: string; url: string } }>>;
  /** Resolves when a race is over and stored, with its last state. */
  waitForRace: (id: string) => Promise<RaceView | null>;
  getRace: (id: string) => Promise<RaceView | null>;
  /** Status and number of lanes, for live viewers. */
  getRaceState: (id: string) => Promise<RaceState | null>;
  listRaces: (page: WantedRaces) => Promise<Result<RacePage>>;
  /** What runs on this server now; whatever is started waits until it is over. */
  runningJob: () => RunningJob | null;
  /** Asking again to `drain` changes nothing; `force`, or `next` after it, waits for nothing more. */
  stopRace: (id: string, how: StopHow) => Promise<Result>;
  deleteRace: (id: string) => Promise<Result>;
  /** Queues an experiment; `input` is checked as that of a race is. */
  startExperiment: (
    input: unknown,
    options: { origin: RaceOrigin },
  ) => Promise<Result<{ experiment: { id: string; url: string } }>>;
  getExperiment: (id: string) => Promise<ExperimentView | null>;
  listExperiments: (page: { limit: number; cursor?: string }) => Promise<Result<ExperimentPage>>;
  stopExperiment: (id: string) => Promise<Result>;
  deleteExperiment: (id: string) => Promise<Result>;
  /** Batches from sequence number `from` on; empty at the end of the log, `null` for an unknown race or lane. */
  readEvents: (id: string, lane: number, from: number, limit: number) => Promise<StoredBatch[] | null>;
  /** A page of all the evidence for a finding of a judged lane, or of its loss ledger. */
  listEvidence: (id: string, query: EvidenceQuery) => Promise<Result<{ page: EvidenceAnswer }>>;
  /** One attempt with its steps and its rows in the orders table. */
  getAttempt: (id: string, query: AttemptQuery) => Promise<Result<{ attempt: AttemptRecord }>>;
  /** The evidence that one attempt of a judged lane is part of. */
  listNaming: (id: string, query: AttemptQuery) => Promise<Result<{ naming: NamingAnswer }>>;
  /** The judged lanes of a race that is over, or one of them, as a file. */
  exportRace: (id: string, format: ExportFormat, lane?: number) => Promise<Result<{ file: RaceExport }>>;
  /** The lanes of a running race; empty when it does not run here. */
  snapshots: (id: string) => LaneSnapshot[];
  /** Queues an exploration; `input` is checked. It never runs beside a race. */
  startExploration: (input: unknown) => Promise<Result<{ exploration: { id: string; url: string } }>>;
  getExploration: (id: string) => Promise<ExplorationView | null>;
  /** The latest, newest first, without their results. */
  listExplorations: (limit: number) => Promise<Omit<ExplorationView, 'result'>[]>;
  stopExploration: (id: string) => Promise<Result>;
  /** Runs one schedule of an exploration again; refused while anything else runs. */
  replaySchedule: (id: string, scheduleId: string) => Promise<Result<{ schedule: ScheduleView }>>;
  /** What the connected PostgreSQL's isolation levels really prevent. Waits for its turn and its end. */
  testIsolation: () => Promise<Result<{ report: IsolationReport }>>;
  /** Where that test stands, and what it came to. */
  isolationState: () => IsolationState;
  /** Drains what runs, aborts it after `graceMs`, stores it, and ends. */
  close: (graceMs: number) => Promise<void>;
}

export type LabEvents = { [Event in keyof RaceEvents]: Parameters<RaceEvents[Event]> };

/** An item is created within this time, or not at all as far as the caller knows, ms. */
const CREATE_MS = 15_000;

/** Builds the lab, marks races whose server died as interrupted, and checks the counts of all. Opens nothing until it is used: clients are passed in. */
export async function createLab(deps: LabDeps): Promise<Lab> {
  const { strategies } = deps;
  const events = new EventEmitter<LabEvents>();
  const turns = new PQueue({ concurrency: 1 });
  const batches = createBatchStore(deps.bookkeeping);
  const reads = openReads(deps.reading);
  const loadThreads = new LoadThreads();
  const deskDeps = {
    strategies,
    races: createRaceStore(deps.bookkeeping),
    batches,
    audits: new Audits(batches),
    reads,
    writtenBy: deps.writtenBy,
    storage: { db: deps.bookkeeping, redis: deps.redis },
    sampled: { db: deps.probes, redis: deps.redis },
    purchaseService: deps.purchaseService,
    origin: deps.origin,
    startPurchaseServers: deps.startPurchaseServers,
    loadKey: deps.loadKey,
    loadThreads,
    warm: new Set<string>(),
    connectionRoom: deps.connectionRoom,
    openConnections: deps.openConnections,
    statementActivity: deps.statementActivity,
    postgres: deps.postgresProbe,
    redis: deps.redisProbe,
    poolSize: deps.poolSize,
    turns,
    owner: deps.owner,
    log: deps.log,
  };
  const desk = new RaceDesk(deskDeps, {
    state: (...event) => void events.emit('state', ...event),
    appended: (...event) => void events.emit('appended', ...event),
    lane: (...event) => void events.emit('lane', ...event),
  });
  const experiments = new ExperimentDesk({
    races: desk,
    experiments: createExperimentStore(deps.bookkeeping),
    reads,
    strategies,
    batches: deskDeps.batches,
    owner: deps.owner,
    log: deps.log,
  });
  await experiments.interruptOrphans();
  await interruptOrphans(deskDeps);
  await checkCounts(deskDeps);
  const { bookkeeping: db, redis, owner, log, explorable } = deps;
  const explorations = new ExplorationDesk({
    strategies,
    explorer: new Explorer({ ...explorable, db, redis, strategies }),
    store: createExplorationStore(db),
    reads,
    turns,
    owner,
    log,
  });
  await explorations.interruptOrphans();

  return {
    strategies: [...strategies.values()].map(describeStrategy),
    poolSize: deps.poolSize,
    events,
    strategy: (id) => strategies.get(id),
    getStrategy: async (id) => {
      const strategy = strategies.get(id);
      if (!strategy) return null;
      const { source } = strategy;
      const interleaving = readInterleaving(source);
      return { ...describeStrategy(strategy), source, interleaving, measured: await desk.measure(id) };
    },
    createItem: (item) =>
      withTimeout(
        createItem({ db: deps.bookkeeping, redis: deps.redis }, strategies.values(), item),
        CREATE_MS,
      ),
    startRace: (input, { origin }) => desk.start(input, origin),
    waitForRace: (id) => desk.waitFor(id),
    getRace: (id) => desk.get(id),
    getRaceState: (id) => desk.state(id),
    listRaces: (page) => desk.list(page),
    runningJob: () => desk.runningJob() ?? explorations.runningJob(),
    stopRace: (id, how) => desk.stop(id, how),
    deleteRace: async (id) => desk.delete(id),
    startExperiment: (input, { origin }) => experiments.start(input, origin),
    getExperiment: (id) => experiments.get(id),
    listExperiments: (page) => experiments.list(page),
    stopExperiment: (id) => experiments.stop(id),
    deleteExperiment: (id) => experiments.delete(id),
    readEvents: (id, lane, from, limit) => desk.readEvents(id, lane, from, limit),
    listEvidence: async (id, query) => {
      const race = await desk.get(id);
      return race ? reads.large((stores) => readEvidencePage(stores, race, query)) : unknownRace(id);
    },
    listNaming: async (id, query) => {
      const race = await desk.get(id);
      return race ? reads.large((stores) => readNaming(stores, race, query)) : unknownRace(id);
    },
    getAttempt: async (id, query) => {
      const race = await desk.get(id);
      if (!race) return unknownRace(id);
      return readAttempt(
        {
          batches: async (seq, limit) => (await desk.readEvents(id, query.lane, seq, limit)) ?? [],
          orders: (attempt) => reads.small(({ orders }) => orders.ofAttempt(attempt)),
          strategies,
        },
        race,
        query,
      );
    },
    exportRace: (id, format, lane) => desk.export(id, format, lane),
    snapshots: (id) => desk.snapshots(id),
    startExploration: (input) => explorations.start(input),
    getExploration: (id) => explorations.get(id),
    listExplorations: (limit) => explorations.list(limit),
    stopExploration: (id) => explorations.stop(id),
    replaySchedule: (id, scheduleId) => explorations.replay(id, scheduleId),
    testIsolation: () => explorations.testIsolation(),
    isolationState: () => explorations.isolationState(),
    close: async (graceMs) => {
      experiments.stopAll('because the server was shut down');
      await Promise.all([explorations.close(), desk.close(graceMs)]);
      await experiments.close();
      await loadThreads.close();
    },
  };
}

/** The stores that viewers read from, over connections of their own. */
function openReads(db: PrismaClient): StoredReads {
  const batches = createBatchStore(db);
  return new StoredReads({
    races: createRaceStore(db),
    experiments: createExperimentStore(db),
    explorations: createExplorationStore(db),
    batches,
    orders: createOrderStore(db),
    audits: new Audits(batches),
  });
}
