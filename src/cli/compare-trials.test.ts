import { expect, test } from 'vitest';
import { estimateRate } from '@/lib/binomial';
import type { StrategyTrials } from '@/model/experiment';
import { PLAN_DEFAULTS, type LoadPlan } from '@/plan/load-plan';
import type { TrialsReport } from '@/report/trials-report';
import { compareTrials } from './compare-trials';
import { EXIT } from './exit-code';

/** Trials of strategies by name: violated, judged and done. */
function trials(
  rates: Record<string, [number, number, number?]>,
  plan: Partial<LoadPlan> = {},
): TrialsReport {
  const strategies = Object.entries(rates).map(([strategy, rate], lane) => ({
    ...{ strategy, lane, role: 'contestant', rate: estimateRate(...rate) },
  }));
  return {
    ...{ format: 'oversell-trials-report', version: 1, writtenBy: 'oversell 0.0.0', assertions: [] },
    experiment: {
      id: 'm4x8',
      plan: { ...PLAN_DEFAULTS, strategies: Object.keys(rates), seed: 1, ...plan },
      strategies: strategies as unknown as StrategyTrials[],
    },
  } as unknown as TrialsReport;
}

test('a share that chance alone seldom makes is worse, and one that it may make is noise', () => {
  const before = trials({ one: [2, 20], other: [2, 20] });
  const { text, code, strategies } = compareTrials(before, trials({ one: [15, 20], other: [5, 20] }));
  expect(text).toBe(
    `Compared with experiment m4x8

one
  broke in 2 of 20 trials, 1 to 32 % of such races, now in 15 of 20 trials, 51 to 91 % of such races (worse)

other
  broke in 2 of 20 trials, 1 to 32 % of such races, now in 5 of 20 trials, 9 to 49 % of such races (within noise)
`,
  );
  expect(strategies.map(({ judgement }) => judgement)).toEqual(['worse', 'within noise']);
  expect(code).toBe(EXIT.threshold);
  const back = compareTrials(trials({ one: [15, 20] }), trials({ one: [2, 20] }));
  expect(back).toMatchObject({ code: EXIT.pass, strategies: [{ judgement: 'better' }] });
});

test('a strategy that broke once, and never before, is violated, whatever its share', () => {
  const { code, strategies } = compareTrials(trials({ one: [0, 20] }), trials({ one: [1, 20] }));
  expect(code).toBe(EXIT.violated);
  expect(strategies).toMatchObject([{ judgement: 'within noise' }]);
});

test('inconclusive trials count against a claim, whichever it is', () => {
  const few = trials({ one: [5, 20] });
  const many = trials({ one: [12, 20] });
  expect(compareTrials(few, trials({ one: [15, 20] })).strategies).toMatchObject([{ judgement: 'worse' }]);
  // 15 of the 20 that were judged, of 40
  expect(compareTrials(few, trials({ one: [15, 20, 40] })).strategies).toMatchObject([
    { judgement: 'within noise' },
  ]);
  expect(compareTrials(many, trials({ one: [3, 20] })).strategies).toMatchObject([{ judgement: 'better' }]);
  expect(compareTrials(many, trials({ one: [3, 6, 20] })).strategies).toMatchObject([
    { judgement: 'within noise' },
  ]);
});

test.each<[string, TrialsReport]>([
  ['without a verdict', trials({ one: [0, 0, 20] })],
  ['of another plan', trials({ one: [2, 20] }, { stock: 7 })],
])('trials %s support no claim', (_, later) => {
  const { code, strategies } = compareTrials(trials({ one: [2, 20] }), later);
  expect(code).toBe(EXIT.inconclusive);
  expect(strategies).toMatchObject([{ judgement: null }]);
});

test('another seed is the same plan; a strategy that only one of them raced is said to be so', () => {
  const later = trials({ one: [2, 20], more: [20, 20] }, { seed: 2 });
  const { text, code, otherPlan } = compareTrials(
    trials({ one: [2, 20] }, { strategies: ['one', 'more'] }),
    later,
  );
  expect(otherPlan).toEqual([]);
  expect(text).toContain('more\n  only in these trials\n');
  expect(code).toBe(EXIT.pass);
});
