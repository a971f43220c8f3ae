import { expect, test } from 'vitest';
import { defaultText, splitTrials } from '@/plan/form';
import { describePlan } from '@/report/plan-words';
import { loadStrategies } from '@/scenarios/registry';
import { strategyFolder } from '@/services/process/program';
import { parsePlan } from './parse-plan';

const strategies = await loadStrategies(strategyFolder);

function planOf(input: object, fromForm = false) {
  const parsed = parsePlan(input, strategies, { fromForm });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.plan;
}

test('the plan of Start test opens the sale to a crowd at the door, and says so', () => {
  const plan = planOf(splitTrials(defaultText()).race, true);
  expect(plan).toMatchObject({ strategies: ['read-then-write', 'conditional-update'], crowd: 10 });
  expect(describePlan(plan, 20)).toContain('the sale opens with 10 of them at the door');
});

test.for([
  ['closed', {}, 10],
  ['closed with few buyers', { concurrency: 4 }, 4],
  ['closed with fewer attempts than that', { attempts: 3 }, 3],
  ['a burst', { model: 'burst', concurrency: 60 }, 60],
  ['open', { model: 'open', rate: 50, attempts: 100 }, undefined],
  ['a plan without a door', { crowd: 0 }, 0],
] as const)('buyers at the door unless the plan says otherwise: %s', ([, plan, crowd]) => {
  expect(planOf({ strategies: ['conditional-update'], ...plan }).crowd).toBe(crowd);
});
