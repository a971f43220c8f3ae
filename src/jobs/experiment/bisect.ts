/** What the trials at one concurrency came to, in the order in which they were raced. */
export interface TriedLevel {
  concurrency: number;
  /** Whether one of its trials was violated. */
  broke: boolean;
}

/** No race has fewer buyers than two: one alone cannot race. */
export const FEWEST_BUYERS = 2;

/**
 * The concurrency to try next, or null when the search is over; it depends on what was tried alone. First `most`, the
 * plan's own: if that does not break there is nothing to search. Then the gap between the lowest concurrency that broke
 * and the highest below it that held is halved until it is closed. Halving takes for granted that more buyers never
 * break less, so at last the widest gap below is tried in its middle: if that breaks, the search goes on below it.
 */
export function nextLevel(most: number, tried: readonly TriedLevel[]): number | null {
  const broke = new Map(tried.map((level) => [level.concurrency, level.broke]));
  const atMost = broke.get(most);
  if (atMost === undefined) return most;
  if (!atMost) return null;

  const { next, held } = halve(FEWEST_BUYERS - 1, most, broke);
  if (next !== null) return next;
  const gap = widestGap(held);
  if (gap === null) return null;
  const below = middleOf(gap);
  const brokeBelow = broke.get(below);
  if (brokeBelow === undefined) return below;
  return brokeBelow ? halve(gap.low, below, broke).next : null;
}

/** How many levels a search from `most` tries at the most. */
export function mostLevels(most: number): number {
  const halvings = Math.ceil(Math.log2(most - FEWEST_BUYERS + 1));
  return halvings < 2 ? 1 + halvings : 2 * halvings;
}

interface Gap {
  low: number;
  high: number;
}

/** Halves the gap from `low`, which holds, to `high`, which breaks, as far as is known what breaks. */
function halve(
  low: number,
  high: number,
  broke: ReadonlyMap<number, boolean>,
): { next: number | null; held: number[] } {
  const held = [low];
  let gap: Gap = { low, high };
  while (gap.high - gap.low > 1) {
    const middle = middleOf(gap);
    const didBreak = broke.get(middle);
    if (didBreak === undefined) return { next: middle, held };
    if (!didBreak) held.push(middle);
    gap = didBreak ? { low: gap.low, high: middle } : { low: middle, high: gap.high };
  }
  return { next: null, held };
}

/** Between ascending levels; null where no level is left between any two. */
function widestGap(levels: readonly number[]): Gap | null {
  const gaps = levels.slice(1).map((high, i) => ({ low: levels[i] ?? high, high }));
  const widest = gaps.reduce<Gap | null>(
    (best, gap) => (best && best.high - best.low >= gap.high - gap.low ? best : gap),
    null,
  );
  return widest && widest.high - widest.low > 1 ? widest : null;
}

function middleOf({ low, high }: Gap): number {
  return (low + high) >> 1;
}
