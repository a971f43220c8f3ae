interface CursorTick {
  value?: unknown;
}

/**
 * Which row of one chart lies under another chart's cursor: the nearest in time. Lanes may have buckets of different
 * widths, so neither the index nor an equal value would find it. -1 hides the cursor: where the lane has no row, most
 * often because it was over by then, another instant of it would be read as this one.
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

/** How far from itself a row may stand for a lane: the widest of its buckets. The first begins at 0. */
function reachOf(times: readonly number[]): number {
  // the tolerance is for sums of buckets that are not quite equal
  return 1.000_001 * times.reduce((widest, time, i) => Math.max(widest, time - (times[i - 1] ?? 0)), 0);
}
