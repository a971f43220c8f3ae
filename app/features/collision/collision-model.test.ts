import { expect, it } from 'vitest';
import type { AttemptRecord, StepRecord } from '@/model/attempt-record';
import type { StepKind } from '@/model/step-kind';
import { explainCollision, toCollision } from './collision-model';

function attempt(
  n: number,
  steps: [string, StepKind, number, number][],
  change: Partial<AttemptRecord> = {},
): AttemptRecord {
  return {
    raceId: 'r',
    lane: 0,
    n,
    attemptId: `r.0.${n}`,
    seq: n,
    outcome: 'accepted',
    status: 200,
    callUs: 1_000,
    returnUs: 9_000,
    retries: 0,
    quantity: 1,
    seenStock: 5,
    seenVersion: 7,
    remaining: 4,
    orderId: String(n),
    token: null,
    steps: steps.map(([name, kind, fromUs, toUs]): StepRecord => ({ name, kind, fromUs, toUs })),
    code: {},
    orders: [],
    ...change,
  };
}

const A = attempt(1, [
  ['read stock', 'read', 2_000, 2_500],
  ['write stock', 'write', 6_000, 7_000],
]);
const B = attempt(
  2,
  [
    ['read stock', 'read', 3_000, 3_500],
    ['write stock', 'write', 7_500, 8_000],
  ],
  { callUs: 2_500, returnUs: 10_000 },
);

it('puts both attempts on one axis from the first call, with what each read and left', () => {
  const { lanes, spanMs, beats } = toCollision([A, B]);

  expect(spanMs).toBe(9);
  expect(lanes.map(({ callMs, returnMs }) => [callMs, returnMs])).toEqual([
    [0, 8],
    [1.5, 9],
  ]);
  expect(beats.map(({ who, name, fromMs, value }) => [who, name, fromMs, value])).toEqual([
    [0, 'read stock', 1, 'saw 5 at version 7'],
    [1, 'read stock', 2, 'saw 5 at version 7'],
    [0, 'write stock', 5, 'left 4'],
    [1, 'write stock', 6.5, 'left 4'],
  ]);
});

it('says nothing of what a try that was thrown away had seen', () => {
  const retried = attempt(3, [
    ['read stock', 'read', 2_000, 2_100],
    ['write stock', 'write', 2_200, 2_300],
    ['back off', 'retry', 2_300, 4_000],
    ['read stock', 'read', 4_000, 4_100],
    ['write stock', 'write', 4_200, 4_300],
  ]);
  expect(toCollision([retried]).beats.map(({ value }) => value)).toEqual([
    null,
    null,
    null,
    'saw 5 at version 7',
    'left 4',
  ]);
});

it('tells what a single guarded statement left, and what it saw where it sold nothing', () => {
  const sold = attempt(1, [['decrement', 'decide', 2_000, 3_000]]);
  const refused = attempt(2, [['decrement', 'decide', 2_000, 3_000]], {
    outcome: 'sold-out',
    remaining: null,
    seenStock: 0,
    seenVersion: null,
  });
  expect(toCollision([sold]).beats[0]?.value).toBe('left 4');
  expect(toCollision([refused]).beats[0]?.value).toBe('saw 0');
});

it('explains two sales from one version, from one stock, and leaves anything else to the audit', () => {
  expect(explainCollision([A, B])).toBe(
    'Both saw 5 units in version 7 of the row and both wrote 4: two orders, and the stock fell only once.',
  );
  const decremented = { ...B, seenVersion: null, remaining: 3 };
  expect(explainCollision([A, decremented])).toBe(
    'Both saw 5 units before either had written: the second decided on a number that was gone.',
  );
  expect(explainCollision([A, { ...B, seenStock: 4 }])).toBeNull();
  expect(explainCollision([A, { ...B, outcome: 'sold-out' }])).toBeNull();
  expect(explainCollision([A])).toBeNull();
});
