import { isOver } from '@/model/job';
import { hasBegun, isLaneOver } from '@/model/lane-status';
import { formatNumber } from '@/model/wording';
import type { LaneRecorder } from '@/recording/lane-recorder';
import { again, PATIENTLY_MS } from '@/failures/again';
import { asSentence, inWords } from '@/failures/in-words';
import { watchDependencies } from '@/failures/watch-dependencies';
import type { Watched } from '@/failures/watch-dependencies';
import { openTarget } from '@/targets/race-target';
import type { TargetDeps } from '@/targets/race-target';
import type { ActiveRace } from './active-race';
import { runLane } from './run-lane';
import type { LaneDeps } from './lane-load-plan';
import { warmUp } from './warm-up';
import type { UnlessLost } from './warm-up';

export interface RaceDeps extends Omit<LaneDeps, 'target'>, TargetDeps {
  /** What a race needs while it runs: every race needs PostgreSQL, and those whose strategies use Redis need it too. */
  watched: Watched;
  /** Opens the connections that a race needs in advance, so that none has to be opened while it runs. */
  openConnections: () => Promise<void>;
  /** Stores the current state of the race. It may fail while the race runs; the caller makes sure of the last write. */
  save: (race: ActiveRace) => Promise<void>;
}

/**
 * A race: prepare, fire, drain, audit, save. Its lanes run one after another, so that they do not compete, or all at
 * once when the plan asks for it. Never rejects: a failure ends the race, with its reason.
 */
export async function runRace(race: ActiveRace, deps: RaceDeps): Promise<void> {
  if (isOver(race.head.status)) return;
  race.enter('preparing');
  const endWatch = watchDependencies(dependenciesOf(race, deps), (reason, { lanes }) => {
    if (lanes.length === race.lanes.length) race.abort(reason);
    else race.loseLanes(lanes, reason);
  });
  try {
    await surely(race, () => deps.openConnections());
    await save(race, deps);
    await runLanes(race, deps);
    if (race.stopped === undefined) race.enter('finished');
    else endEarly(race);
  } catch (error) {
    fail(race, error);
  } finally {
    endWatch();
  }
}

function save(race: ActiveRace, deps: RaceDeps): Promise<void> {
  return surely(race, () => deps.save(race));
}

/** Retries work that may be repeated, for up to `PATIENTLY_MS` or until the race is aborted. */
function surely(race: ActiveRace, work: () => Promise<void>): Promise<void> {
  const { signal } = race;
  return race.orAborted(again(work, { forMs: PATIENTLY_MS, signal }));
}

/**
 * Opens the target, warms it up and runs the lanes on it. The target is closed before the race is over. A lane that
 * cannot be finished ends alone; this rejects with the first such failure when the other lanes are over.
 */
async function runLanes(race: ActiveRace, deps: RaceDeps): Promise<void> {
  const target = await openTarget(race, deps);
  const laneDeps = { ...deps, target };
  const isStopped = () => race.stopped !== undefined;
  const losses: unknown[] = [];
  const unlessLost: UnlessLost = async (lane, work) => {
    try {
      await work();
    } catch (error) {
      race.signal.throwIfAborted();
      losses.push(error);
      lane.cancel(`${lane.log.next > 0 ? 'Not judged' : 'Not run'}: ${inWords(error)}.`);
    }
  };
  const run = async (lane: LaneRecorder) => {
    if (lane.status !== 'cancelled') await unlessLost(lane, () => runLane(race, lane, laneDeps));
  };
  try {
    race.head.rampMs = await warmUp(race, laneDeps, unlessLost);
    if (isStopped()) return;
    race.enter('running');
    if (race.head.plan.order === 'parallel') {
      // waits for all lanes: one that still records after the race is over would contradict what was saved
      await Promise.allSettled(race.lanes.map(run));
      race.signal.throwIfAborted();
    } else {
      for (const lane of controlsFirst(race.lanes)) {
        if (isStopped()) break;
        await run(lane);
        await save(race, deps);
      }
    }
  } finally {
    await target.close();
  }
  if (losses.length > 0) throw losses[0];
}

/** A lane's verdict depends on its control, so lanes that are controls run first. */
function controlsFirst(lanes: LaneRecorder[]): LaneRecorder[] {
  const controls = new Set(lanes.map(({ control }) => control));
  return [...lanes].sort((a, b) => Number(controls.has(b)) - Number(controls.has(a)));
}

/**
 * Ends a race that was stopped: lanes that ran are judged, the others marked as not run. `but`: what failed meanwhile.
 */
export function endEarly(race: ActiveRace, but?: string): void {
  for (const lane of race.lanes)
    if (!hasBegun(lane.status)) lane.cancel('Not run: the race was stopped before.');
  const attempts = race.lanes.reduce((sum, lane) => sum + lane.log.next, 0);
  const { plan } = race.head;
  const of = plan.durationS === undefined ? ` of ${formatNumber(race.lanes.length * plan.attempts)}` : '';
  const stopped = `Stopped ${race.stopped ?? 'early'} after ${formatNumber(attempts)}${of} attempts.`;
  race.enter('aborted', but === undefined ? stopped : `${stopped} ${but}`);
}

function fail(race: ActiveRace, error: unknown): void {
  // the first failure is the cause; the others only follow from it
  const cause: unknown = race.signal.aborted ? race.signal.reason : error;
  race.abort(cause instanceof Error ? cause : new Error(String(cause)));
  const isStopped = race.stopped !== undefined || cause instanceof RaceAbortedError;
  const why = isStopped ? 'was stopped' : 'failed';
  for (const lane of race.lanes) {
    if (isLaneOver(lane.status)) continue;
    const ran = hasBegun(lane.status);
    lane.cancel(ran ? `Not judged: the race ${why}.` : `Not run: the race ${why} before.`);
  }
  if (race.stopped === undefined || cause instanceof RaceAbortedError)
    race.enter(isStopped ? 'aborted' : 'failed', asSentence(cause));
  else endEarly(race, asSentence(cause));
}

/** Why a race without a fault was aborted: the server is shutting down. */
export class RaceAbortedError extends Error {
  override readonly name = 'RaceAbortedError';
}

function dependenciesOf(race: ActiveRace, { watched: { postgres, redis } }: RaceDeps) {
  const { lanes } = race;
  const inRedis = lanes.filter(({ strategy }) => strategy.stores.includes('redis'));
  const all = { ...postgres, lanes };
  return inRedis.length > 0 ? [all, { ...redis, lanes: inRedis }] : [all];
}
