interface CursorTick {
  value?: unknown;
}

/**
 * The row of one chart under another chart's cursor: the nearest in time. Lanes may have buckets of different widths,
 * so neither the index nor an equal value would find it. -1 hides the cursor: where the lane has no row, usually
 * because it was over, the values of another moment would be misread as those of this one.
 */
export function nearestTime(ticks: readonly CursorTick[], cursor: { activeLabel?: unknown }): number {
  const at = Number(cursor.activeLabel);
  if (!Number.isFinite(at)) return -1;
  const times = ticks.map(({ value }) => Number(value));
  let nearest = -1;
  let distance = reachOf(times);
  times.forEach((time, index) => {
    const away = Math.abs(time - at);
    if (away > distance) return;
    nearest = index;
    distance = away;
  });
  return nearest;
}

/** Largest distance at which a row stands for a lane: the widest of its buckets. The first begins at 0. */
function reachOf(times: readonly number[]): number {
  // the tolerance allows for sums of buckets that are not quite equal
  return 1.000_001 * times.reduce((widest, time, i) => Math.max(widest, time - (times[i - 1] ?? 0)), 0);
}
