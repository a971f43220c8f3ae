import { setTimeout as sleep } from 'node:timers/promises';
import type { LaneLoad, OpenLoad } from '@/load/lane-load';
import type { StorageDeps } from '@/model/strategy';
import { PLAN_FIELDS } from '@/plan/fields';
import type { LoadPlan } from '@/plan/load-plan';
import type { LaneRecorder } from '@/recording/lane-recorder';
import type { UnderWay } from '@/scenarios/inventory/purchase/purchase-service';
import type { Scenario } from '@/scenarios/scenario';
import type { RaceTarget } from '@/targets/race-target';
import type { Audits } from '../audit/audits';
import type { ActiveRace } from './active-race';
import { Patience } from './patience';

export interface LaneDeps {
  /** What is raced. */
  scenario: Scenario;
  /** The bookkeeping client, and the Redis that strategies use. */
  storage: StorageDeps;
  /** The same databases over a separate connection, which samples the remaining stock while the lane runs. */
  sampled: StorageDeps;
  /** Serves the race's purchases. */
  target: RaceTarget;
  /** Statements of the pools under test that are active now, and how many of them wait for a lock. */
  statementActivity: () => Promise<{ active: number; waitingForLock: number }>;
  /** Judges a lane by its event log. */
  audits: Audits;
}

/** A lane's load plan in the form that the load generator takes. */
export function toLoad(race: ActiveRace, lane: LaneRecorder, deps: LaneDeps): LaneLoad {
  const { plan } = race.head;
  const { strategy } = lane;
  return {
    urls: deps.target.urls(strategy.id),
    sku: lane.sku,
    attemptPrefix: lane.attemptPrefix,
    model: plan.model,
    attempts: plan.attempts,
    ...(plan.durationS !== undefined && { durationMs: plan.durationS * 1_000 }),
    shard: { index: 0, of: 1 },
    concurrency: Math.min(plan.concurrency, plan.attempts),
    quantity: plan.quantity,
    thinkMs: plan.thinkMs,
    pauseMs: plan.pauseMs ?? 0,
    timeoutMs: plan.timeoutMs,
    seed: plan.seed,
    rampMs: race.head.rampMs,
    crowd: plan.crowd ?? 0,
    holdLastByte: plan.sync === 'last-byte',
    open: toOpenLoad(plan),
    stepNames: strategy.stepNames,
    stepKinds: strategy.stepKinds,
  };
}

function toOpenLoad({ model, rate, ...plan }: LoadPlan): OpenLoad | null {
  if (model !== 'open') return null;
  if (rate === undefined)
    throw new Error('a plan of the open model has a rate, or parsePlan should have said so');
  const { arrivals, maxWaiting } = PLAN_FIELDS;
  return {
    rate,
    arrivals: plan.arrivals ?? arrivals.implied,
    maxWaiting: plan.maxWaiting ?? maxWaiting.implied,
  };
}

/**
 * Waits until the server has finished every purchase of the lane, as long as they progress, and returns how many it has
 * not finished. Waits only briefly once the race was killed: those purchases count as still running.
 */
export async function drain(
  race: ActiveRace,
  signal: AbortSignal,
  underWay: () => Promise<UnderWay>,
): Promise<number> {
  const patience = new Patience();
  for (let looked = performance.now(); ;) {
    const seen = await race.orAborted(underWay(), signal);
    const now = performance.now();
    if (seen.left === 0 || patience.isOver(seen, now - looked, race.isKilled)) return seen.left;
    looked = now;
    await race.orAborted(sleep(10), signal);
  }
}
