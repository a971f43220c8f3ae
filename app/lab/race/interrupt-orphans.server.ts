import type { LabLog } from '../lab-log';
import type { LaneView, RaceView } from '../race';
import type { BatchStore } from '../recording/event-log.server';
import { LaneRecorder } from '../recording/lane-recorder.server';
import type { RegisteredStrategy } from '../registry.server';
import type { RaceStore } from '../store/race-store.server';

export interface OrphanDeps {
  strategies: Map<string, RegisteredStrategy>;
  races: RaceStore;
  batches: BatchStore;
  owner: { lockClass: number; key: number };
  log: LabLog;
}

/** Batches of an event log read at a time. */
const BATCHES_AT_ONCE = 200;
const REASON = 'The server ended in the middle of this race. Shown is what it had stored by then.';

/**
 * Marks the races whose server died as interrupted. Their lanes were last written when they began, and their event
 * logs know more: each lane is brought up to what its log holds.
 */
export async function interruptOrphans(deps: OrphanDeps): Promise<void> {
  const ids = await deps.races.interruptOrphans(deps.owner.lockClass, REASON);
  if (ids.length === 0) return;
  deps.log.warn({ races: ids }, 'races of a dead server marked as interrupted');
  for (const id of ids) {
    const race = await deps.races.get(id);
    if (!race) continue;
    const { url: _url, lanes, ...head } = race;
    const restored = await Promise.all(lanes.map((lane) => restoreLane(deps, race, lane)));
    await deps.races.save(head, deps.owner.key, restored);
  }
}

async function restoreLane(deps: OrphanDeps, race: RaceView, lane: LaneView): Promise<LaneView> {
  const strategy = deps.strategies.get(lane.strategy);
  if (!strategy || lane.status === 'finished') return lane;
  const recorder = new LaneRecorder(race.id, lane.index, strategy, lane.sku, race.plan, deps.batches);
  recorder.role = lane.role;
  for (;;) {
    const batches = await deps.batches.read(race.id, lane.index, recorder.log.next, BATCHES_AT_ONCE);
    if (batches.length === 0) break;
    for (const batch of batches) recorder.restore(batch);
  }
  recorder.cancel(recorder.log.next > 0 ? 'Not judged: the server ended during this lane.' : 'Not run.');
  return recorder.view();
}
