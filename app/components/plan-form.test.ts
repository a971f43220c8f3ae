import { expect, it } from 'vitest';
import { defaultFields, errorsByField, readPlanForm } from './plan-form';

it('reads a plan from a form, with every chosen strategy and nothing that is not a plan field', () => {
  const form = new FormData();
  form.append('strategies', 'a');
  form.append('strategies', 'b');
  form.append('stock', '7');
  form.append('intent', 'start');
  expect(readPlanForm(form)).toEqual({ strategies: ['a', 'b'], stock: '7' });
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
