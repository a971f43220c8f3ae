import type { LabLog } from '@/lib/lab-log';
import type { LaneView, RaceView } from '@/model/race';
import type { BatchStore } from '@/recording/event-log';
import { LaneRecorder } from '@/recording/lane-recorder';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { RaceStore } from '@/store/race-store';

export interface RepairDeps {
  races: RaceStore;
  batches: BatchStore;
  strategies: Map<string, RegisteredStrategy>;
  owner: { key: number };
  log: LabLog;
}

/** Batches of an event log read at a time. */
const BATCHES_AT_ONCE = 200;

/**
 * Marks a race as interrupted, and restores it from its event logs: its lanes were last written when they began, so the
 * logs are more recent. Both at once, so that nobody sees an interrupted race without its attempts.
 */
export async function restoreRace(deps: RepairDeps, id: string, why: string): Promise<void> {
  const race = await deps.races.get(id);
  if (!race) return;
  const reason = (attempts: number) =>
    attempts > 0 ? 'Not judged: the server ended during this lane.' : 'Not run.';
  const interrupted = {
    ...race,
    status: 'interrupted' as const,
    reason: why,
    finishedAt: new Date().toISOString(),
  };
  await saveRestored(deps, interrupted, race.lanes, () => reason);
}

/**
 * Compares the counts of every finished lane with its event log. An unjudged lane takes over the counts of its log. A
 * judged one stays as it was judged, since its evidence is refused where the log no longer agrees. Writes both to the
 * server's log.
 */
export async function checkCounts(deps: RepairDeps): Promise<void> {
  for (const [id, indexes] of await deps.races.findMiscounted()) {
    const race = await deps.races.get(id);
    if (!race) continue;
    const differing = race.lanes.filter(({ index }) => indexes.includes(index));
    const unjudged = differing.filter(({ status }) => status !== 'finished');
    const judged = differing.filter(({ status }) => status === 'finished');
    await saveRestored(deps, race, unjudged, (lane) => () => lane.verdict.reason);
    warn(deps.log, race, unjudged, 'counts differed from the event log; repaired from it');
    warn(deps.log, race, judged, 'the event log differs from what the verdict rests on');
  }
}

function warn(log: LabLog, race: RaceView, lanes: readonly LaneView[], message: string): void {
  if (lanes.length > 0) log.warn({ race: race.id, lanes: lanes.map(({ index }) => index) }, message);
}

/** Explains why a lane was not judged, or not run, from the number of attempts in its log. */
type Reason = (attempts: number) => string;

async function saveRestored(
  deps: RepairDeps,
  race: RaceView,
  lanes: readonly LaneView[],
  reasonOf: (lane: LaneView) => Reason,
): Promise<void> {
  const restored = await Promise.all(lanes.map((lane) => restoreLane(deps, race, lane, reasonOf(lane))));
  const { lanes: _lanes, ...head } = race;
  await deps.races.save(head, deps.owner.key, restored);
}

async function restoreLane(
  deps: RepairDeps,
  race: RaceView,
  lane: LaneView,
  reason: Reason,
): Promise<LaneView> {
  const strategy = deps.strategies.get(lane.strategy);
  if (!strategy || lane.status === 'finished') return lane;
  const recorder = new LaneRecorder(race.id, lane.index, strategy, lane.sku, race.plan, deps.batches);
  recorder.role = lane.role;
  for (;;) {
    const batches = await deps.batches.read(race.id, lane.index, recorder.log.next, BATCHES_AT_ONCE);
    if (batches.length === 0) break;
    for (const batch of batches) recorder.restore(batch);
  }
  recorder.cancel(reason(recorder.log.next));
  return recorder.view();
}
