import type { LaneView, RaceView } from '@/model/race';
import type { Queue } from './classify-lane';

/** How far the preparation of a race is: lanes are warmed up one after another, before the first of them runs. */
export interface Preparation {
  /** Of the lane that is prepared now, from 1. */
  lane: number;
  lanes: number;
}

/** Null when the race is not being prepared, or nobody has said yet which lane is. */
export function measurePreparation({ status, lanes }: RaceView): Preparation | null {
  if (status !== 'preparing') return null;
  const index = lanes.findLastIndex((lane) => lane.status === 'preparing');
  return index === -1 ? null : { lane: index + 1, lanes: lanes.length };
}

/** What a lane that has not begun waits for. Whatever has been prepared stays so until the lane's turn comes. */
export function queueOf(race: RaceView, { index, status }: LaneView): Queue {
  if (race.status === 'queued') return 'work';
  if (race.status === 'preparing') {
    return index + 1 < (measurePreparation(race)?.lane ?? 0) ? 'lanes' : 'preparation';
  }
  return status === 'pending' ? 'lanes' : 'preparation';
}
