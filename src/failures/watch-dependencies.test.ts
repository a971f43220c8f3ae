import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { watchDependencies } from './watch-dependencies';

const NEVER_ANSWERS = {
  name: 'PostgreSQL',
  probe: async () => {
    await sleep(30);
    throw new Error('no answer within 30 ms');
  },
};

/** Watches until something is lost or the time is over, and answers what was lost. */
async function watchFor(ms: number, meanwhile: () => void): Promise<string | undefined> {
  let lost: string | undefined;
  onTestFinished(watchDependencies([NEVER_ANSWERS], ({ message }) => (lost = message)));
  const until = performance.now() + ms;
  while (lost === undefined && performance.now() < until) {
    meanwhile();
    await sleep(5);
  }
  return lost;
}

function holdUp(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('a dependency that stays away is reported with its last failure', async () => {
  expect(await watchFor(10_000, () => undefined)).toBe(
    'PostgreSQL was lost during the race: no answer within 30 ms.',
  );
});

test('probes that fail while this process is held up itself prove nothing', async () => {
  expect(await watchFor(6_000, () => holdUp(1_000))).toBeUndefined();
});

test('a dependency that was started again is reported at once, with what is known of it', async () => {
  let start = 'first';
  const dependency = {
    name: 'Redis',
    probe: async () => start,
    incident: () => (start === 'first' ? undefined : 'ended unexpectedly (signal SIGKILL)'),
  };
  const lost = new Promise<string>((resolve) => {
    onTestFinished(watchDependencies([dependency], ({ message }) => resolve(message)));
  });
  await sleep(1);
  start = 'second';
  expect(await lost).toBe(
    'Redis was started again during the race. Redis ended unexpectedly (signal SIGKILL).',
  );
});

test('what happened to a dependency before the watch is not told as its reason', async () => {
  let start = 'first';
  const dependency = { name: 'Redis', probe: async () => start, incident: () => 'was killed an hour ago' };
  const lost = new Promise<string>((resolve) => {
    onTestFinished(watchDependencies([dependency], ({ message }) => resolve(message)));
  });
  await sleep(1);
  start = 'second';
  expect(await lost).toBe('Redis was started again during the race.');
});
