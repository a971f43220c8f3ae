import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAddress, toAddress } from './address';
import type { PlanField } from './field-kinds';
import { defaultText, FORM_FIELDS, meaningfulText, textOfPlan, type PlanText } from './form';
import { PLAN_DEFAULTS, type LoadPlan } from './load-plan';

const KNOWN = ['read-then-write', 'conditional-update', 'process-mutex', 'select-for-update'];

const read = (address: string) => readAddress(new URL(address, 'http://lab').searchParams, KNOWN);

/** What the form sends: what means nothing under model and target is as at first. */
function asSent(text: PlanText): PlanText {
  return { ...defaultText(), ...meaningfulText(text) };
}

function anyText(field: PlanField): fc.Arbitrary<string | string[]> {
  switch (field.kind) {
    case 'strategies':
      return fc.shuffledSubarray(KNOWN);
    case 'switch':
      return fc.constantFrom('', 'on');
    case 'choice':
      return fc.constantFrom(...field.choices.map(({ value }) => (value === field.implied ? '' : value)));
    case 'number':
      // numbers are text until they are checked, and a link may be copied before that
      return fc.oneof(fc.constant(''), fc.nat().map(String), fc.string({ unit: 'grapheme' }));
    default:
      return field satisfies never;
  }
}

const anyPlan: fc.Arbitrary<PlanText> = fc
  .record(Object.fromEntries([...FORM_FIELDS].map(([name, field]) => [name, anyText(field)])))
  .map((text) => text as PlanText);

it('reads every plan that it writes, and finds nothing wrong with its own address', () => {
  fc.assert(
    fc.property(anyPlan, (text) => {
      expect(read(toAddress(text))).toMatchObject({ text: asSent(text), issues: [] });
    }),
    { numRuns: 1_000 },
  );
});

it('says only what differs from the defaults, readably', () => {
  const fields = defaultText();
  expect(toAddress(fields)).toBe('/');
  expect(read('/')).toEqual({ text: fields, issues: [], isPlan: false });
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
  const address = toAddress(textOfPlan(plan));
  expect(address).toBe(
    '/?strategies=select-for-update&model=open&durationS=2&rate=50&control=off&seed=4294967295',
  );
  expect(read(address).text).toEqual(textOfPlan(plan));
});

describe('what no plan has', () => {
  it.for<[string, string, string]>([
    ['?strategies=nope,read-then-write', 'strategies', 'There is no strategy nope.'],
    ['?colour=red', 'plan', 'A plan has no field colour.'],
    ['?__proto__=1', 'plan', 'A plan has no field __proto__.'],
    ['?constructor=1', 'plan', 'A plan has no field constructor.'],
    ['?model=warp', 'model', 'must be one of closed, burst, open, not warp'],
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
    const { text, issues, isPlan } = read(`/${query}`);
    expect(issues).toEqual([{ path, message }]);
    expect(isPlan).toBe(true);
    expect({ ...text, strategies: [], stock: '' }).toEqual(
      expect.objectContaining({ model: 'closed', rate: '', processes: '1', control: 'on' }),
    );
  });

  it('keeps numbers as they are, for the form to complain about', () => {
    expect(read('/?stock=-1&attempts=abc&processes=99').text).toMatchObject({
      stock: '-1',
      attempts: 'abc',
      processes: '99',
    });
  });

  it('takes the rest of a list of strategies, once each, and repeated parameters of a form', () => {
    const { text, issues } = read(
      '/?strategies=process-mutex,process-mutex&strategies=select-for-update,,<b>',
    );
    expect(text.strategies).toEqual(['process-mutex', 'select-for-update']);
    expect(issues).toEqual([{ path: 'strategies', message: 'There is no strategy <b>.' }]);
  });

  it('never fails, whatever the query', () => {
    const name = fc.oneof(
      fc.constantFrom('strategies', 'stock', 'model', 'control', 'seed', 'toString', '__proto__', ''),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'binary' }))), (pairs) => {
        const { text } = readAddress(new URLSearchParams(pairs), KNOWN);
        expect(Object.keys(text).sort()).toEqual(Object.keys(defaultText()).sort());
        // and what was read can be written again
        expect(read(toAddress(text)).issues).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
