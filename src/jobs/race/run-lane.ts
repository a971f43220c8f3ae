import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '@/lib/clock';
import { withTimeout } from '@/lib/with-timeout';
import type { LaneRecorder } from '@/recording/lane-recorder';
import { again, PATIENTLY_MS } from '@/failures/again';
import type { ActiveRace } from './active-race';
import { drain, toLoad } from './lane-load-plan';
import type { LaneDeps } from './lane-load-plan';

/** Timeout of clearing a strategy's own store, ms. */
const CLEAR_MS = 2_000;
/** How often the stock curve and the statements' waits for locks are sampled, ms. */
const SAMPLE_MS = 100;

/** Attempts that may wait in memory to be written to the event log: some 60 MB. */
const MAX_UNSTORED = 100_000;
const LOG_TOO_SLOW = `because ${MAX_UNSTORED} attempts were waiting to be written to the event log`;

/** Runs one lane from an empty item to its verdict. Rejects when it cannot be finished, or the race is aborted. */
export async function runLane(race: ActiveRace, lane: LaneRecorder, deps: LaneDeps): Promise<void> {
  const { strategy, sku } = lane;
  const { scenario } = deps;
  const initialStock = race.head.plan.stock;
  const signal = race.signalOf(lane);
  const orAborted = <T>(promise: Promise<T>) => race.orAborted(promise, signal);
  /** For work that may be repeated. */
  const surely = <T>(work: () => Promise<T>) => orAborted(again(work, { forMs: PATIENTLY_MS, signal }));

  lane.enter('preparing');
  try {
    await surely(() => scenario.create(deps.storage, [strategy], { sku, stock: initialStock }));

    await fire(race, lane, deps);

    lane.enter('draining');
    const stillRunning = await drain(race, signal, () => deps.target.underWay(sku));
    await orAborted(lane.log.flushed());
    await surely(async () => strategy.storage?.drain?.(deps.storage, sku));

    lane.enter('auditing');
    if (lane.control) await orAborted(lane.control.over.promise);
    const connections = race.head.poolSize * race.head.plan.processes;
    const item = { sku, initialStock, stillRunning, connections };
    const final = await surely(() => scenario.readFinal(deps.storage, strategy, item));
    const { stopped } = race;
    const recorded = { raceId: race.id, lane: lane.index, attempts: lane.log.next, final };
    const task = { kind: 'audit' as const, stopped };
    lane.finish(await surely(() => deps.audits.answer(recorded, task, signal)), final, stopped);
  } finally {
    // rows stay as evidence; a strategy's own store has nothing more to show, and may be the user's own Redis
    const cleared = strategy.storage?.clear(deps.storage, sku);
    if (cleared) await withTimeout(cleared, CLEAR_MS).catch(() => undefined);
  }
}

/** Opens the load, releases it and waits until its last attempt has come back. */
async function fire(race: ActiveRace, lane: LaneRecorder, deps: LaneDeps): Promise<void> {
  const load = await deps.target.openLoad(toLoad(race, lane, deps), lane.strategy, {
    started: (epochUs) => {
      lane.epochUs = epochUs;
      lane.enter('running');
    },
    batch: (batch, inFlight) => {
      lane.record(batch, inFlight);
      race.grew(lane);
      // slowing the load down to the log's pace would go unnoticed, so the race stops and says why
      if (lane.log.unstored > MAX_UNSTORED) race.stop(LOG_TOO_SLOW);
    },
    inFlight: (inFlight) => {
      lane.inFlight = inFlight;
    },
  });
  const signal = race.signalOf(lane);
  const untrack = race.track(load);
  const endMeasuring = deps.target.measureEventLoop();
  const sampling = new AbortController();
  const sampler = sample(race, lane, deps, sampling.signal);
  try {
    const report = await race.orAborted(load.run(), signal);
    lane.finishLoad(report, await race.orAborted(endMeasuring(), signal));
  } finally {
    endMeasuring().catch(() => undefined);
    untrack();
    sampling.abort();
    await load.close();
    // a sample that does not return is not waited for once the lane is aborted
    await race.orAborted(sampler, signal).catch(() => undefined);
  }
}

async function sample(
  race: ActiveRace,
  lane: LaneRecorder,
  deps: LaneDeps,
  signal: AbortSignal,
): Promise<void> {
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const soldBefore = lane.sold;
    // the dependency watch notices and reports an outage; here it is only a missing sample
    const [stock, activity] = await Promise.all([
      deps.scenario.sample(deps.sampled, lane.strategy, lane.sku).catch(() => null),
      // when lanes run at once, a statement cannot be assigned to one of them
      race.head.plan.order === 'parallel' ? null : deps.statementActivity().catch(() => null),
    ]);
    if (lane.status === 'running' && !isOver()) {
      if (stock !== null) lane.sampleStock(stock, soldBefore, (nowUs() - lane.epochUs) / 1_000);
      if (activity) lane.time.sample(activity);
    }
    await sleep(SAMPLE_MS, undefined, { signal }).catch(() => undefined);
  }
}
