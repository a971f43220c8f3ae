import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePlan } from '@/jobs/race/parse-plan';
import type { Issue } from '@/lib/lab-error';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { checkPlan, toLoadRequest } from './check-plan';
import type { PlanField } from './field-kinds';
import { PLAN_FIELDS, PLAN_ROWS } from './fields';
import type { PlanText } from './form';
import { PLAN_DEFAULTS } from './load-plan';

const IDS = Array.from({ length: PLAN_FIELDS.strategies.max + 2 }, (_, i) => `s${i}`);
// parsePlan asks it for ids only
const KNOWN = new Map(IDS.map((id) => [id, {} as RegisteredStrategy]));

/** The first message of each field, as the form shows it. */
function byField(issues: readonly Issue[] | undefined): Record<string, string> {
  const first: Record<string, string> = {};
  for (const { path, message } of issues ?? []) first[path] ??= message;
  return first;
}

function ask(text: PlanText): Record<string, string> {
  const parsed = parsePlan(text, KNOWN, { fromForm: true });
  return parsed.ok ? {} : byField(parsed.error.issues);
}

function anyText(field: PlanField): fc.Arbitrary<string | string[]> {
  if (field.kind === 'strategies') return fc.oneof(fc.subarray(IDS.slice(0, 3)), fc.constant(IDS));
  if (field.kind === 'switch') return fc.constantFrom('', 'on');
  // radio buttons always choose one; empty is what a plan means anyway
  if (field.kind === 'choice') {
    const values = field.choices.map(({ value }) => value);
    return fc.constantFrom(...(field.default === undefined ? ['', ...values] : values));
  }
  const { min, max } = field;
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 6, arbitrary: fc.integer({ min: Math.ceil(min), max }).map(String) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 50 }).map(String) },
    fc.constantFrom(`${min - 1}`, `${max + 1}`, '1.5', '1e3', ' 7 ', '-0', '0x10'),
    fc.constantFrom('abc', '1e400', '1e300', 'NaN', ' ', 'null', '"'.repeat(60)),
  );
}

const planText: fc.Arbitrary<PlanText> = fc
  .record(Object.fromEntries(PLAN_ROWS.map(([name, field]) => [name, anyText(field)])))
  .map((text) => text as PlanText);

/** Most of the above contradict themselves; of these most can be run. */
const plainText: fc.Arbitrary<PlanText> = fc
  .record({
    model: fc.constantFrom('closed', 'burst'),
    stock: fc.constantFrom('', '1', '100'),
    attempts: fc.constantFrom('', '200', '1e3'),
    concurrency: fc.constantFrom('', '1', '50'),
    thinkMs: fc.constantFrom('', '0', '2.5', '-1'),
    processes: fc.constantFrom('', '1', '2'),
    target: fc.constantFrom('http', 'direct'),
    strategies: fc.subarray(IDS.slice(0, 3)),
  })
  .map((text) => text as unknown as PlanText);

it('says of every plan what the server would say, field by field', () => {
  let fine = 0;
  fc.assert(
    fc.property(fc.oneof(planText, plainText), (text) => {
      const said = ask(text);
      if (Object.keys(said).length === 0) fine += 1;
      expect(byField(checkPlan(text))).toEqual(said);
    }),
    { numRuns: 1_000 },
  );
  // or the property would say nothing of plans that can be run
  expect(fine).toBeGreaterThan(50);
});

it('finds fields that contradict each other as soon as both are numbers', () => {
  const text = { strategies: ['a'], model: 'closed', durationS: '3', attempts: '10' };
  expect(checkPlan(text)).toEqual([
    { path: 'durationS', message: 'leaves no room for a number of attempts: give one of the two' },
  ]);
  expect(checkPlan({ ...text, attempts: 'ten' })).toEqual([
    { path: 'attempts', message: 'must be a whole number from 1 to 1,000,000, not "ten"' },
  ]);
});

it('reads the load with the defaults of what is empty', () => {
  const { attempts: _attempts, ...defaults } = PLAN_DEFAULTS;
  expect(toLoadRequest({ strategies: [], model: 'open', rate: '20', rampS: '', sync: '' })).toEqual({
    ...defaults,
    strategies: [],
    model: 'open',
    rate: 20,
  });
});
