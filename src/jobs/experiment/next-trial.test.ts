import { describe, expect, it } from 'vitest';
import { PLAN_DEFAULTS, type LoadPlan } from '@/plan/load-plan';
import { deriveSeed } from './derive-seed';
import { mostTrials, nextTrial, type TrialResult } from './next-trial';

const plan: LoadPlan = { ...PLAN_DEFAULTS, strategies: ['read-then-write'], seed: 7 };

/** Races until the experiment is finished, and answers every plan. */
function runAll(
  asked: Parameters<typeof nextTrial>[0],
  violated: (plan: LoadPlan, nth: number) => boolean,
): LoadPlan[] {
  const plans: LoadPlan[] = [];
  const results: TrialResult[] = [];
  for (;;) {
    const next = nextTrial(asked, results);
    if (!next) return plans;
    plans.push(next);
    const nth = plans.filter(({ concurrency }) => concurrency === next.concurrency).length;
    results.push({ concurrency: next.concurrency, violated: violated(next, nth) });
  }
}

describe('trials', () => {
  it('are the plan itself as often as asked for, differing in the seed alone', () => {
    const plans = runAll({ kind: 'trials', trials: 5, plan }, () => true);
    expect(plans[0]).toEqual(plan);
    expect(plans).toEqual([1, 2, 3, 4, 5].map((trial) => ({ ...plan, seed: deriveSeed(7, trial) })));
  });
});

describe('a bisection', () => {
  const asked = { kind: 'bisection', trials: 4, plan } as const;

  it('leaves a level at its first violation and races it as often as asked for otherwise', () => {
    const plans = runAll(asked, ({ concurrency }, nth) => concurrency > 50 && nth === 2);
    const counts = new Map<number, number>();
    for (const { concurrency } of plans) counts.set(concurrency, (counts.get(concurrency) ?? 0) + 1);
    expect([...counts].slice(0, 3)).toEqual([
      [100, 2],
      [50, 4],
      [75, 2],
    ]);
    expect(counts.get(51)).toBe(2);
    expect(plans.length).toBeLessThanOrEqual(mostTrials(asked));
  });

  it('gives the trials of every level the same seeds', () => {
    const plans = runAll(asked, ({ concurrency }, nth) => concurrency > 50 && nth === 2);
    for (const level of [100, 50, 75]) {
      const seeds = plans.filter(({ concurrency }) => concurrency === level).map(({ seed }) => seed);
      expect(seeds).toEqual(seeds.map((_, i) => deriveSeed(7, i + 1)));
    }
  });

  it('ends where the upper end does not break', () => {
    expect(runAll(asked, () => false)).toHaveLength(4);
  });
});
