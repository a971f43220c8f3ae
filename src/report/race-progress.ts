import { isOver } from '@/model/job';
import { isLaneOver } from '@/model/lane-status';
import type { RaceView } from '@/model/race';

export interface RaceProgress {
  /** Attempts with an outcome, over all lanes. */
  done: number;
  /** Planned attempts; null when the plan has a duration instead. */
  total: number | null;
  /** 0 to 1. */
  share: number;
  elapsedMs: number | null;
  /** Expected time left; null when it cannot be estimated yet. */
  leftMs: number | null;
}

/** Below this share, the time left would be a wild guess. */
const ENOUGH_TO_GUESS = 0.08;

/** How far a race is, at the time `now` (ms since the epoch). */
export function measureProgress(race: RaceView, now: number): RaceProgress {
  const done = race.lanes.reduce((sum, lane) => sum + lane.counts.attempts, 0);
  const { attempts, durationS } = race.plan;
  const total = durationS === undefined ? attempts * race.lanes.length : null;
  const end = race.finishedAt === null ? now : Date.parse(race.finishedAt);
  const elapsedMs = race.startedAt === null ? null : Math.max(0, end - Date.parse(race.startedAt));
  const share = durationS === undefined ? ratio(done, total ?? 0) : shareOfTime(race, durationS * 1_000);
  const guess = race.status === 'running' && elapsedMs !== null && share > ENOUGH_TO_GUESS && share < 1;
  return {
    done,
    total,
    share,
    elapsedMs: isOver(race.status) && race.finishedAt === null ? null : elapsedMs,
    leftMs: guess ? (elapsedMs * (1 - share)) / share : null,
  };
}

/** The share of their planned time that the lanes have run. */
function shareOfTime({ lanes }: RaceView, plannedMs: number): number {
  const had = lanes.map(({ status, durationMs }) =>
    isLaneOver(status) ? 1 : Math.min(1, durationMs / plannedMs),
  );
  return ratio(
    had.reduce((sum, share) => sum + share, 0),
    lanes.length,
  );
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
