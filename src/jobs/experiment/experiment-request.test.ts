import { expect, it } from 'vitest';
import { PLAN_FIELDS } from '@/plan/fields';
import { PLAN_DEFAULTS, type LoadPlan } from '@/plan/load-plan';
import { findFaults } from './experiment-request';

const plan: LoadPlan = { ...PLAN_DEFAULTS, strategies: ['read-then-write'], seed: 1 };
const lasting = (durationS: number): LoadPlan => ({ ...plan, durationS, attempts: PLAN_FIELDS.attempts.max });

it('lets pass what can be run', () => {
  expect(findFaults({ kind: 'trials', trials: 200, plan }, 1)).toEqual([]);
  expect(findFaults({ kind: 'bisection', trials: 10, plan }, 1)).toEqual([]);
  expect(findFaults({ kind: 'trials', trials: 20, plan: lasting(30) }, 2)).toEqual([]);
});

it('limits attempts in all lanes of all trials, and time where the plan has a duration', () => {
  const many = { ...plan, attempts: 100_000 };
  expect(findFaults({ kind: 'trials', trials: 26, plan: many }, 2)).toEqual([
    {
      path: 'trials',
      message: 'would come to 5,200,000 attempts in all lanes of all trials; at most 5,000,000 are allowed',
    },
  ]);
  expect(findFaults({ kind: 'trials', trials: 20, plan: lasting(600) }, 2)).toEqual([
    {
      path: 'trials',
      message: 'would load for 24,000 s in all lanes of all trials; at most 21,600 s are allowed',
    },
  ]);
});

it('limits the time that pauses and think times take, at the slowest level of a search too', () => {
  // 10 turns of a second each
  const slow: LoadPlan = { ...plan, thinkMs: 1_000 };
  expect(findFaults({ kind: 'trials', trials: 200, plan: slow }, 10)).toEqual([]);
  expect(findFaults({ kind: 'trials', trials: 200, plan: slow }, 11)).toEqual([
    {
      path: 'trials',
      message: 'would load for 22,000 s in all lanes of all trials; at most 21,600 s are allowed',
    },
  ]);
  expect(findFaults({ kind: 'bisection', trials: 2, plan: { ...plan, thinkMs: 8_000 } }, 1)).toEqual([
    {
      path: 'race.attempts',
      message: 'would take 4,000 s with 2 buyers, where the search may end, and 3,600 s are the most',
    },
  ]);
});

it('bisects only where there is a number of buyers', () => {
  const open: LoadPlan = { ...plan, model: 'open', rate: 100 };
  expect(findFaults({ kind: 'bisection', trials: 10, plan: open }, 1)).toMatchObject([
    { path: 'race.model' },
  ]);
  expect(findFaults({ kind: 'trials', trials: 10, plan: open }, 1)).toEqual([]);
});
