import { setTimeout as sleep } from 'node:timers/promises';
import type { LaneLoad } from '../load/lane-load';
import type { LaneRecorder } from '../recording/lane-recorder.server';
import type { StorageDeps } from '../strategy';
import type { ActiveRace } from './active-race.server';

export interface LaneDeps {
  /** The bookkeeping client, and the Redis that strategies use. */
  storage: StorageDeps;
  /** Address of a strategy's purchase route on this server. */
  purchaseUrl: (strategy: string) => string;
  /** Purchases of a sku that this server has not finished. */
  purchasesInFlight: (sku: string) => number;
  /** Statements of the pool under test that are at work now, and how many of them wait for a lock. */
  statementActivity: () => Promise<{ active: number; waitingForLock: number }>;
}

/** Longer than any statement, lock or transaction time-out of a purchase. */
const SETTLE_MS = 15_000;

/** A lane's load plan as the load generator takes it. */
export function toLoad(race: ActiveRace, lane: LaneRecorder, deps: LaneDeps): LaneLoad {
  const { plan } = race.head;
  const { strategy } = lane;
  return {
    url: deps.purchaseUrl(strategy.id),
    sku: lane.sku,
    attemptPrefix: lane.attemptPrefix,
    model: plan.model,
    attempts: plan.attempts,
    shard: { index: 0, of: 1 },
    concurrency: Math.min(plan.concurrency, plan.attempts),
    quantity: plan.quantity,
    thinkMs: plan.thinkMs,
    timeoutMs: plan.timeoutMs,
    seed: plan.seed,
    rampMs: race.head.rampMs,
    stepKinds: strategy.stepKinds,
  };
}

/** Waits until the server has finished every purchase of the lane, and answers how many it has not after all. */
export async function settle(race: ActiveRace, inFlight: () => number): Promise<number> {
  const deadline = Date.now() + SETTLE_MS;
  while (inFlight() > 0 && Date.now() < deadline) await race.orAborted(sleep(10));
  return inFlight();
}
