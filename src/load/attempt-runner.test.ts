import { expect, onTestFinished, test } from 'vitest';
import { AttemptRunner } from './attempt-runner';
import type { LaneLoad } from './lane-load';

const LOAD: LaneLoad = {
  sku: 'item',
  urls: [],
  attemptPrefix: 'race.0.',
  model: 'closed',
  attempts: 2,
  shard: { index: 0, of: 1 },
  concurrency: 1,
  quantity: 1,
  thinkMs: 0,
  pauseMs: 0,
  timeoutMs: 5_000,
  seed: 7,
  rampMs: 0,
  holdLastByte: false,
  open: null,
  stepNames: [],
  stepKinds: [],
};

function start(load: Partial<LaneLoad> = {}): AttemptRunner {
  const heard = { started: () => undefined, batch: () => undefined, inFlight: () => undefined };
  const runner = new AttemptRunner({ ...LOAD, ...load }, heard);
  onTestFinished(() => runner.close());
  return runner;
}

test('a pause that passes whole is followed by another attempt', async () => {
  expect(await start().pause(1)).toBe(true);
  expect(await start().pause(0)).toBe(true);
});

test('a pause that the end of the load cuts short is not', async () => {
  expect(await start({ durationMs: 20 }).pause(60_000)).toBe(false);
});

test('a pause ends with the last number, and with a stop', async () => {
  const exhausted = start();
  const first = exhausted.pause(60_000);
  exhausted.takeNumber();
  exhausted.takeNumber();
  expect(await first).toBe(false);
  expect(await exhausted.pause(0)).toBe(false);

  const stopped = start();
  const second = stopped.pause(60_000);
  stopped.stop();
  expect(await second).toBe(false);
});
