import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from '../audit/audit';
import { nowUs } from '../clock.server';
import { createItem, readFinalState, readStock } from '../inventory.server';
import { openLoad } from '../load/generator.server';
import type { LaneLoad } from '../load/lane-load';
import { Shard } from '../load/shard';
import { IMPLIED_STEPS } from '../purchase/step-trace.server';
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
}

/** How often the item's row is sampled for the stock curve, ms. */
const SAMPLE_MS = 100;
/** The load of a warm-up. */
const WARM_UP = {
  model: 'closed',
  attempts: 300,
  concurrency: 30,
  quantity: 1,
  thinkMs: 0,
  timeoutMs: 10_000,
} as const;
/** Longer than any statement, lock or transaction time-out of a purchase. */
const SETTLE_MS = 15_000;

/** One lane from an empty item to its verdict. Rejects when the race is aborted or a dependency fails it. */
export async function runLane(race: ActiveRace, lane: LaneRecorder, deps: LaneDeps): Promise<void> {
  const { strategy, sku } = lane;
  const initialStock = race.head.plan.stock;

  race.enterLane(lane, 'preparing');
  try {
    await warmUp(race, lane, deps);
    await createItem(deps.storage, [strategy], { sku, stock: initialStock });

    await fire(race, lane, deps);

    race.enterLane(lane, 'draining');
    const stillRunning = await settle(race, () => deps.purchasesInFlight(sku));
    await abortable(race, lane.log.flushed());
    await abortable(race, strategy.storage?.settle?.(deps.storage, sku) ?? Promise.resolve());

    race.enterLane(lane, 'auditing');
    const final = await readFinalState(deps.storage, strategy, { sku, initialStock, stillRunning });
    lane.finish(audit(lane.history(), final, { stopped: race.stopped }), final.finalStock);
    race.enterLane(lane, 'finished');
  } finally {
    // rows stay as evidence; a strategy's own store has said all it knows, and may be somebody's Redis
    await strategy.storage?.clear(deps.storage, sku).catch(() => undefined);
  }
}

/**
 * Purchases on the lane's item while it has no stock: opens the pool's connections and runs the code until it is
 * compiled, so that the first lane does not pay for what the others find ready. Nothing of it is measured, so it may
 * run in this thread. It is over, on the server too, before the first unit goes on sale.
 */
async function warmUp(race: ActiveRace, lane: LaneRecorder, deps: LaneDeps): Promise<void> {
  const { sku, strategy } = lane;
  await createItem(deps.storage, [strategy], { sku, stock: 0 });
  const load = { ...toLoad(race, lane, deps), ...WARM_UP, attemptPrefix: `${race.id}.warm-up.` };
  const shard = await Shard.open(load);
  race.signal.addEventListener('abort', () => shard.stop(), { once: true });
  await abortable(race, shard.run({ started: () => undefined, batch: () => undefined }));
  if ((await settle(race, () => deps.purchasesInFlight(sku))) > 0) {
    throw new Error('The server is still busy with purchases of the warm-up; it is too slow to be raced.');
  }
}

/** Opens the load, releases it and waits until its last attempt has come back. */
async function fire(race: ActiveRace, lane: LaneRecorder, deps: LaneDeps): Promise<void> {
  const load = await openLoad(toLoad(race, lane, deps), {
    started: (epochUs) => {
      lane.epochUs = epochUs;
      race.enterLane(lane, 'running');
    },
    batch: (batch, inFlight) => {
      lane.record(batch, inFlight);
      race.grew(lane);
    },
  });
  const untrack = race.track(load);
  const sampling = new AbortController();
  const sampler = sampleStock(lane, deps, sampling.signal);
  try {
    lane.finishLoad(await abortable(race, load.run()));
  } finally {
    untrack();
    sampling.abort();
    await Promise.all([load.close(), sampler]);
  }
}

function toLoad(race: ActiveRace, lane: LaneRecorder, deps: LaneDeps): LaneLoad {
  const { plan } = race.head;
  const { strategy } = lane;
  const kindOf = (step: string) => strategy.steps[step] ?? IMPLIED_STEPS[step] ?? 'redis';
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
    stepKinds: strategy.stepNames.map(kindOf),
  };
}

async function sampleStock(lane: LaneRecorder, deps: LaneDeps, signal: AbortSignal): Promise<void> {
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const soldBefore = lane.sold;
    // an outage is noticed and reported by the watch on dependencies; here it is only a missing sample
    const stock = await readStock(deps.storage, lane.strategy, lane.sku).catch(() => null);
    if (stock !== null && lane.status === 'running' && !isOver()) {
      lane.sampleStock(stock, soldBefore, (nowUs() - lane.epochUs) / 1_000);
    }
    await sleep(SAMPLE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Waits until the server has finished every purchase of the lane, and answers how many it has not after all. */
async function settle(race: ActiveRace, inFlight: () => number): Promise<number> {
  const deadline = Date.now() + SETTLE_MS;
  while (inFlight() > 0 && Date.now() < deadline) await abortable(race, sleep(10));
  return inFlight();
}

/** The same promise, given up when the race is aborted. */
async function abortable<T>(race: ActiveRace, promise: Promise<T>): Promise<T> {
  const { signal } = race;
  signal.throwIfAborted();
  let giveUp: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (giveUp) signal.removeEventListener('abort', giveUp);
    // when given up, the promise may still reject: nobody waits for it any more
    promise.catch(() => undefined);
  }
}
