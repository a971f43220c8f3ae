import { formatNumber } from '../audit/wording';
import { isOver } from '../race';
import type { LaneRecorder } from '../recording/lane-recorder.server';
import type { ActiveRace } from './active-race.server';
import { runLane } from './run-lane.server';
import type { LaneDeps } from './lane-load.server';
import { openTarget } from './race-target.server';
import type { TargetDeps } from './race-target.server';
import { warmUp } from './warm-up.server';
import { watchDependencies } from './watch-dependencies.server';
import type { Dependency } from './watch-dependencies.server';

export interface RaceDeps extends Omit<LaneDeps, 'target'>, TargetDeps {
  postgres: Dependency;
  redis: Dependency;
  /** Writes the race as it is now; may fail while the race runs, the last write is made sure of by the caller. */
  save: (race: ActiveRace) => Promise<void>;
}

/**
 * A race: prepare, fire, drain, audit, save. Its lanes run one after another, so that they do not compete, or all at
 * once when the plan asks for it. Never rejects: whatever goes wrong is the race's own end, with its reason.
 */
export async function runRace(race: ActiveRace, deps: RaceDeps): Promise<void> {
  if (isOver(race.head.status)) return;
  race.enter('preparing');
  const endWatch = watchDependencies(dependenciesOf(race, deps), (reason) => race.abort(reason));
  try {
    await deps.save(race);
    await runLanes(race, deps);
    if (race.stopped === undefined) race.enter('finished');
    else endEarly(race);
  } catch (error) {
    fail(race, error instanceof Error ? error : new Error(String(error)));
  } finally {
    endWatch();
  }
}

/** Opens the target, warms it up and runs the lanes on it. The target is closed before the race is over. */
async function runLanes(race: ActiveRace, deps: RaceDeps): Promise<void> {
  const target = await openTarget(race, deps);
  const laneDeps = { ...deps, target };
  const isStopped = () => race.stopped !== undefined;
  try {
    race.head.rampMs = await warmUp(race, laneDeps);
    if (isStopped()) return;
    race.enter('running');
    if (race.head.plan.order === 'parallel') {
      await Promise.all(race.lanes.map((lane) => runLane(race, lane, laneDeps)));
    } else {
      for (const lane of controlsFirst(race.lanes)) {
        if (isStopped()) break;
        await runLane(race, lane, laneDeps);
        await deps.save(race);
      }
    }
  } finally {
    await target.close();
  }
}

/** A lane is judged in the light of its control, so those that are one run before the others. */
function controlsFirst(lanes: LaneRecorder[]): LaneRecorder[] {
  const controls = new Set(lanes.map(({ control }) => control));
  return [...lanes].sort((a, b) => Number(controls.has(b)) - Number(controls.has(a)));
}

/** Ends a race that was stopped: what ran is judged, what did not is said to have not. */
export function endEarly(race: ActiveRace): void {
  for (const lane of race.lanes)
    if (lane.status === 'pending') lane.cancel('Not run: the race was stopped before.');
  const attempts = race.lanes.reduce((sum, lane) => sum + lane.log.next, 0);
  const { plan } = race.head;
  const of = plan.durationS === undefined ? ` of ${formatNumber(race.lanes.length * plan.attempts)}` : '';
  race.enter('aborted', `Stopped ${race.stopped ?? 'early'} after ${formatNumber(attempts)}${of} attempts.`);
}

function fail(race: ActiveRace, error: Error): void {
  // what failed first is the cause; the rest is only its echo
  const cause = race.signal.aborted ? (race.signal.reason as Error) : error;
  race.abort(cause);
  for (const lane of race.lanes) {
    if (lane.status === 'finished') continue;
    lane.cancel(
      lane.status === 'pending' ? 'Not run: the race had failed before.' : 'Not judged: the race failed.',
    );
  }
  race.enter(cause instanceof RaceAbortedError ? 'aborted' : 'failed', oneLine(cause.message));
}

/** Prisma's messages are several lines, the last of which says what is wrong. */
function oneLine(message: string): string {
  const [start = ''] = message.split('\n');
  const last = message.split('\n').findLast((line) => line.trim() !== '') ?? message;
  return start.trim() === '' || start === last ? last.trim() : `${start.trim()} ${last.trim()}`;
}

/** The reason for giving up a race that nothing is wrong with: the server is going down. */
export class RaceAbortedError extends Error {
  override readonly name = 'RaceAbortedError';
}

function dependenciesOf(race: ActiveRace, { postgres, redis }: RaceDeps): Dependency[] {
  const usesRedis = race.lanes.some((lane) => lane.strategy.stores.includes('redis'));
  return usesRedis ? [postgres, redis] : [postgres];
}
