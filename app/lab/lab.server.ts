import { EventEmitter } from 'node:events';
import type { PrismaClient } from '~/generated/prisma/client';
import type { StoredBatch } from './event-batch';
import { inTime } from './in-time.server';
import { createItem } from './inventory.server';
import type { Result } from './lab-error';
import type { LabLog } from './lab-log';
import { purchase } from './purchase/purchase.server';
import type { PurchaseDeps, Receipt } from './purchase/purchase.server';
import type { LaneSnapshot, RaceOrigin, RacePage, RaceState, RaceView } from './race';
import { readInterleaving } from './read-interleaving';
import type { RaceEvents } from './race/active-race.server';
import { interruptOrphans } from './race/interrupt-orphans.server';
import type { LaneDeps } from './race/lane-load.server';
import { RaceDesk } from './race/race-desk.server';
import type { Dependency } from './race/watch-dependencies.server';
import type { RedisUnderTest } from './redis-under-test';
import { describeStrategy } from './registry.server';
import type { RegisteredStrategy } from './registry.server';
import type { PurchaseBody } from './requests';
import { createBatchStore } from './store/batch-store.server';
import { createRaceStore } from './store/race-store.server';
import type { StrategyInfo } from './strategy';
import type { StrategyDetail } from './strategy-page';

export interface LabDeps {
  /** Prisma on the pool under test: purchases, and nothing else. */
  underTest: Pick<PurchaseDeps, 'db' | 'takeWait'>;
  /** Prisma on the bookkeeping pool: races, samples and audits. */
  bookkeeping: PrismaClient;
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
  /** The advisory lock that tells other servers that this one lives. */
  owner: { lockClass: number; key: number };
  log: LabLog;
}

/**
 * The laboratory: purchases, races, and everything known about them. Has no idea of HTTP, Remix or Socket.IO.
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
  /** One attempt to buy. Never throws: failures are outcomes. */
  purchase: (strategy: RegisteredStrategy, body: PurchaseBody & { attemptId: string }) => Promise<Receipt>;
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
  listRaces: (page: { limit: number; cursor?: string }) => Promise<Result<RacePage>>;
  stopRace: (id: string) => Promise<Result>;
  deleteRace: (id: string) => Promise<Result>;
  /** Batches from sequence number `from` on; empty at the end of the log, `null` for an unknown race or lane. */
  readEvents: (id: string, lane: number, from: number, limit: number) => Promise<StoredBatch[] | null>;
  /** The lanes of a running race; empty when it does not run here. */
  snapshots: (id: string) => LaneSnapshot[];
  /** Drains what runs, aborts it after `graceMs`, stores it, and ends. */
  close: (graceMs: number) => Promise<void>;
}

export type LabEvents = { [Event in keyof RaceEvents]: Parameters<RaceEvents[Event]> };

/** An item is created within this time, or not at all as far as the caller knows, ms. */
const CREATE_MS = 15_000;

/** Builds the lab and marks races whose server died as interrupted. Opens nothing: clients are passed in. */
export async function createLab(deps: LabDeps): Promise<Lab> {
  const { strategies } = deps;
  const events = new EventEmitter<LabEvents>();
  const inFlight = new Map<string, number>();
  const deskDeps = {
    strategies,
    races: createRaceStore(deps.bookkeeping),
    batches: createBatchStore(deps.bookkeeping),
    storage: { db: deps.bookkeeping, redis: deps.redis },
    purchaseUrl: (id: string) => `${deps.origin()}/api/buy/${id}`,
    purchasesInFlight: (sku: string) => inFlight.get(sku) ?? 0,
    statementActivity: deps.statementActivity,
    postgres: deps.postgresProbe,
    redis: deps.redisProbe,
    poolSize: deps.poolSize,
    owner: deps.owner,
    log: deps.log,
  };
  const desk = new RaceDesk(deskDeps, {
    state: (...event) => void events.emit('state', ...event),
    appended: (...event) => void events.emit('appended', ...event),
    lane: (...event) => void events.emit('lane', ...event),
  });
  await interruptOrphans(deskDeps);

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
    purchase: async (strategy, body) => {
      const { sku } = body;
      inFlight.set(sku, (inFlight.get(sku) ?? 0) + 1);
      const receipt = await purchase({ ...deps.underTest, redis: deps.redis }, strategy, body, body);
      void receipt.settled.then(() => {
        const left = (inFlight.get(sku) ?? 1) - 1;
        if (left === 0) inFlight.delete(sku);
        else inFlight.set(sku, left);
      });
      return receipt;
    },
    createItem: (item) =>
      inTime(createItem({ db: deps.bookkeeping, redis: deps.redis }, strategies.values(), item), CREATE_MS),
    startRace: (input, { origin }) => desk.start(input, origin),
    waitForRace: (id) => desk.waitFor(id),
    getRace: (id) => desk.get(id),
    getRaceState: (id) => desk.state(id),
    listRaces: (page) => desk.list(page),
    stopRace: (id) => desk.stop(id),
    deleteRace: async (id) => desk.delete(id),
    readEvents: (id, lane, from, limit) => desk.readEvents(id, lane, from, limit),
    snapshots: (id) => desk.snapshots(id),
    close: (graceMs) => desk.close(graceMs),
  };
}
