interface CursorTick {
  value?: unknown;
}

/**
 * Which row of one chart lies under another chart's cursor: the nearest in time. Lanes may have buckets of different
 * widths, so neither the index nor an equal value would find it. -1 hides the cursor.
 */
export function nearestTime(ticks: readonly CursorTick[], cursor: { activeLabel?: unknown }): number {
  const at = Number(cursor.activeLabel);
  if (!Number.isFinite(at)) return -1;
  let nearest = -1;
  let distance = Number.POSITIVE_INFINITY;
  ticks.forEach(({ value }, index) => {
    const away = Math.abs(Number(value) - at);
    if (away < distance) {
      nearest = index;
      distance = away;
    }
  });
  return nearest;
}
