import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TIME_PARTS } from '@/model/race';
import { STEP_KINDS } from '@/model/step-kind';
import type { StepKind } from '@/model/step-kind';
import { LatencyAccount } from './latency-account';

interface Step {
  kind: StepKind;
  /** µs after the request was sent. */
  start: number;
  took: number;
}

function account(attempts: { latency: number; steps: Step[] }[]): LatencyAccount {
  const time = new LatencyAccount(STEP_KINDS);
  const flat = attempts.map(({ steps }) =>
    steps.flatMap(({ kind, start, took }) => [STEP_KINDS.indexOf(kind), start, took]),
  );
  const stepOffset = new Uint32Array(attempts.length + 1);
  for (const [i, steps] of flat.entries()) stepOffset[i + 1] = (stepOffset[i] ?? 0) + steps.length;
  time.add({
    count: attempts.length,
    call: Float64Array.from(attempts, (_, i) => i * 10),
    return: Float64Array.from(attempts, ({ latency }, i) => i * 10 + latency),
    steps: Int32Array.from(flat.flat()),
    stepOffset,
  });
  return time;
}

function spent(attempts: { latency: number; steps: Step[] }[]): Record<string, number> {
  const meanMs: Record<string, number> = account(attempts).toTimeSpent()?.meanMs ?? {};
  return Object.fromEntries(Object.entries(meanMs).filter(([, ms]) => ms !== 0));
}

test('each kind of step has its part; what is before and after them is the request, what is between the application', () => {
  const steps: Step[] = [
    { kind: 'connection', start: 1_000, took: 2_000 },
    { kind: 'begin', start: 3_000, took: 500 },
    { kind: 'lock', start: 3_500, took: 4_000 },
    { kind: 'think', start: 8_000, took: 10_000 },
    { kind: 'redis decide', start: 18_000, took: 700 },
    { kind: 'order', start: 18_700, took: 300 },
    { kind: 'commit', start: 19_000, took: 5_000 },
  ];
  expect(spent([{ latency: 26_000, steps }])).toEqual({
    request: 3,
    connection: 2,
    lock: 4,
    statements: 0.8,
    commit: 5,
    redis: 0.7,
    think: 10,
    application: 0.5,
  });
});

test('the work of a try that was thrown away is a failed try, its waiting is waiting', () => {
  const steps: Step[] = [
    { kind: 'connection', start: 0, took: 1_000 },
    { kind: 'read', start: 1_000, took: 2_000 },
    { kind: 'think', start: 3_000, took: 1_000 },
    { kind: 'write', start: 4_000, took: 500 },
    { kind: 'retry', start: 4_500, took: 3_000 },
    { kind: 'read', start: 7_500, took: 100 },
    { kind: 'write', start: 7_600, took: 400 },
  ];
  expect(spent([{ latency: 8_000, steps }])).toEqual({
    connection: 1,
    failedTries: 3.5,
    backOff: 3,
    statements: 0.5,
  });
});

test('an attempt without an answer is untraced, and means are over all attempts', () => {
  const steps: Step[] = [{ kind: 'decide', start: 0, took: 1_000 }];
  expect(
    spent([
      { latency: 3_000, steps: [] },
      { latency: 1_000, steps },
    ]),
  ).toEqual({ untraced: 1.5, statements: 0.5 });
});

test('nothing is known before the first attempt', () => {
  expect(account([]).toTimeSpent()).toBeNull();
});

test('samples of the server add up', () => {
  const time = account([{ latency: 1, steps: [] }]);
  expect(time.toTimeSpent()?.sampled).toBeNull();
  time.sample({ active: 4, waitingForLock: 3 });
  time.sample({ active: 1, waitingForLock: 0 });
  expect(time.toTimeSpent()?.sampled).toEqual({ active: 5, waitingForLock: 3 });
});

test('the parts add up to the latency, whatever the steps are', () => {
  const step = fc.record({
    kind: fc.constantFrom(...STEP_KINDS),
    start: fc.integer({ min: 0, max: 50_000 }),
    took: fc.integer({ min: 0, max: 50_000 }),
  });
  const attempt = fc.record({ latency: fc.integer({ min: 100_000, max: 200_000 }), steps: fc.array(step) });
  fc.assert(
    fc.property(fc.array(attempt, { minLength: 1, maxLength: 20 }), (attempts) => {
      const meanMs = account(attempts).toTimeSpent()?.meanMs;
      const latency = attempts.reduce((sum, { latency: us }) => sum + us, 0) / attempts.length / 1_000;
      const sum = TIME_PARTS.reduce((total, part) => total + (meanMs?.[part] ?? Number.NaN), 0);
      expect(sum).toBeCloseTo(latency, 1);
      for (const part of TIME_PARTS) expect(meanMs?.[part]).toBeGreaterThanOrEqual(0);
    }),
  );
});
