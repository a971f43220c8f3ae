import { expect, it } from 'vitest';
import { PLAN_FIELDS } from './fields';
import {
  defaultText,
  fromForm,
  errorsByField,
  textOfPlan,
  meaningfulText,
  sayIssue,
  readPlanForm,
  splitTrials,
} from './form';
import { PLAN_DEFAULTS, type LoadPlan } from './load-plan';

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
  for (const [name, value] of Object.entries(defaultText())) {
    for (const item of [value].flat()) form.append(name, item);
  }
  expect(readPlanForm(form)).toEqual(defaultText());
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
  const { trials: _trials, ...race } = defaultText();
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
  expect(fromForm(splitTrials(textOfPlan(plan)).race)).toEqual(rest);
  expect(fromForm(splitTrials(textOfPlan({ ...plan, control: true })).race)).toMatchObject({
    control: true,
  });
  // with a duration the plan holds the largest number of attempts, which nobody asked for
  const timed = textOfPlan({ ...plan, durationS: 3, attempts: PLAN_FIELDS.attempts.max });
  expect(timed).toMatchObject({ durationS: '3', attempts: '' });
});

it('leaves out what means nothing under the model and the target', () => {
  const all = {
    ...defaultText(),
    rate: '5',
    rampS: '1',
    pauseMs: '2',
    sync: 'last-byte',
    arrivals: 'constant',
  };
  const optional = ['rate', 'arrivals', 'maxWaiting', 'rampS', 'pauseMs', 'sync', 'processes'];
  const kept = (fields: object) =>
    Object.keys(meaningfulText({ ...all, ...fields })).filter((name) => optional.includes(name));
  expect(kept({ model: 'closed' })).toEqual(['rampS', 'pauseMs', 'processes']);
  expect(kept({ model: 'burst' })).toEqual(['sync', 'processes']);
  expect(kept({ model: 'open' })).toEqual(['rate', 'arrivals', 'maxWaiting', 'rampS', 'processes']);
  expect(kept({ model: 'closed', target: 'direct' })).toEqual(['rampS', 'pauseMs']);
});

it('says an issue under the label that a person knows, and files those of an experiment’s plan likewise', () => {
  const issues = [
    { path: 'race.pauseMs', message: 'means nothing in this plan' },
    { path: 'trials', message: 'must be a whole number from 1 to 200, not 999' },
    { path: 'strategies', message: 'There is no strategy nope.' },
    { path: '', message: 'must not have "stocks"' },
  ];
  expect(issues.map(sayIssue)).toEqual([
    'Pause means nothing in this plan.',
    'Trials must be a whole number from 1 to 200, not 999.',
    'There is no strategy nope.',
    'The plan must not have "stocks".',
  ]);
  expect(Object.keys(errorsByField(issues))).toEqual(['pauseMs', 'trials', 'strategies', 'plan']);
});
