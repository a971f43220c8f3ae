import { isOver } from '@/model/job';
import { isLaneOver, progressOf } from '@/model/lane-status';
import type { LaneView, RaceStatus, RaceView } from '@/model/race';

/** What the live channel has reported about a race since its page was loaded. */
export interface LiveWord {
  status: RaceStatus | null;
  reason: string | null;
  /** Latest snapshot of each lane, by index. */
  lanes: ReadonlyMap<number, LaneView>;
}

/**
 * The race as the page shows it: the data that the server rendered or reloaded, updated by the live channel. Once the
 * stored race is over, only it counts, because only final rows decide. A page that missed the snapshots of a race hears
 * that it is over before it knows how its lanes ended: until it has reloaded them, it does not show the race as over.
 */
export function mergeRace(loaded: RaceView, live: LiveWord): RaceView {
  if (isOver(loaded.status)) return loaded;
  const lanes = loaded.lanes.map((lane) => furtherAlong(lane, live.lanes.get(lane.index)));
  const { status, reason } = live;
  if (status === null || (isOver(status) && !lanes.every((lane) => isLaneOver(lane.status))))
    return { ...loaded, lanes };
  return { ...loaded, status, reason: reason ?? loaded.reason, lanes };
}

/** Snapshots may be late, and a reloaded page may be newer than the last of them: the one further along wins. */
function furtherAlong(stored: LaneView, snapshot: LaneView | undefined): LaneView {
  if (!snapshot) return stored;
  const ahead = progressOf(snapshot.status) - progressOf(stored.status);
  if (ahead !== 0) return ahead > 0 ? snapshot : stored;
  return snapshot.counts.attempts >= stored.counts.attempts ? snapshot : stored;
}
