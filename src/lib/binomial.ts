/** Confidence level of every statement about a rate. */
export const CONFIDENCE = 0.95;

/** A rate as the trials show it, with its uncertainty. Rates are from 0 to 1. */
export interface RateEstimate {
  /** Trials that were violated, those with a verdict, and all that are over. */
  violated: number;
  judged: number;
  done: number;
  /** Violated of done; null without a trial that has a verdict. */
  rate: number | null;
  /**
   * Two-sided exact interval (Clopper-Pearson) at 95 %: its low end counts inconclusive trials as held, its high end
   * leaves them out. Without trials: from 0 to 1.
   */
  interval: { low: number; high: number };
  /**
   * One-sided exact bound at 95 %: `high` when none was violated (about 3 / judged), `low` when all trials with a
   * verdict were. It is for readers who had decided on that side before the trials: chosen by how they ended, it holds
   * the true rate in less than 95 % of experiments, so nothing in words is made of it.
   */
  bound: { side: 'high' | 'low'; rate: number } | null;
}

/**
 * What `violated` of `judged` trials, and `done` in all, say about the chance of a violation in one such race. The
 * interval holds the true rate in at least 95 % of experiments, even where trials end at the first violation, and
 * whatever makes trials inconclusive. A trial that did not race is seldom violated, so leaving such trials out at both
 * ends would mistake the rate of those that raced for that of all.
 *
 * C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
 * Biometrika 26 (1934).
 */
export function estimateRate(violated: number, judged: number, done = judged): RateEstimate {
  const doubt = 1 - CONFIDENCE;
  return {
    violated,
    judged,
    done,
    rate: judged === 0 ? null : violated / done,
    interval: {
      low: lowerLimit(violated, done, doubt / 2),
      high: 1 - lowerLimit(judged - violated, judged, doubt / 2),
    },
    bound: boundOf(violated, judged, done),
  };
}

function boundOf(violated: number, judged: number, done: number): RateEstimate['bound'] {
  const doubt = 1 - CONFIDENCE;
  if (judged === 0) return null;
  if (violated === 0) return { side: 'high', rate: 1 - doubt ** (1 / judged) };
  return violated === judged ? { side: 'low', rate: lowerLimit(violated, done, doubt) } : null;
}

/**
 * The smallest rate at which `hits` or more of `n` have a chance of at least `doubt`, by halving: the chance rises with
 * the rate. 60 halvings leave less than 1e-18.
 */
function lowerLimit(hits: number, n: number, doubt: number): number {
  if (hits === 0) return 0;
  let low = 0;
  let high = 1;
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (chanceOfAtLeast(hits, n, middle) < doubt) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X >= hits) of a binomial X, summed term by term: n is a few hundred at most. */
export function chanceOfAtLeast(hits: number, n: number, rate: number): number {
  if (hits <= 0) return 1;
  if (hits > n) return 0;
  if (rate <= 0) return 0;
  if (rate >= 1) return 1;
  let sum = 0;
  let logChoose = 0;
  for (let k = 0; k <= n; k += 1) {
    if (k > 0) logChoose += Math.log((n - k + 1) / k);
    if (k >= hits) sum += Math.exp(logChoose + k * Math.log(rate) + (n - k) * Math.log1p(-rate));
  }
  return Math.min(sum, 1);
}
