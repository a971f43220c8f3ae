import { setTimeout as sleep } from 'node:timers/promises';
import type { PrismaClient } from '~/generated/prisma/client';
import type { RedisUnderTest } from '../redis-under-test';
import type { RegisteredStrategy } from '../registry.server';
import type { Decision, PurchaseContext, PurchaseRequest } from '../strategy';
import { isolate } from './isolated-redis.server';
import { createLocks } from './redis-lock.server';
import { classifyFailure, isRetryable } from './classify-failure.server';
import type { Failure } from './classify-failure.server';
import { StepTrace } from './step-trace.server';
import type { Gate, TakeWait } from './step-trace.server';
import { createTransaction } from './transaction.server';

export interface PurchaseDeps {
  /** Prisma on the pool under test. */
  db: PrismaClient;
  redis: RedisUnderTest;
  /** How long the statements on `db` waited for their connections; without it that is part of their steps. */
  takeWait?: TakeWait;
}

export interface PurchaseOptions {
  /** The application's own work between reading and writing, ms. */
  thinkMs: number;
  /** Who may hold the attempt before each of its steps. */
  gate?: Gate;
  /** False lets leases run out, as they do when a holder stands still (garbage collection, a paused machine). */
  renewsLocks?: boolean;
}

/** What became of one attempt: the strategy's decision, or how its failure is to be understood. */
export interface Receipt {
  result: Decision | Failure;
  trace: StepTrace;
  /** Resolves when the strategy has really come to an end: at once, unless the deadline came first. */
  settled: Promise<void>;
}

/** Longer than every time-out of PostgreSQL and Prisma: only a dependency that says nothing at all gets here, ms. */
const DEADLINE_MS = 15_000;
const TIMED_OUT: Failure = {
  outcome: 'indeterminate',
  code: 'deadline',
  reason: 'a dependency neither answered nor refused',
};

/** First back-off in ms; doubles with each try up to the longest. */
const BACK_OFF_MS = { first: 4, longest: 250 };

/**
 * One attempt: runs the strategy with every step traced. Never throws: whatever the strategy throws is classified.
 */
export async function purchase(
  { db, redis, takeWait }: PurchaseDeps,
  strategy: RegisteredStrategy,
  request: PurchaseRequest,
  options: PurchaseOptions,
): Promise<Receipt> {
  const trace = new StepTrace(strategy.steps, options.gate, takeWait);
  const context: PurchaseContext = {
    db,
    redis,
    isolatedRedis: isolate(redis),
    step: trace.step,
    transaction: createTransaction(db, trace.step),
    think: () => wait(options.thinkMs),
    backOff: (n) => wait(fullJitter(n)),
    acquireLock: createLocks(redis, { renews: options.renewsLocks ?? true }),
    isDefinite: (error) => classifyFailure(error, trace).outcome !== 'indeterminate',
    isRetryable,
  };
  const decided = strategy
    .purchase(context, request)
    .catch((error: unknown) => classifyFailure(error, trace));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Failure>((resolve) => {
    timer = setTimeout(resolve, DEADLINE_MS, TIMED_OUT);
  });
  const result = await Promise.race([decided, late]);
  clearTimeout(timer);
  return { result, trace, settled: decided.then(() => undefined) };
}

async function wait(ms: number): Promise<void> {
  if (ms > 0) await sleep(ms);
}

/**
 * Exponential back-off with full jitter, which spreads rivals out best
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
function fullJitter(n: number): number {
  return Math.random() * Math.min(BACK_OFF_MS.longest, BACK_OFF_MS.first * 2 ** (n - 1));
}
