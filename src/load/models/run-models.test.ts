import { expect, onTestFinished, test, vi } from 'vitest';
import { LAST_BYTE_SETTLE_MS } from '@/plan/load-plan';
import { unanswered } from '../client/answer';
import type { Answer } from '../client/answer';
import { AttemptRunner } from '../attempt-runner';
import type { Client } from '../client/client';
import type { LaneLoad } from '../lane-load';
import { runBurst } from './run-burst';
import { runClosed } from './run-closed';
import { arrivalTime, pauseTime, thinkTime } from './think-time';

const LOAD: LaneLoad = {
  sku: 'item',
  urls: [],
  attemptPrefix: 'race.0.',
  model: 'closed',
  attempts: 6,
  shard: { index: 0, of: 1 },
  concurrency: 3,
  quantity: 1,
  thinkMs: 100,
  pauseMs: 0,
  timeoutMs: 5_000,
  seed: 7,
  rampMs: 0,
  holdLastByte: false,
  open: null,
  stepNames: [],
  stepKinds: [],
};

function start(load: Partial<LaneLoad>): AttemptRunner {
  const heard = { started: () => undefined, batch: () => undefined, inFlight: () => undefined };
  const runner = new AttemptRunner({ ...LOAD, ...load }, heard);
  onTestFinished(() => runner.close());
  return runner;
}

/** What three buyers were asked for, each of whom is answered at once, and says to have been sent at the next of the times. */
function openBuyers(callsUs: number[] = []): { buyers: Client[]; bodies: string[]; releasedAt: number[] } {
  const [bodies, releasedAt]: [string[], number[]] = [[], []];
  const answer = (): Promise<Answer> => Promise.resolve({ ...unanswered(0), callUs: callsUs.shift() ?? 0 });
  const buyer: Client = {
    purchase: (_id, body) => {
      bodies.push(body);
      return answer();
    },
    hold: () => ({
      written: Promise.resolve(),
      release: () => void releasedAt.push(performance.now()),
      answer: answer(),
    }),
    abort: () => undefined,
    close: () => undefined,
  };
  return { buyers: [buyer, buyer, buyer], bodies, releasedAt };
}

/** The pauses that buyers of the closed model make, none of which is waited for. */
async function pausesOf(load: Partial<LaneLoad>): Promise<number[]> {
  const runner = start(load);
  const pause = vi.spyOn(runner, 'pause').mockResolvedValue(true);
  await runClosed(runner, openBuyers().buyers);
  return pause.mock.calls.map(([ms]) => ms);
}

test('buyers arrive when seed and place in the ramp say, in every lane of a race', async () => {
  const arrivals = [0, 1, 2].map((k) => arrivalTime(7, k, 1_000));
  expect(await pausesOf({ rampMs: 1_000 })).toEqual(arrivals);
  expect(await pausesOf({ rampMs: 1_000, seed: 8 })).not.toEqual(arrivals);
});

test('buyers at the door come at once, and the others over the ramp', async () => {
  expect(await pausesOf({ rampMs: 1_000, crowd: 2 })).toEqual([0, 0, arrivalTime(7, 2, 1_000)]);
});

test('buyers pause as long as seed, buyer and purchase say, in every lane of a race', async () => {
  // two purchases each
  const pauses = [0, 1, 2].flatMap((k) => [0, 1].map((made) => pauseTime(7, k, made, 500)));
  const [, , , ...paused] = await pausesOf({ pauseMs: 500 });
  expect(paused.toSorted((a, b) => a - b)).toEqual(pauses.toSorted((a, b) => a - b));
});

test('attempts think as long as seed and number say, in every lane of a race', async () => {
  const { buyers, bodies } = openBuyers();
  await runClosed(start({}), buyers);
  const thinks = bodies.map((body) => (JSON.parse(body) as { thinkMs: number }).thinkMs);
  expect(thinks).toEqual([0, 1, 2, 3, 4, 5].map((n) => thinkTime(7, n, 100)));
});

test.for([false, true])(
  'the spread of a burst is that of its first release; by last bytes: %s',
  async (holdLastByte) => {
    const { buyers } = openBuyers([1_000, 1_250, 1_400, 5_000, 5_000, 9_000]);
    expect(await runBurst(start({ model: 'burst', holdLastByte }), buyers)).toBe(400);
  },
);

test('a burst without attempts has no spread', async () => {
  const runner = start({ model: 'burst' });
  runner.stop();
  expect(await runBurst(runner, openBuyers().buyers)).toBeNull();
});

test('last bytes are released when the target has had time to read the rest, all in one turn', async () => {
  const { buyers, releasedAt } = openBuyers();
  const heldAt = performance.now();
  await runBurst(start({ model: 'burst', attempts: 3, holdLastByte: true }), buyers);
  expect(releasedAt).toHaveLength(3);
  // a timer may be a millisecond early by this clock
  expect(Math.min(...releasedAt) - heldAt).toBeGreaterThan(LAST_BYTE_SETTLE_MS - 2);
});
