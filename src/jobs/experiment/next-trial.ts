import type { ExperimentHead } from '@/model/experiment';
import type { LoadPlan } from '@/plan/load-plan';
import { mostLevels, nextLevel } from './bisect';
import { deriveSeed } from './derive-seed';

/** What decides how an experiment goes on: the trials that are over, in order. */
export interface TrialResult {
  concurrency: number;
  /** Whether the strategy searched was violated. */
  violated: boolean;
}

type Asked = Pick<ExperimentHead, 'kind' | 'trials' | 'plan'>;

/**
 * The plan of the next trial, or null when the experiment is finished; it depends only on the request and the results
 * so far. The trials of every level of a bisection have the same seeds, so that levels differ in their concurrency and
 * not in luck; a level ends at its first violation.
 */
export function nextTrial(asked: Asked, results: readonly TrialResult[]): LoadPlan | null {
  const { kind, trials, plan } = asked;
  if (kind === 'trials') {
    return results.length < trials ? { ...plan, seed: deriveSeed(plan.seed, results.length + 1) } : null;
  }
  const levels = toLevels(results);
  const open = [...levels].find(([, level]) => !isDecided(level, trials));
  const tried = [...levels].map(([concurrency, { broke }]) => ({ concurrency, broke }));
  const concurrency = open ? open[0] : nextLevel(plan.concurrency, tried);
  if (concurrency === null) return null;
  return { ...plan, concurrency, seed: deriveSeed(plan.seed, (open?.[1].raced ?? 0) + 1) };
}

/** The most trials that there can be. */
export function mostTrials({ kind, trials, plan }: Asked): number {
  return kind === 'trials' ? trials : trials * mostLevels(plan.concurrency);
}

interface Level {
  raced: number;
  broke: boolean;
}

/** Whether a level needs no further trial. */
function isDecided({ raced, broke }: Level, trials: number): boolean {
  return broke || raced >= trials;
}

/** By concurrency, in the order in which levels were begun. */
function toLevels(results: readonly TrialResult[]): Map<number, Level> {
  const levels = new Map<number, Level>();
  for (const { concurrency, violated } of results) {
    const { raced, broke } = levels.get(concurrency) ?? { raced: 0, broke: false };
    levels.set(concurrency, { raced: raced + 1, broke: broke || violated });
  }
  return levels;
}
