import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOAD_MODELS, PLAN_DEFAULTS, TARGETS, type LoadPlan } from '@/plan/load-plan';
import { PLAN_NUMBERS } from '@/plan/numbers';
import { readAddress, toAddress } from './plan-address';
import { defaultFields, fieldsOfPlan, meaningfulFields, type PlanFields } from './plan-form';

const KNOWN = ['read-then-write', 'conditional-update', 'process-mutex', 'select-for-update'];

const read = (address: string) => readAddress(new URL(address, 'http://lab').searchParams, KNOWN);

/** What the form sends: what means nothing under model and target is as at first. */
function asSent(fields: PlanFields): PlanFields {
  return { ...defaultFields(), ...meaningfulFields(fields) };
}

const anyFields: fc.Arbitrary<PlanFields> = fc
  .record({
    // numbers are text until they are checked, and a link may be copied before that
    ...Object.fromEntries(
      [...Object.keys(PLAN_NUMBERS), 'trials'].map((name) => [
        name,
        fc.oneof(fc.constant(''), fc.nat().map(String), fc.string({ unit: 'grapheme' })),
      ]),
    ),
    model: fc.constantFrom(...LOAD_MODELS),
    target: fc.constantFrom(...TARGETS),
    order: fc.constantFrom('sequential', 'parallel'),
    arrivals: fc.constantFrom('', 'constant'),
    sync: fc.constantFrom('', 'last-byte'),
    control: fc.constantFrom('', 'on'),
    strategies: fc.shuffledSubarray(KNOWN),
  })
  .map((fields) => fields as PlanFields);

it('reads every plan that it writes, and finds nothing wrong with its own address', () => {
  fc.assert(
    fc.property(anyFields, (fields) => {
      expect(read(toAddress(fields))).toMatchObject({ fields: asSent(fields), issues: [] });
    }),
    { numRuns: 1_000 },
  );
});

it('says only what differs from the defaults, readably', () => {
  const fields = defaultFields();
  expect(toAddress(fields)).toBe('/');
  expect(read('/')).toEqual({ fields, issues: [], isPlan: false });
  expect(toAddress({ ...fields, strategies: ['process-mutex', 'conditional-update'], stock: '7' })).toBe(
    '/?strategies=process-mutex,conditional-update&stock=7',
  );
  expect(toAddress({ ...fields, strategies: [], control: '' })).toBe('/?strategies=&control=off');
  // a duration stands in for attempts
  expect(toAddress({ ...fields, attempts: '', durationS: '3' })).toBe('/?durationS=3');
  expect(toAddress({ ...fields, durationS: '3' })).toBe('/?attempts=1000&durationS=3');
});

it('opens the plan of a race as it was', () => {
  const plan: LoadPlan = {
    ...PLAN_DEFAULTS,
    strategies: ['select-for-update'],
    model: 'open',
    rate: 50,
    durationS: 2,
    attempts: 1_000_000,
    seed: 4_294_967_295,
  };
  const address = toAddress(fieldsOfPlan(plan));
  expect(address).toBe(
    '/?strategies=select-for-update&model=open&seed=4294967295&control=off&durationS=2&rate=50',
  );
  expect(read(address).fields).toEqual(fieldsOfPlan(plan));
});

describe('what no plan has', () => {
  it.for<[string, string, string]>([
    ['?strategies=nope,read-then-write', 'strategies', 'There is no strategy nope.'],
    ['?colour=red', 'plan', 'A plan has no field colour.'],
    ['?__proto__=1', 'plan', 'A plan has no field __proto__.'],
    ['?constructor=1', 'plan', 'A plan has no field constructor.'],
    ['?model=warp', 'model', 'must be one of burst, closed, open, not warp'],
    ['?control=', 'control', 'must be one of off, on, not nothing'],
    ['?stock=1&stock=2', 'stock', 'is there more than once: the first was taken'],
    ['?rate=5', 'rate', 'is for the open model only: leave it out, or choose that model'],
    [
      '?target=direct&processes=2',
      'processes',
      'above 1 are reached over HTTP only: leave it out, or choose HTTP as the target',
    ],
    ['?rate=5&stock=x', 'rate', 'means nothing in this plan'],
  ])('%s is named and left out', ([query, path, message]) => {
    const { fields, issues, isPlan } = read(`/${query}`);
    expect(issues).toEqual([{ path, message }]);
    expect(isPlan).toBe(true);
    expect({ ...fields, strategies: [], stock: '' }).toEqual(
      expect.objectContaining({ model: 'closed', rate: '', processes: '1', control: 'on' }),
    );
  });

  it('keeps numbers as they are, for the form to complain about', () => {
    expect(read('/?stock=-1&attempts=abc&processes=99').fields).toMatchObject({
      stock: '-1',
      attempts: 'abc',
      processes: '99',
    });
  });

  it('takes the rest of a list of strategies, once each, and repeated parameters of a form', () => {
    const { fields, issues } = read(
      '/?strategies=process-mutex,process-mutex&strategies=select-for-update,,<b>',
    );
    expect(fields.strategies).toEqual(['process-mutex', 'select-for-update']);
    expect(issues).toEqual([{ path: 'strategies', message: 'There is no strategy <b>.' }]);
  });

  it('never fails, whatever the query', () => {
    const name = fc.oneof(
      fc.constantFrom('strategies', 'stock', 'model', 'control', 'seed', 'toString', '__proto__', ''),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'binary' }))), (pairs) => {
        const { fields } = readAddress(new URLSearchParams(pairs), KNOWN);
        expect(Object.keys(fields).sort()).toEqual(Object.keys(defaultFields()).sort());
        // and what was read can be written again
        expect(read(toAddress(fields)).issues).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
