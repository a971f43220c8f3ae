import { expect, test } from 'vitest';
import { OUTCOMES } from '../outcome';
import type { Outcome } from '../outcome';
import { STEP_KINDS } from '../step-kind';
import type { StepKind } from '../step-kind';
import { AttemptColumns } from './attempt-columns';

const EPOCH_US = 1_000;

/** Steps that follow each other: kind, start and end in µs since the epoch. */
type Step = [kind: StepKind, start: number, end: number];

function holdOf(steps: Step[], outcome: Outcome = 'accepted'): [number, number] {
  const columns = new AttemptColumns([...STEP_KINDS], EPOCH_US);
  const trace = steps.flatMap(([kind, start, end]) => [
    STEP_KINDS.indexOf(kind),
    start + EPOCH_US,
    end + EPOCH_US,
  ]);
  const unknown = { orderId: NaN, remaining: NaN, seenStock: NaN, seenVersion: NaN, token: 7 };
  const times = { callUs: EPOCH_US, returnUs: EPOCH_US + 100 };
  const told = { outcome: OUTCOMES.indexOf(outcome), status: 200, retries: 0 };
  columns.add(0, 1, { ...unknown, ...times, ...told, trace });
  const batch = columns.take();
  expect(batch?.token[0]).toBe(7);
  return [batch?.holdStart[0] ?? 0, batch?.holdEnd[0] ?? 0];
}

const LOCKED: Step[] = [
  ['begin', 0, 5],
  ['lock', 5, 20],
  ['write', 25, 30],
];

test('a lock of the transaction is held from being granted until the commit is sent', () => {
  expect(holdOf([...LOCKED, ['commit', 31, 40]])).toEqual([20, 31]);
});

test('a lock that is freed explicitly is held until then, before or after the commit', () => {
  expect(holdOf([...LOCKED, ['unlock', 31, 33], ['order', 33, 35], ['commit', 35, 40]])).toEqual([20, 31]);
  expect(holdOf([...LOCKED, ['commit', 31, 40], ['redis unlock', 42, 43]])).toEqual([20, 42]);
});

test('a lock that no step frees is held until the last one has ended', () => {
  expect(
    holdOf([
      ['memory lock', 0, 4],
      ['read', 4, 6],
    ]),
  ).toEqual([4, 6]);
});

test('only the first lock of the last try counts', () => {
  const tries: Step[] = [
    ['lock', 0, 2],
    ['read', 2, 3],
    ['retry', 4, 5],
    ['redis lock', 6, 7],
    ['lock', 8, 9],
    ['write', 9, 10],
    ['redis unlock', 11, 12],
  ];
  expect(holdOf(tries)).toEqual([7, 11]);
});

test('a lock that was not granted, or whose attempt failed, was not certainly held', () => {
  expect(holdOf([['redis lock', 0, 9]])).toEqual([NaN, NaN]);
  expect(holdOf([...LOCKED, ['commit', 31, 40]], 'error')).toEqual([NaN, NaN]);
  expect(holdOf([['read', 0, 9]])).toEqual([NaN, NaN]);
});
