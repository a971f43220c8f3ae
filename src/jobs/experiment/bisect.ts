/** The results of the trials at one concurrency, in the order in which they were raced. */
export interface TriedLevel {
  concurrency: number;
  /** Whether one of its trials was violated. */
  broke: boolean;
}

/** No race has fewer buyers than two: a single buyer cannot race. */
export const FEWEST_BUYERS = 2;

/**
 * The concurrency to try next, or null when the search is over; it depends only on what was tried. First comes `most`,
 * the plan's own: if that does not break, there is nothing to search. Then the gap between the lowest concurrency that
 * broke and the highest below it that held is halved until it is closed. Halving assumes that more buyers never break
 * less often, so the middle of the widest gap below is tried last: if that breaks, the search goes on below it.
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

/** The most levels that a search from `most` tries. */
export function mostLevels(most: number): number {
  const halvings = Math.ceil(Math.log2(most - FEWEST_BUYERS + 1));
  return halvings < 2 ? 1 + halvings : 2 * halvings;
}

interface Gap {
  low: number;
  high: number;
}

/** Halves the gap between `low`, which holds, and `high`, which breaks, as far as is known. */
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

/** The widest gap between ascending levels; null where no level is left between any two. */
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
