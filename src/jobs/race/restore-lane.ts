import type { LaneView, RaceView } from '@/model/race';
import type { BatchStore } from '@/recording/event-log';
import { LaneRecorder } from '@/recording/lane-recorder';
import type { RegisteredStrategy } from '@/scenarios/inventory/registry';

export interface RestoreDeps {
  strategies: Map<string, RegisteredStrategy>;
  batches: BatchStore;
}

/** Batches of an event log read at a time. */
const BATCHES_AT_ONCE = 200;

/** An unjudged lane brought up to what its event log holds. `reason` says why it was not judged, or not run. */
export async function restoreLane(
  deps: RestoreDeps,
  race: RaceView,
  lane: LaneView,
  reason: (attempts: number) => string,
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
