import { expect, it } from 'vitest';
import { LIMITS, PLAN_DEFAULTS, type LoadPlan } from '@/plan/load-plan';
import { fromForm } from '@/plan/requests';
import {
  defaultFields,
  errorsByField,
  fieldsOfPlan,
  meaningfulFields,
  ofFields,
  readPlanForm,
  splitTrials,
} from './plan-form';

it('reads a plan from a form, with every chosen strategy and nothing that is not a plan field', () => {
  const form = new FormData();
  form.append('strategies', 'a');
  form.append('strategies', 'b');
  form.append('stock', '7');
  form.append('intent', 'start');
  expect(readPlanForm(form)).toEqual({ strategies: ['a', 'b'], stock: '7', control: '' });
});

it('reads its own defaults back unchanged', () => {
  const form = new FormData();
  for (const [name, value] of Object.entries(defaultFields())) {
    for (const item of [value].flat()) form.append(name, item);
  }
  expect(readPlanForm(form)).toEqual(defaultFields());
});

it('files issues under the field they are about and keeps the first of each', () => {
  expect(
    errorsByField([
      { path: 'strategies.0', message: 'unknown' },
      { path: 'strategies', message: 'too many' },
      { path: 'stock', message: 'too large' },
      { path: '', message: 'strange' },
    ]),
  ).toEqual({ strategies: 'unknown', stock: 'too large', plan: 'strange' });
});

it('takes a plan that does not say how often to race it for once', () => {
  const { trials: _trials, ...race } = defaultFields();
  expect(splitTrials({ ...race, strategies: ['a'] }).trials).toBe('1');
  expect(splitTrials({ ...race, strategies: ['a'], trials: ' ' }).trials).toBe('1');
  expect(splitTrials({ ...race, strategies: ['a'], trials: ' 20 ' })).toEqual({
    race: { ...race, strategies: ['a'] },
    trials: '20',
  });
});

it('shows a plan in the fields that post it again', () => {
  const plan: LoadPlan = {
    ...PLAN_DEFAULTS,
    strategies: ['a', 'b'],
    model: 'open',
    rate: 12.5,
    arrivals: 'constant',
    rampS: 0,
    processes: 2,
    seed: 7,
    control: false,
  };
  const { control: _control, ...rest } = plan;
  expect(fromForm(splitTrials(fieldsOfPlan(plan)).race)).toEqual(rest);
  expect(fromForm(splitTrials(fieldsOfPlan({ ...plan, control: true })).race)).toMatchObject({
    control: true,
  });
  // with a duration the plan holds the largest number of attempts, which nobody asked for
  const timed = fieldsOfPlan({ ...plan, durationS: 3, attempts: LIMITS.attempts.max });
  expect(timed).toMatchObject({ durationS: '3', attempts: '' });
});

it('leaves out what means nothing under the model and the target', () => {
  const all = {
    ...defaultFields(),
    rate: '5',
    rampS: '1',
    pauseMs: '2',
    sync: 'last-byte',
    arrivals: 'constant',
  };
  const optional = ['rate', 'arrivals', 'maxWaiting', 'rampS', 'pauseMs', 'sync', 'processes'];
  const kept = (fields: object) =>
    Object.keys(meaningfulFields({ ...all, ...fields })).filter((name) => optional.includes(name));
  expect(kept({ model: 'closed' })).toEqual(['processes', 'rampS', 'pauseMs']);
  expect(kept({ model: 'burst' })).toEqual(['processes', 'sync']);
  expect(kept({ model: 'open' })).toEqual(['processes', 'rate', 'arrivals', 'maxWaiting', 'rampS']);
  expect(kept({ model: 'closed', target: 'direct' })).toEqual(['rampS', 'pauseMs']);
});

it('names the problems of an experiment’s plan as the form does', () => {
  const issues = [
    { path: 'race.stock', message: 'too large' },
    { path: 'trials', message: 'too many' },
  ];
  expect(errorsByField(ofFields({ code: 'bad', message: 'no', issues }).issues)).toEqual({
    stock: 'too large',
    trials: 'too many',
  });
  expect(ofFields({ code: 'bad', message: 'no' })).toEqual({ code: 'bad', message: 'no' });
});
