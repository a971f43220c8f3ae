import { codeOf } from '@/failures/failure-table';
import type { PrismaClient } from '@/generated/prisma/client';
import type { RedisUnderTest } from '@/model/redis-under-test';
import type { StrategyResult, PurchaseContext, PurchaseRequest } from '@/model/strategy';
import type { RegisteredStrategy } from '../../registry';
import { REAL_CLOCK } from './attempt-clock';
import type { AttemptClock } from './attempt-clock';
import { isolate } from './isolated-redis';
import { createLocks } from './redis-lock';
import { classifyFailure, classifyStep, isRetryable } from './classify-failure';
import type { Failure } from './classify-failure';
import { Watchdog } from './watchdog';
import { StepTrace } from './step-trace';
import type { Gate, StepWatch, TakeWait } from './step-trace';
import { createTransaction } from './transaction';

export interface PurchaseDeps {
  /** Prisma on the pool under test. */
  db: PrismaClient;
  redis: RedisUnderTest;
  /** How long the statements on `db` waited for their connections; without it that time is part of their steps. */
  takeWait?: TakeWait;
  /** Lends Redis connections; from a pool of `redis` unless given. */
  isolatedRedis?: PurchaseContext['isolatedRedis'];
}

export interface PurchaseOptions {
  /** The application's own work between reading and writing, ms. */
  thinkMs: number;
  /** May hold the attempt before each of its steps. */
  gate?: Gate;
  /** Called when a step has ended. */
  left?: StepWatch['left'];
  /** False lets leases expire, as they do when a holder pauses (garbage collection, a suspended machine). */
  renewsLocks?: boolean;
  /** The machine's clock unless given. */
  clock?: AttemptClock;
}

/** The result of one attempt: the strategy's decision, or the classification of its failure. */
export interface PurchaseResult {
  result: StrategyResult | Failure;
  trace: StepTrace;
  /** Resolves when the strategy has really ended: at once, unless the deadline came first. */
  settled: Promise<void>;
}

/**
 * Longer than every time-out of PostgreSQL and Prisma: only a dependency that does not respond at all reaches it, ms.
 */
const SILENCE_MS = 15_000;
const TIMED_OUT: Failure = {
  outcome: 'indeterminate',
  code: 'deadline',
  reason: 'a dependency neither answered nor refused',
};

/** First back-off in ms; doubles with each try up to the longest. */
const BACK_OFF_MS = { first: 4, longest: 250 };

/** One attempt: runs the strategy with every step traced. Never throws: every error of the strategy is classified. */
export async function purchase(
  { db, redis, takeWait, isolatedRedis = isolate(redis) }: PurchaseDeps,
  strategy: RegisteredStrategy,
  request: PurchaseRequest,
  options: PurchaseOptions,
): Promise<PurchaseResult> {
  const { clock = REAL_CLOCK, renewsLocks = true, gate, left } = options;
  const silence = new Watchdog(clock.timeout(SILENCE_MS));
  const trace = new StepTrace(strategy.steps, {
    gate: gate && silence.behind(gate),
    takeWait,
    hadNoConnection: (error) => codeOf(error) === 'PoolTimeout',
    now: clock.nowUs,
    entered: (kind) => silence.entered(kind),
    left: (step) => {
      silence.left();
      left?.(step);
    },
  });
  const transaction = createTransaction(db, trace.step, clock.timeout);
  /** Errors of which the strategy knows that they prove nothing was written: it makes good what it did before. */
  const compensated = new Set<unknown>();
  const context: PurchaseContext = {
    db,
    redis,
    isolatedRedis,
    step: trace.step,
    transaction: (body, options) => transaction(body, options).finally(() => trace.transactionEnded()),
    think: () => clock.sleep(options.thinkMs),
    backOff: (n) => clock.sleep(fullJitter(n)),
    pick: clock.pick,
    acquireLock: createLocks(redis, { renews: renewsLocks, clock }),
    isDefinite: (error) => {
      const isDefinite = classifyStep(error, trace).outcome !== 'indeterminate';
      if (isDefinite) compensated.add(error);
      return isDefinite;
    },
    isRetryable,
  };
  const decided = strategy
    .purchase(context, request)
    .catch((error: unknown) => (compensated.has(error) ? classifyStep : classifyFailure)(error, trace));
  const result = await Promise.race([decided, silence.tooLong.then(() => TIMED_OUT)]);
  silence.end();
  return { result, trace, settled: decided.then(() => undefined) };
}

/**
 * Exponential back-off with full jitter, which spreads competing attempts best
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
function fullJitter(n: number): number {
  return Math.random() * Math.min(BACK_OFF_MS.longest, BACK_OFF_MS.first * 2 ** (n - 1));
}
