import type { LaneRecorder } from '@/recording/lane-recorder';
import { again, PATIENTLY_MS } from '@/failures/again';
import type { ActiveRace } from './active-race';
import { drain, toLoad } from './lane-load-plan';
import type { LaneDeps } from './lane-load-plan';

/** Most purchases of a warm-up, and the clients that make them, per server process. */
const MOST = 300;
/** Fewest: connections have to be opened and the pace measured even when the code is already compiled. */
const FEWEST = 90;
const CONCURRENCY = 30;
const LOAD = {
  model: 'closed',
  durationMs: undefined,
  pauseMs: 0,
  open: null,
  quantity: 1,
  thinkMs: 0,
  timeoutMs: 10_000,
  rampMs: 0,
  crowd: 0,
} as const;

/**
 * Runs a lane's work, and ends only that lane when it has lost what it alone needs. Rejects when the race has failed.
 */
export type UnlessLost = (lane: LaneRecorder, work: () => Promise<void>) => Promise<void>;

const UNHEARD = { started: () => undefined, batch: () => undefined, inFlight: () => undefined };

/** Bounds of the ramp over which buyers arrive, ms. */
const RAMP_MS = { min: 50, max: 3_000 };
/** A sale takes the server about three times as long as a sold-out response. */
const SALE_FACTOR = 3;

/**
 * Makes every lane's purchases on an item without stock: this opens the pool's connections and runs the code until it
 * is compiled, so that the first lane does not pay for what the others find ready. It measures only the server's pace,
 * so it may run in this thread; it is over, on the server too, before the first unit goes on sale.
 *
 * Returns the ramp of the plan or, for the closed model, the one for this pace, the same for every lane: as long as the
 * server needs for one purchase of every buyer. Buyers who arrive faster than the server serves them queue up and
 * proceed in lock-step, one wave of reads and then one of writes, which hides the races between the waves.
 */
export async function warmUp(race: ActiveRace, deps: LaneDeps, unlessLost: UnlessLost): Promise<number> {
  const paces: number[] = [];
  for (const lane of race.lanes) {
    if (race.stopped !== undefined) break;
    await unlessLost(lane, async () => {
      lane.enter('warming');
      paces.push(await warmUpLane(race, lane, deps));
      lane.enter('ready');
    });
  }
  const { model, rampS } = race.head.plan;
  if (rampS !== undefined) return rampS * 1_000;
  if (model === 'open') return 0;
  const pace = paces.sort((a, b) => a - b)[paces.length >> 1] ?? 0;
  const { concurrency, attempts } = race.head.plan;
  const ramp = pace * Math.min(concurrency, attempts) * SALE_FACTOR;
  return Math.round(Math.min(RAMP_MS.max, Math.max(RAMP_MS.min, ramp)));
}

/** Returns the time that one purchase took, ms. */
async function warmUpLane(race: ActiveRace, lane: LaneRecorder, deps: LaneDeps): Promise<number> {
  const { sku, strategy } = lane;
  const signal = race.signalOf(lane);
  const create = () => deps.scenario.create(deps.storage, [strategy], { sku, stock: 0 });
  await race.orAborted(again(create, { forMs: PATIENTLY_MS, signal }), signal);
  const { processes, attempts: planned, durationS } = race.head.plan;
  const { warm } = deps.target;
  // the warm-up of a lane should not take longer than the lane itself
  const enough = durationS === undefined ? Math.min(Math.max(planned, FEWEST), MOST) : MOST;
  const attempts = (warm.has(strategy.id) ? FEWEST : enough) * processes;
  const size = { attempts, concurrency: CONCURRENCY * processes };
  const load = { ...toLoad(race, lane, deps), ...LOAD, ...size, attemptPrefix: `${race.id}.warm-up.` };
  const shard = await race.orAborted(deps.target.openShard(load, strategy), signal);
  const untrack = race.track(shard);
  const start = performance.now();
  try {
    await race.orAborted(shard.run(UNHEARD), signal);
  } finally {
    untrack();
    shard.close();
  }
  const pace = (performance.now() - start) / attempts;
  if ((await drain(race, signal, () => deps.target.underWay(sku))) > 0) {
    throw new Error('The server is still busy with purchases of the warm-up; it is too slow to be raced.');
  }
  warm.add(strategy.id);
  return pace;
}
