import type { ScheduleInput, Slot } from '@/explorer/schedule/schedule';
import { draw } from '@/explorer/search/draw';
import type { RedisUnderTest } from '@/model/redis-under-test';
import { isolate } from '@/scenarios/inventory/purchase/isolated-redis';
import { purchase } from '@/scenarios/inventory/purchase/purchase';
import type { PurchaseResult } from '@/scenarios/inventory/purchase/purchase';
import type { Actor } from './actor';
import type { RedisLeases } from './redis-leases';
import { tapRedis } from './tap-redis';

/** An attempt whose code runs, held before its first step. */
export interface StartedAttempt {
  receipt: Promise<PurchaseResult>;
  /** Its Redis: every command is reported to the actor. */
  redis: RedisUnderTest;
}

/** Starts an actor's purchase on its own session of PostgreSQL. `now`: microseconds on the schedule's clock. */
export function startAttempt(
  { slot, input, leases }: { slot: Slot; input: ScheduleInput; leases: RedisLeases },
  actor: Actor,
  now: () => number,
): StartedAttempt {
  const { strategies, requests, seed } = input;
  const [strategy, request] = [strategies[actor.index], requests[actor.index]];
  const session = slot.sessions[actor.index];
  if (!strategy || !request || !session) throw new Error('an attempt has no session');
  session.plug(actor);
  const redis = tapRedis(slot.redis, actor, leases);
  const isolatedRedis = lendTapped(slot.redis, actor, leases);
  let drawn = 0;
  const pick = (below: number) => draw(seed, actor.index, (drawn += 1), below);
  const { gate, left } = actor;
  const options = { thinkMs: 0, renewsLocks: false, gate, left, clock: actor.clock(now, pick) };
  const receipt = purchase({ db: session.db, redis, isolatedRedis }, strategy, request, options);
  void receipt.then(() => actor.end());
  return { receipt, redis };
}

/** Lends Redis connections that report to the actor. One that is being opened counts as in flight. */
function lendTapped(shared: RedisUnderTest, actor: Actor, leases: RedisLeases) {
  const lend = isolate(shared);
  return async <T>(body: (own: RedisUnderTest) => Promise<T>): Promise<T> => {
    // counts until the connection is lent, and only once if that fails
    let connected: (() => void) | undefined = actor.connecting();
    const arrive = () => {
      connected?.();
      connected = undefined;
    };
    try {
      return await lend((own) => {
        arrive();
        return body(tapRedis(own, actor, leases));
      });
    } finally {
      arrive();
    }
  };
}
