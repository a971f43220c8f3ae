import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyColumns } from '@/model/columns';
import { OUTCOMES } from '@/model/outcome';
import { attemptLine, readAttempt, writeAttempt } from './attempt-line';

const STEP_NAMES = ['read stock', 'write stock'];

/** What may stand where a number, a name or a list is meant. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(0, -0, 1, -1, 0.5, 255, 256, 65_535, 65_536, 1e6, 1e6 + 1, 2 ** 32 - 1, 2 ** 32),
  fc.constantFrom<unknown>(1e15, 1e15 + 1, -1e15, -1e15 - 1, 2 ** 53 + 1, 1e308, Infinity, NaN),
  fc.constantFrom<unknown>(
    '1',
    '-7',
    '007',
    '1e3',
    '1000000000000000',
    '1000000000000001',
    '',
    'NaN',
    '9'.repeat(30),
  ),
  fc.constantFrom<unknown>(null, undefined, true, [], {}, ['accepted'], ...OUTCOMES, 'sold', '__proto__'),
  fc.constantFrom<unknown>(
    [[0, 1, 2]],
    [[0, 1]],
    [[0, 1, 2, 3]],
    [[0.5, 1, 2]],
    [[-1, 0, 0]],
    [[0, 2 ** 31, 0]],
  ),
  fc.double(),
  fc.integer(),
);

const good = fc.record(
  {
    n: fc.nat(),
    call: fc.double({ min: -1e15, max: 1e15, noNaN: true }),
    return: fc.integer(),
    outcome: fc.constantFrom(...OUTCOMES),
    quantity: fc.integer({ min: 0, max: 1e6 }),
    orderId: fc.integer().map(String),
    seenStock: fc.integer(),
    steps: fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer(), fc.integer()), { maxLength: 3 }),
  },
  { requiredKeys: ['n', 'call', 'return', 'outcome'] },
);

const names = fc.constantFrom(...Object.keys(emptyColumns(0)), 'steps', 'extra', 'toString', 'constructor');

test('what is read fast is what the schema allows, and nothing else', () => {
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(good, fc.array(fc.tuple(names, anything), { maxLength: 2 }), (attempt, changes) => {
      const changed: object = { ...attempt, ...Object.fromEntries(changes) };
      const line = JSON.parse(JSON.stringify(changed)) as object;
      const isTaken = readAttempt(line, STEP_NAMES, emptyColumns(1), 0);
      const parsed = attemptLine.safeParse(line);
      const isNamed =
        !parsed.success || (parsed.data.steps ?? []).every(([name]) => name < STEP_NAMES.length);
      expect(isTaken).toBe(parsed.success && isNamed);
      seen[isTaken ? 'taken' : 'refused'] += 1;
    }),
    { numRuns: 10_000 },
  );
  expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(1_000);
});

test('an attempt that says no more than it must is one unit without retries, and nothing else is known of it', () => {
  const columns = emptyColumns(1);
  expect(readAttempt({ n: 7, call: 1, return: 2.5, outcome: 'sold-out' }, [], columns, 0)).toBe(true);
  const expected = emptyColumns(1);
  [expected.n[0], expected.call[0], expected.return[0], expected.outcome[0]] = [7, 1, 2.5, 1];
  expect(columns).toEqual(expected);
  expect(writeAttempt(columns, 0)).toBe('{"n":7,"call":1,"return":2.5,"outcome":"sold-out"}');
});

test('a value that no reader takes is not written', () => {
  const columns = emptyColumns(1);
  [columns.call[0], columns.return[0]] = [0, 1];
  expect(writeAttempt(columns, 0)).toBe('{"n":0,"call":0,"return":1,"outcome":"accepted"}');
  columns.outcome[0] = 200;
  expect(() => writeAttempt(columns, 0)).toThrow('attempt 0 cannot be written: its outcome is 200.');
  columns.outcome[0] = 0;
  columns.orderId[0] = 1.5;
  expect(() => writeAttempt(columns, 0)).toThrow('its orderId is 1.5.');
  columns.orderId[0] = 3;
  columns.return[0] = Infinity;
  expect(() => writeAttempt(columns, 0)).toThrow('its return is Infinity.');
});
