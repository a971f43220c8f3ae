/** How often something came out one way, of how many trials. */
export interface Share {
  hits: number;
  of: number;
}

/**
 * The chance that two shares differ at least as much as these do, when both kinds of trials have the same rate: Fisher's
 * exact test, two-sided. It sums the probabilities of all tables with the same totals that are no likelier than the one
 * at hand. 1 where one of them has no trials, or all came out alike.
 *
 * R. A. Fisher, "On the interpretation of χ² from contingency tables, and the calculation of P", Journal of the Royal
 * Statistical Society 85 (1922).
 */
export function chanceOfDifference(one: Share, other: Share): number {
  const hits = one.hits + other.hits;
  const logChance = (k: number) =>
    logChoose(one.of, k) + logChoose(other.of, hits - k) - logChoose(one.of + other.of, hits);
  const least = Math.max(0, hits - other.of);
  const most = Math.min(hits, one.of);
  // tables of the same probability differ in the last digits
  const observed = logChance(one.hits) + 1e-9;
  let sum = 0;
  for (let k = least; k <= most; k += 1) {
    const log = logChance(k);
    if (log <= observed) sum += Math.exp(log);
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i);
  return sum;
}
