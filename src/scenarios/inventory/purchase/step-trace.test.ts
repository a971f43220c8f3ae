import { expect, test } from 'vitest';
import { WAIT_STEP } from '@/model/step-kind';
import { StepTrace } from './step-trace';
import type { ConnectionWait } from './step-trace';

/** A step that begins at 0 and ends at 1,000, as it is told of this wait for its connection. */
async function traceOf(wait: ConnectionWait | undefined, failure?: 'no connection' | 'refused') {
  let time = -1_000;
  const trace = new StepTrace(
    { 'guarded update': 'decide' },
    {
      now: () => (time += 1_000),
      takeWait: () => wait,
      hadNoConnection: (error) => error === 'no connection',
    },
  );
  const result = trace.step('guarded update', async () => {
    if (failure !== undefined) throw failure as unknown as Error;
  });
  await result.catch(() => undefined);
  return trace.steps;
}

test('a wait for a connection is a step before the one that needed it', async () => {
  expect(await traceOf({ asked: 10, granted: 400 })).toEqual([
    { name: WAIT_STEP, start: 10, end: 400 },
    { name: 'guarded update', start: 400, end: 1_000 },
  ]);
});

test('a wait that is too short to be told is no part of the step either', async () => {
  expect(await traceOf({ asked: 10, granted: 60 })).toEqual([
    { name: 'guarded update', start: 60, end: 1_000 },
  ]);
});

test('a step that failed had waited just as well', async () => {
  expect(await traceOf({ asked: 10, granted: 400 }, 'refused')).toEqual([
    { name: WAIT_STEP, start: 10, end: 400 },
    { name: 'guarded update', start: 400, end: 1_000 },
  ]);
});

test('a step that never had a connection was a wait and nothing else', async () => {
  expect(await traceOf(undefined, 'no connection')).toEqual([{ name: WAIT_STEP, start: 0, end: 1_000 }]);
});

test('the wait of another attempt changes nothing', async () => {
  expect(await traceOf({ asked: -5, granted: 400 })).toEqual([
    { name: 'guarded update', start: 0, end: 1_000 },
  ]);
});
