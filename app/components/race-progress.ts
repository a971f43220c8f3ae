import { isOver, type RaceView } from '~/lab/race';

export interface RaceProgress {
  /** Attempts with an outcome, over all lanes. */
  done: number;
  total: number;
  elapsedMs: number | null;
  /** Expected time left; null when nothing can be said yet. */
  leftMs: number | null;
}

/** Before this share is done, the time left would be a wild guess. */
const ENOUGH_TO_GUESS = 0.08;

/** How far a race is, at the time `now` (ms since the epoch). */
export function measureProgress(race: RaceView, now: number): RaceProgress {
  const done = race.lanes.reduce((sum, lane) => sum + lane.counts.attempts, 0);
  const total = race.plan.attempts * race.lanes.length;
  const end = race.finishedAt === null ? now : Date.parse(race.finishedAt);
  const elapsedMs = race.startedAt === null ? null : Math.max(0, end - Date.parse(race.startedAt));
  const share = total > 0 ? done / total : 0;
  const guess = race.status === 'running' && elapsedMs !== null && share > ENOUGH_TO_GUESS && share < 1;
  return {
    done,
    total,
    elapsedMs: isOver(race.status) && race.finishedAt === null ? null : elapsedMs,
    leftMs: guess ? (elapsedMs * (1 - share)) / share : null,
  };
}
