import { expect, it } from 'vitest';
import { defaultText } from '@/plan/form';
import { describeEstimate, nameStart } from './plan-wording';

const plan = (fields: Record<string, string | string[]>) => ({ ...defaultText(), ...fields });

it('says what the button starts', () => {
  expect(nameStart(plan({}))).toBe('Start this race: 2 lanes');
  expect(nameStart(plan({ strategies: ['a'] }))).toBe('Start this race: 1 lane');
  expect(nameStart(plan({ trials: '20' }))).toBe('Start this experiment: 20 trials, 2 lanes each');
  // while somebody types
  expect(nameStart(plan({ trials: 'x' }))).toBe('Start this race: 2 lanes');
});

it('says what a plan comes to', () => {
  expect(describeEstimate(plan({}))).toBe('2,000 attempts, 2 lanes, as fast as they are answered');
  expect(describeEstimate(plan({ model: 'open', rate: '100', attempts: '', durationS: '6' }))).toBe(
    'about 1,200 attempts, 2 lanes, at least 12 s',
  );
  expect(describeEstimate(plan({ attempts: '', durationS: '60', trials: '5', strategies: ['a'] }))).toBe(
    'as many attempts as get an answer, 1 lane, 5 trials, a control, at least 5 min',
  );
  // a rate says nothing while the model is closed, and is not sent
  expect(describeEstimate(plan({ rate: '1' }))).toBe('2,000 attempts, 2 lanes, as fast as they are answered');
});
