import type { LaneView, RaceView } from '~/lab/race';

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

/** Whether a lane has been prepared and its turn has not come yet. */
export function isReady(race: RaceView, lane: LaneView): boolean {
  if (race.status === 'preparing') return lane.index + 1 < (measurePreparation(race)?.lane ?? 0);
  return lane.status === 'pending' && (race.status === 'running' || race.status === 'stopping');
}
