import type { PrismaClient, Prisma } from '@/generated/prisma/client';
import type { RedisUnderTest } from './redis-under-test';
import type { StepKind } from './step-kind';

/** `safe` under every interleaving, `unsafe` under some, or `conditional`: safe only while a stated condition holds. */
export type Expected = 'unsafe' | 'conditional' | 'safe';

export type { StepKind };

/**
 * Runs one named operation of a strategy. The one seam for timing, timeline, explorer and injected faults: its provider
 * may time `fn`, delay it, or fail instead of calling it. Throws what `fn` throws.
 */
export type Step = <T>(name: string, fn: () => Promise<T>) => Promise<T>;

/** Prisma inside an interactive transaction. */
export type Transaction = Prisma.TransactionClient;

export interface TransactionOptions {
  /** Default `ReadCommitted`. */
  isolationLevel?: Prisma.TransactionIsolationLevel;
}

/** Everything a strategy may use. It opens nothing itself, so that each part can be observed or replaced. */
export interface PurchaseContext {
  /** Prisma on the connection pool under test. */
  db: PrismaClient;
  /** The Redis under test. */
  redis: RedisUnderTest;
  /** Lends a connection to the same Redis that no other borrower uses meanwhile: WATCH belongs to a connection. */
  isolatedRedis: <T>(body: (redis: RedisUnderTest) => Promise<T>) => Promise<T>;
  step: Step;
  /**
   * An interactive transaction whose BEGIN and COMMIT are steps of their own (`begin`, `commit`). Every connection of
   * the pool has a `lock_timeout` and a `statement_timeout`, because a Prisma time-out cancels nothing on the server.
   */
  transaction: <T>(body: (tx: Transaction) => Promise<T>, options?: TransactionOptions) => Promise<T>;
  /** The application's own work between reading and writing, as long as the load plan says. */
  think: () => Promise<void>;
  /** Takes a lock in Redis; `null` when it was not granted in time. */
  acquireLock: (key: string, options?: LockOptions) => Promise<RedisLock | null>;
  /** Whether an error proves that nothing was written, so that compensating for it is right. */
  isDefinite: (error: unknown) => boolean;
  /**
   * Whether the database aborted the transaction in favour of another (serialization failure, deadlock): nothing was
   * written, and the whole of it may be tried again.
   * https://www.postgresql.org/docs/18/mvcc-serialization-failure-handling.html
   */
  isRetryable: (error: unknown) => boolean;
  /** Waits before try `n` + 1 (n counts from 1) with exponential back-off and full jitter. */
  backOff: (n: number) => Promise<void>;
  /**
   * A random whole number from 0 up to, but not including, `below`. Strategies draw only here, so that it can be
   * replayed.
   */
  pick: (below: number) => number;
}

export interface LockOptions {
  /** How long the lock lasts without renewal, ms. */
  leaseMs?: number;
  /** How long to wait for it, ms. */
  waitMs?: number;
}

/** A lock held in Redis under a random token, renewed at a third of its lease until it is released. */
export interface RedisLock {
  /** Whether a renewal found the lock gone: another attempt may hold it. */
  isLost: () => boolean;
  /** Deletes the lock if this holder still has it; returns whether it had. */
  release: () => Promise<boolean>;
}

export interface PurchaseRequest {
  sku: string;
  quantity: number;
  attemptId: string;
}

/** What the strategy read before it decided; the audit finds lost updates by it. */
export interface Seen {
  stock?: number;
  version?: number;
}

/**
 * The result of a strategy. Unexpected failures are thrown, and classified in one place. `orderId` is the order's row,
 * or a text that is no row's id where the row is written later. `remaining` is what this sale left, exactly, since the
 * audit takes it for the sale's place in the order of sales; null where only a count could tell. `token` is the fencing
 * token that the attempt held its lock under; where a write was accepted with it, `seen.version` has to be the one that
 * the write replaced. An error with the code `attempt-reused` refuses an attempt id that was sent again with another
 * quantity.
 */
export type StrategyResult =
  | { outcome: 'accepted'; orderId: bigint | string; remaining: number | null; seen?: Seen; token?: number }
  | { outcome: 'sold-out'; remaining?: number; seen?: Seen; token?: number }
  | { outcome: 'conflict'; reason: string; seen?: Seen }
  | { outcome: 'error'; reason: string; code?: string }
  | { outcome: 'unknown-sku' };

/** The stores of a strategy that needs more than the item's row: how to fill, read and clear them. */
export interface OwnStorage {
  /** Its name, in a word or two: `unit rows`. One in Redis is called `redis`: the positive control is chosen by it. */
  store: string;
  /**
   * `own`: this store holds what is left, and the item's row is not touched. `row`: the item's row holds it, and this
   * store must agree with it after the last attempt.
   */
  truth: 'own' | 'row';
  prepare: (deps: StorageDeps, item: { sku: string; stock: number }) => Promise<void>;
  /** Units left according to this store; `null` when it holds nothing for the sku. May be called in a transaction. */
  remaining: (deps: ReadingDeps, sku: string) => Promise<number | null>;
  clear: (deps: StorageDeps, sku: string) => Promise<void>;
  /** Resolves when no write is pending any more, for strategies that respond before they write. */
  drain?: (deps: StorageDeps, sku: string) => Promise<void>;
}

export interface StorageDeps {
  db: PrismaClient;
  redis: RedisUnderTest;
}

/** The same for a reader, which may be in one snapshot with other rows. */
export interface ReadingDeps {
  db: Prisma.TransactionClient;
  redis: RedisUnderTest;
}

/** The anomalies, by the field's names; strategies are filtered by them. */
export const ANOMALIES = [
  'lost update',
  'check-then-act race',
  'write skew',
  'stale snapshot',
  'early release',
  'expired lease',
  'drift between stores',
] as const;

export type Anomaly = (typeof ANOMALIES)[number];

export interface Reference {
  title: string;
  url: string;
}

/**
 * One way to take units from stock: the default export of a file in `src/scenarios/inventory/strategies`, whose name is
 * the id.
 */
export interface Strategy {
  /** The field's name for it. */
  name: string;
  expected: Expected;
  /** One sentence: what the strategy does and why that holds or breaks. */
  summary: string;
  /** The anomaly that the strategy shows (unsafe), prevents (safe), or shows when its condition fails (conditional). */
  anomaly: Anomaly;
  /** For `conditional`: the condition under which it is safe. */
  condition?: string;
  /** For `conditional`: whether the condition holds in a plain race here, with one server process that stays alive. */
  conditionHolds?: boolean;
  /** What it costs, in a sentence. */
  price: string;
  /** Known users. */
  usedBy: string[];
  /** Sources for that, and further reading. */
  references: Reference[];
  /** Whether an attempt id that is sent again sells only once. */
  idempotent: boolean;
  /** Where the stock lives. */
  stores: ('postgres' | 'redis')[];
  /** Every step that `purchase` may take, with its kind. `begin` and `commit` of `transaction` are implied. */
  steps: Record<string, StepKind>;
  /**
   * Whether an attempt that was not accepted may have taken units and given them back, by more than a rollback. Default:
   * where a step takes them in Redis, which no transaction rolls back.
   */
  givesBack?: boolean;
  storage?: OwnStorage;
  purchase: (context: PurchaseContext, request: PurchaseRequest) => Promise<StrategyResult>;
}

/** The public description of a strategy (`GET /api/strategies`). */
export interface StrategyInfo extends Omit<Strategy, 'steps' | 'storage' | 'purchase'> {
  id: string;
}
