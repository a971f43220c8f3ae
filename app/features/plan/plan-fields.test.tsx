import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { readAddress, toAddress } from '@/plan/address';
import type { PlanField } from '@/plan/field-kinds';
import { inSentence, labelOf } from '@/plan/field-words';
import { PLAN_ROWS } from '@/plan/fields';
import { fromForm, textOfPlan } from '@/plan/form';
import { PLAN_DEFAULTS, type LoadPlan } from '@/plan/load-plan';
import { toIssues } from '@/plan/input-schemas';
import { raceRequest } from '@/plan/schema';
import { comparePlans } from '@/report/compare-plans';
import { describeApi } from '@/server/openapi/describe-api';
import { PlanFields } from './plan-fields';

/** Two values that a field may have; a form shows neither of the second at first. */
function twoValues(field: PlanField): [unknown, unknown] {
  switch (field.kind) {
    case 'number':
      return [field.min, field.min + 1];
    case 'choice':
      return [field.choices[0]?.value, field.choices.at(-1)?.value];
    case 'switch':
      return [true, false];
    case 'strategies':
      return [['a'], ['a', 'b']];
    default:
      return field satisfies never;
  }
}

const strategies = ['a', 'b'];
const { components } = describeApi('1') as {
  components: { schemas: { RaceRequest: { properties: Record<string, { description: string }> } } };
};

// a new row of the table needs nothing else to be in all of these
it.for(PLAN_ROWS)('%s is in schema, form, address, comparison and description', ([name, field]) => {
  const [one, other] = twoValues(field);
  const model = field.models?.[0] ?? 'closed';
  const rate = { ...(model === 'open' || other === 'open' ? { rate: 50 } : {}) };
  const request = { strategies, model, ...rate, [name]: other } as Partial<LoadPlan>;

  expect(raceRequest.parse(request)).toMatchObject({ [name]: other });
  const wrong = raceRequest.safeParse({ ...request, [name]: {} });
  const [issue] = toIssues(wrong.error!).filter(({ path }) => path === name);
  expect(issue?.message).toMatch(/^must be /);

  const text = textOfPlan(request);
  // forms post no box that is not ticked
  expect(fromForm(text)).toMatchObject(other === false ? {} : { [name]: other });
  const address = toAddress(text);
  expect(address).toContain(`${name}=`);
  expect(readAddress(new URL(address, 'http://lab').searchParams, strategies)).toEqual({
    text,
    issues: [],
    isPlan: true,
  });

  const draft = { fields: text, errors: {}, isFine: true, set: () => {}, reset: () => {} };
  const page = renderToStaticMarkup(<PlanFields strategies={[]} draft={draft} hasKeys={false} />);
  expect(page).toContain(labelOf(field));
  // strategies are ticked by name, and there is none here
  if (field.kind !== 'strategies') expect(page).toContain(`name="${name}"`);

  const plans = [one, other].map((value) => ({
    plan: { ...PLAN_DEFAULTS, seed: 7, ...request, [name]: value } as LoadPlan,
    poolSize: 20,
  }));
  const row = comparePlans(plans, 0).find((each) => each.name === inSentence(field.label));
  expect(row?.differs).toEqual([false, true]);

  expect(components.schemas.RaceRequest.properties[name]?.description).toMatch(/\w/);
});
