import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Batch } from '@/model/columns';
import { OUTCOMES } from '@/model/outcome';
import type { Outcome } from '@/model/outcome';
import { STEP_KINDS } from '@/model/step-kind';
import type { StepKind } from '@/model/step-kind';
import { BatchBuilder } from './batch-builder';

const EPOCH_US = 1_000;

/** Steps that follow each other: kind, start and end in µs since the epoch. */
type Step = [kind: StepKind, start: number, end: number];

function batchOf(steps: Step[], outcome: Outcome, processes = 1): Batch {
  const columns = new BatchBuilder(STEP_KINDS, STEP_KINDS, EPOCH_US, processes);
  const trace = steps.flatMap(([kind, start, end]) => [
    STEP_KINDS.indexOf(kind),
    start + EPOCH_US,
    end + EPOCH_US,
  ]);
  const unknown = { orderId: NaN, remaining: NaN, seenStock: NaN, seenVersion: NaN, token: 7 };
  const times = { callUs: EPOCH_US, returnUs: EPOCH_US + 100 };
  const told = { outcome: OUTCOMES.indexOf(outcome), status: 200, retries: 0 };
  columns.add(0, 1, { ...unknown, ...times, ...told, trace });
  return columns.take()!;
}

function holdOf(steps: Step[], outcome: Outcome = 'accepted', processes = 1): number[] {
  const { holdStart, holdEnd, token } = batchOf(steps, outcome, processes);
  expect(token[0]).toBe(7);
  return [holdStart[0]!, holdEnd[0]!];
}

function waitOf(steps: Step[], outcome: Outcome = 'sold-out', processes = 1): number[] {
  const { waitStart, waitEnd } = batchOf(steps, outcome, processes);
  return [waitStart[0]!, waitEnd[0]!];
}

function pendingOf(steps: Step[], outcome: Outcome = 'accepted'): number[] {
  const { pendingStart, pendingEnd } = batchOf(steps, outcome);
  return [pendingStart[0]!, pendingEnd[0]!];
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
  const session: Step[] = [
    ['lock', 0, 4],
    ['begin', 5, 6],
    ['write', 7, 8],
    ['commit', 9, 10],
    ['unlock', 11, 12],
  ];
  expect(holdOf(session)).toEqual([4, 11]);
  expect(holdOf(session.slice(0, -1))).toEqual([NaN, NaN]);
});

test('a lock in memory that no step frees is held until the last one has ended, in one process', () => {
  const steps: Step[] = [
    ['memory lock', 0, 4],
    ['read', 4, 6],
  ];
  expect(holdOf(steps)).toEqual([4, 6]);
  expect(holdOf([...steps, ['unlock', 7, 8], ['sql', 8, 9]])).toEqual([4, 7]);
  expect(holdOf(steps, 'accepted', 2)).toEqual([NaN, NaN]);
  expect(holdOf([['memory lock', 0, 4]])).toEqual([NaN, NaN]);
});

test('a lock of a transaction that was rolled back ends somewhere unknown', () => {
  const rolledBack: Step[] = [
    ['begin', 0, 5],
    ['lock', 5, 20],
  ];
  expect(holdOf([...rolledBack, ['sql', 30, 40]], 'sold-out')).toEqual([NaN, NaN]);
  const again: Step[] = [
    ['begin', 40, 41],
    ['lock', 42, 43],
    ['write', 44, 45],
    ['commit', 46, 47],
  ];
  expect(holdOf([...rolledBack, ...again])).toEqual([43, 46]);
});

test('a lock in Redis that is not freed may not have been granted', () => {
  const asked: Step[] = [['redis lock', 0, 9]];
  const guarded: Step[] = [
    ['begin', 10, 11],
    ['decide', 12, 13],
    ['commit', 14, 15],
  ];
  expect(holdOf([...asked, ...guarded])).toEqual([NaN, NaN]);
  expect(holdOf([...asked, ...guarded, ['redis unlock', 16, 17]])).toEqual([9, 16]);
});

test('what frees one kind of lock says nothing about another', () => {
  const both: Step[] = [
    ['begin', 0, 1],
    ['lock', 2, 3],
    ['redis lock', 4, 5],
    ['write', 6, 7],
    ['commit', 8, 9],
    ['redis unlock', 20, 21],
  ];
  expect(holdOf(both)).toEqual([3, 8]);
  expect(holdOf([['redis lock', 0, 9], ['redis lock', 10, 19], ...both.slice(-1)])).toEqual([19, 20]);
});

test('the lock that was granted first in the last try counts', () => {
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
  expect(holdOf(LOCKED)).toEqual([NaN, NaN]);
  expect(holdOf([...LOCKED, ['commit', 31, 40]], 'error')).toEqual([NaN, NaN]);
  expect(holdOf([['read', 0, 9]])).toEqual([NaN, NaN]);
});

test('asking for a lock is the first step that did, granted or not, without the wait for a connection', () => {
  const asked: Step[] = [
    ['connection', 0, 5],
    ['begin', 5, 6],
    ['lock', 6, 20],
  ];
  expect(waitOf(asked)).toEqual([6, 20]);
  expect(waitOf(asked, 'conflict')).toEqual([6, 20]);
  expect(waitOf([...asked, ['retry', 21, 22], ['begin', 22, 23], ['lock', 23, 30]])).toEqual([6, 20]);
  expect(waitOf([['redis lock', 0, 9]], 'conflict')).toEqual([0, 9]);
  expect(waitOf([['read', 0, 9]])).toEqual([NaN, NaN]);
});

test('a lock of PostgreSQL outside a transaction may have been a wait for a connection', () => {
  expect(waitOf([['lock', 6, 20]], 'conflict')).toEqual([NaN, NaN]);
  const after: Step[] = [
    ['begin', 0, 1],
    ['commit', 2, 3],
    ['lock', 6, 20],
  ];
  expect(waitOf(after)).toEqual([NaN, NaN]);
});

test('a lock in memory proves nothing where several processes have one each', () => {
  expect(waitOf([['memory lock', 0, 9]])).toEqual([0, 9]);
  expect(waitOf([['memory lock', 0, 9]], 'sold-out', 2)).toEqual([NaN, NaN]);
  expect(waitOf([['redis lock', 0, 9]], 'sold-out', 2)).toEqual([0, 9]);
});

test('a write is pending from its answer until the commit is sent, in the last transaction of a sale', () => {
  const sale: Step[] = [
    ['begin', 0, 5],
    ['decide', 5, 9],
    ['read', 9, 10],
    ['write', 11, 12],
    ['commit', 14, 20],
  ];
  expect(pendingOf(sale)).toEqual([9, 14]);
  expect(
    pendingOf([...sale, ['retry', 21, 22], ['begin', 22, 23], ['write', 24, 25], ['commit', 27, 28]]),
  ).toEqual([25, 27]);
});

test('a write is not pending where nothing says so', () => {
  const rolledBack: Step[] = [
    ['begin', 0, 5],
    ['write', 5, 9],
  ];
  expect(pendingOf(rolledBack)).toEqual([NaN, NaN]);
  expect(pendingOf([...rolledBack, ['commit', 10, 11]], 'sold-out')).toEqual([NaN, NaN]);
  expect(
    pendingOf([
      ['write', 5, 9],
      ['begin', 10, 11],
      ['commit', 12, 13],
    ]),
  ).toEqual([NaN, NaN]);
  expect(
    pendingOf([
      ['begin', 0, 1],
      ['redis write', 5, 9],
      ['commit', 12, 13],
    ]),
  ).toEqual([NaN, NaN]);
});

test('times are whole microseconds, and the steps of an attempt agree with them', () => {
  const time = fc.double({ min: 0, max: 1e7, noNaN: true });
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      fc.array(time, { minLength: 10, maxLength: 10 }),
      (epoch, times) => {
        const moments = times.toSorted((a, b) => a - b).map((us) => epoch + us);
        const [callUs = 0, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, returnUs = 0] = moments;
        const kinds: StepKind[] = ['begin', 'lock', 'read', 'write', 'commit'];
        const trace = [0, callUs, a, 1, a, b, 2, c, d, 3, e, f, 4, g, h];
        const unknown = { orderId: NaN, remaining: NaN, seenStock: NaN, seenVersion: NaN, token: NaN };
        const columns = new BatchBuilder(kinds, kinds, epoch);
        columns.add(0, 1, { ...unknown, callUs, returnUs, outcome: 0, status: 200, retries: 0, trace });
        const batch = columns.take()!;
        const call = batch.call[0]!;
        const all = [
          call,
          batch.return[0]!,
          batch.windowStart[0]!,
          batch.windowEnd[0]!,
          batch.holdStart[0]!,
          batch.holdEnd[0]!,
        ];
        expect(all.every(Number.isInteger)).toBe(true);
        // rounding moves nothing past its neighbour, and by half a microsecond at most
        for (const [i, us] of [callUs, returnUs, a, f, b, g].entries())
          expect(Math.abs(all[i]! - (us - epoch))).toBeLessThanOrEqual(0.5);
        const [, returned, windowStart, windowEnd, holdStart, holdEnd] = all;
        const stepEnd = (step: number) => call + batch.steps[3 * step + 1]! + batch.steps[3 * step + 2]!;
        const stepStart = (step: number) => call + batch.steps[3 * step + 1]!;
        expect([stepStart(1), stepEnd(3)]).toEqual([windowStart, windowEnd]);
        expect([stepEnd(1), stepStart(4)]).toEqual([holdStart, holdEnd]);
        let last = call;
        for (const step of [0, 1, 2, 3, 4]) {
          expect(stepStart(step)).toBeGreaterThanOrEqual(last);
          expect(stepEnd(step)).toBeGreaterThanOrEqual(stepStart(step));
          last = stepEnd(step);
        }
        expect(returned).toBeGreaterThanOrEqual(last);
      },
    ),
    { numRuns: 500 },
  );
});

/** How many numbers of steps are kept of a trace whose attempt was called at 1,000,000 and answered 500 µs later. */
function keptOf(trace: number[]): number {
  const columns = new BatchBuilder(['read', 'write'], ['read', 'write'], 0);
  const unknown = { orderId: NaN, remaining: NaN, seenStock: NaN, seenVersion: NaN, token: NaN };
  const told = { callUs: 1_000_000, returnUs: 1_000_500, outcome: 0, status: 200, retries: 0 };
  columns.add(0, 1, { ...unknown, ...told, trace });
  const batch = columns.take();
  expect(batch?.steps).toHaveLength(batch?.stepOffset[1] ?? -1);
  if (batch?.steps.length === 0) expect(batch.windowStart[0]).toBeNaN();
  return batch?.steps.length ?? -1;
}

test.for<[string, number[]]>([
  ['steps of this attempt', [0, 1_000_100, 1_000_200, 1, 1_000_200, 1_000_400]],
  ['a last step that has not ended', [0, 1_000_100, 1_000_200, 1, 1_000_200, NaN]],
  ['clocks that differ by little', [0, 999_600, 1_001_000]],
])('%s are kept', ([, trace]) => {
  expect(keptOf(trace)).toBe(trace.length);
});

test.for<[string, number[]]>([
  ['a step that the strategy does not have', [2, 1_000_100, 1_000_200]],
  ['a step of no number', [NaN, 1_000_100, 1_000_200]],
  ['half a step', [0, 1_000_100, 1_000_200, 1, 1_000_300]],
  ['a step that ends before it begins', [0, 1_000_200, 1_000_100]],
  ['a step before the call', [0, 900_000, 1_000_100]],
  ['a step after the return', [0, 1_000_100, 1_100_000]],
  ['times of another clock', [0, 1_764_000_000_000_000, 1_764_000_000_000_100]],
  ['no time at all', [0, NaN, NaN]],
])('a trace with %s is not believed', ([, trace]) => {
  expect(keptOf(trace)).toBe(0);
});
