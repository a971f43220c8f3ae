import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { ScheduleInput, Slot, TakenStep } from './schedule';
import { draw } from '@/explorer/search/draw';
import { nowUs } from '@/lib/clock';
import type { RedisUnderTest } from '@/model/redis-under-test';
import { isolate } from '@/scenarios/inventory/purchase/isolated-redis';
import { purchase } from '@/scenarios/inventory/purchase/purchase';
import type { PurchaseResult } from '@/scenarios/inventory/purchase/purchase';
import { isOver } from './actor';
import type { Actor } from './actor';
import type { RedisLeases } from './redis-leases';
import { tapRedis } from './tap-redis';
import type { Tap } from './tap-redis';

/** Turns of the event loop with nothing in flight, after which an attempt does nothing more. */
const QUIET_TURNS = 5;
/** How often an attempt that was told to end is looked at, and for how long at most, ms. */
const QUIET_LOOKS = 100;
const LOOK_AGAIN_MS = 2;
const END_MS = 10_000;

/** A statement that takes a lock of its session, which outlasts the transaction. */
const LOCKS_SESSION = /pg_(try_)?advisory_lock(_shared)?\(/i;

/** What the attempts of a schedule run on. */
interface Ground {
  slot: Slot;
  input: ScheduleInput;
  leases: RedisLeases;
}

/** An attempt whose code runs. */
interface StartedAttempt {
  receipt: Promise<PurchaseResult>;
  /** Its Redis: every command is reported to the actor. */
  redis: RedisUnderTest;
}

/** The code of a schedule's attempts, from its start, held before its first step, to its end. */
export class Attempts {
  private readonly started: StartedAttempt[];

  /** @param now microseconds on the schedule's clock */
  constructor(
    private readonly ground: Ground,
    private readonly actors: readonly Actor[],
    now: (actor: Actor) => number,
  ) {
    this.started = actors.map((actor) => startAttempt(ground, actor, () => now(actor)));
  }

  /** What each attempt returned, once all have ended; null for one that died before its buyer was answered. */
  receipts(): Promise<(PurchaseResult | null)[]> {
    return Promise.all(
      this.started.map(async ({ receipt }, i) => {
        const actor = this.actors[i];
        return actor?.doing === 'dead' && !actor.hasAnswered ? null : await receipt;
      }),
    );
  }

  /**
   * Waits for work after the response. It is over when the strategy says so, or, if it says nothing, when it is quiet.
   */
  async followAfterwards(actor: Actor): Promise<void> {
    const { slot, input } = this.ground;
    const { index } = actor;
    const [strategy, request] = [input.strategies[index], input.requests[index]];
    const [session, attempt] = [slot.sessions[index], this.started[index]];
    if (!strategy || !request || !session || !attempt) return;
    await attempt.receipt;
    const { drain } = strategy.storage ?? {};
    if (drain) await drain({ db: session.db, redis: attempt.redis }, request.sku).catch(() => undefined);
    for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
      await nextTurn();
      if (actor.sqlInFlight + actor.redisInFlight > 0) quiet = 0;
    }
    actor.end();
  }

  /** Ends an attempt as the end of its process would: its connections close, and nothing more reaches a server. */
  async kill(actor: Actor): Promise<void> {
    actor.die();
    await this.ground.slot.sessions[actor.index]?.kill();
  }

  /** Lets no attempt take another step, and waits until all have rolled back. */
  async dismiss(moves: readonly TakenStep[]): Promise<void> {
    const leaks = this.actors.filter((actor) => !isOver(actor));
    for (const actor of this.actors) actor.die();
    const cut = () => Promise.all(leaks.map(async ({ index }) => this.ground.slot.sessions[index]?.kill()));
    // a statement in flight may take as long as it likes
    if (this.ground.input.signal?.aborted) await cut();
    const isClean = await this.haveAllEnded();
    const isSession = moves.some(({ sent }) => sent.sql.some(({ text }) => LOCKS_SESSION.test(text)));
    if (isClean && !isSession) return;
    await cut();
  }

  /** Frees locks of sessions that other schedules want as well, where an attempt may have left one. */
  async freeSharedLocks(moves: readonly TakenStep[]): Promise<void> {
    const mayRemain = moves.some(
      ({ shared, sent, woke }) =>
        shared && [sent, ...woke].some(({ sql }) => sql.some(({ text }) => LOCKS_SESSION.test(text))),
    );
    if (!mayRemain) return;
    await Promise.all(this.actors.map(async ({ index }) => this.ground.slot.sessions[index]?.kill()));
  }

  /**
   * Whether the code of every attempt ends. False when an attempt waits for ever, in memory or for a lock: nothing else
   * has been in flight for many looks, however long a busy machine takes for them.
   */
  async haveAllEnded(): Promise<boolean> {
    const ended = Promise.all(this.started.map(({ receipt }) => receipt)).then(() => true);
    const until = nowUs() + END_MS * 1_000;
    for (let quiet = 0; quiet < QUIET_LOOKS && nowUs() < until; quiet += 1) {
      if (await Promise.race([ended, delay(LOOK_AGAIN_MS, false)])) return true;
      if (this.actors.some((actor) => actor.isOnItsWay)) quiet = 0;
    }
    return false;
  }
}

/** Starts an actor's purchase on its own session of PostgreSQL. `now`: microseconds on the schedule's clock. */
function startAttempt({ slot, input, leases }: Ground, actor: Actor, now: () => number): StartedAttempt {
  const { strategies, requests, seed } = input;
  const [strategy, request] = [strategies[actor.index], requests[actor.index]];
  const session = slot.sessions[actor.index];
  if (!strategy || !request || !session) throw new Error('an attempt has no session');
  session.plug(actor);
  const { keepShared } = input;
  const redis = tapRedis(slot.redis, { actor, leases, keepShared });
  const isolatedRedis = lendTapped(slot.redis, { actor, leases, keepShared }, input.redisLost);
  let drawn = 0;
  const pick = (below: number) => draw(seed, actor.index, (drawn += 1), below);
  const { gate, left } = actor;
  const options = { thinkMs: 0, renewsLocks: false, gate, left, clock: actor.clock(now, pick) };
  const receipt = purchase({ db: session.db, redis, isolatedRedis }, strategy, request, options);
  void receipt.then(() => actor.end());
  return { receipt, redis };
}

/** Lends Redis connections that report to the actor. One that is being opened counts as in flight. */
function lendTapped(shared: RedisUnderTest, tap: Tap, lost: ScheduleInput['redisLost'] = () => undefined) {
  const lend = isolate(shared);
  return async <T>(body: (own: RedisUnderTest) => Promise<T>): Promise<T> => {
    // counts until the connection is lent, and only once if that fails
    let connected: (() => void) | undefined = tap.actor.connecting();
    const arrive = () => {
      connected?.();
      connected = undefined;
    };
    try {
      return await lend(async (own) => {
        arrive();
        own.on('error', lost);
        // it was lost while no attempt had it
        if (!own.isReady) lost(new Error('Redis cannot be reached'));
        try {
          return await body(tapRedis(own, tap));
        } finally {
          own.off('error', lost);
        }
      });
    } finally {
      arrive();
    }
  };
}
