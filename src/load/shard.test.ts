import { expect, onTestFinished, test } from 'vitest';
import type { Batch } from '@/model/columns';
import { OUTCOMES } from '@/model/outcome';
import { startTarget } from '../../tests/fixtures/server/http-target';
import type { TargetBehaviour } from '../../tests/fixtures/server/http-target';
import { createHistogram, recordLatency, toLatency } from './measure/latency';
import type { LaneLoad, ShardReport } from './lane-load';
import { END_GRACE_MS } from './models/run-open';
import { connectBuyers, Shard } from './shard';
import { pauseTime } from './models/think-time';

const LOAD: Omit<LaneLoad, 'urls'> = {
  sku: 'item',
  attemptPrefix: 'race.0.',
  model: 'closed',
  attempts: 100,
  shard: { index: 0, of: 1 },
  concurrency: 10,
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
const OPEN: Partial<LaneLoad> = {
  model: 'open',
  open: { rate: 500, arrivals: 'poisson', maxWaiting: 1_000 },
};

const NONE_DROPPED = { crowded: 0, ended: 0, stopped: 0 };

/** Attempts by their numbers: when they were due and called, in ms, and what they came to. */
type Attempts = Map<number, { due: number; call: number; took: number; outcome: string }>;

interface Fired {
  report: ShardReport;
  attempts: Attempts;
  inFlight: number[];
}

async function openShard(load: Partial<LaneLoad>, behaviour: TargetBehaviour = {}): Promise<Shard> {
  const target = await startTarget(behaviour);
  onTestFinished(target.close);
  return Shard.open({ ...LOAD, ...load, urls: [target.url] }, connectBuyers);
}

async function run(shard: Shard, inFlight: number[] = []): Promise<Fired> {
  const attempts: Attempts = new Map();
  const report = await shard.run({
    started: () => undefined,
    batch: ({ batch }, flying) => {
      addTo(attempts, batch);
      inFlight.push(flying);
    },
    inFlight: (flying) => void inFlight.push(flying),
  });
  return { report, attempts, inFlight };
}

async function fire(load: Partial<LaneLoad>, behaviour?: TargetBehaviour): Promise<Fired> {
  return run(await openShard(load, behaviour));
}

function addTo(attempts: Attempts, batch: Batch): void {
  for (let i = 0; i < batch.count; i += 1) {
    const [call = 0, end = 0, due = Number.NaN] = [batch.call[i], batch.return[i], batch.due[i]];
    attempts.set(batch.n[i] ?? -1, {
      due: due / 1_000,
      call: call / 1_000,
      took: (end - call) / 1_000,
      outcome: OUTCOMES[batch.outcome[i] ?? 0] ?? '',
    });
  }
}

const numbersOf = ({ attempts }: Fired) => [...attempts.keys()].sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const HOUR_MS = 3_600_000;

/** Starts a load and resolves once so many of its attempts are in flight. */
async function runUntil(shard: Shard, flying: number): Promise<{ running: Promise<Fired> }> {
  const inFlight: number[] = [];
  const running = run(shard, inFlight);
  while (!inFlight.some((count) => count >= flying)) await sleep(5);
  return { running };
}

test.for<[string, Partial<LaneLoad>]>([
  ['closed', {}],
  ['burst', { model: 'burst' }],
  ['burst with last bytes together', { model: 'burst', holdLastByte: true }],
  ['open', OPEN],
])('a load by number in the %s model makes every attempt once', async ([, load]) => {
  const fired = await fire(load);
  expect(numbersOf(fired)).toEqual(upTo(100));
  expect(fired.report).toMatchObject({ generated: 100, drops: load.model === 'open' ? NONE_DROPPED : null });
  expect([...fired.attempts.values()].every(({ outcome }) => outcome === 'accepted')).toBe(true);
});

test.for<[string, Partial<LaneLoad>]>([
  ['closed', {}],
  ['burst', { model: 'burst' }],
  ['open', OPEN],
])('a load by time in the %s model starts nothing after it', async ([, load]) => {
  const fired = await fire({ ...load, attempts: 1_000_000, durationMs: 300 }, { answerMs: 20 });
  const calls = [...fired.attempts.values()].map(({ call }) => call);
  expect(fired.report.generated).toBe(calls.length);
  expect(numbersOf(fired)).toEqual(upTo(calls.length));
  expect(calls.length).toBeGreaterThan(0);
  // asked for right before each send: a busy machine may hold up each client once in between
  const late = calls.filter((call) => call > 300 + 2 * END_GRACE_MS);
  expect(late.length).toBeLessThanOrEqual(LOAD.concurrency);
});

test('who still waits when the time is up is dropped, however slow the target', async () => {
  const open = { rate: 1_000, arrivals: 'constant', maxWaiting: 1_000 } as const;
  const load = { ...OPEN, open, concurrency: 1, attempts: 1_000_000, durationMs: 300, timeoutMs: 60_000 };
  const fired = await fire(load, { answerMs: 700 });
  // the first is sent, and the other 299 wait for its connection
  expect(numbersOf(fired)).toEqual([0]);
  expect(fired.report).toMatchObject({ generated: 1, drops: { crowded: 0, ended: 299, stopped: 0 } });
});

test('a load that is closed in the middle of it starts nothing more', async () => {
  const shard = await openShard({ attempts: 1_000_000 }, { answerMs: 5 });
  const running = run(shard);
  await sleep(100);
  shard.close();
  const { report } = await running;
  expect(report.generated).toBeGreaterThan(0);
  expect(report.generated).toBeLessThan(10_000);
});

test.for<[string, Partial<LaneLoad>]>([
  ['number', { attempts: 10 }],
  ['time', { attempts: 1_000, durationMs: 200 }],
])('a load by %s is over with its last answer, however long buyers pause', async ([, load]) => {
  const { report } = await fire({ ...load, pauseMs: 60_000 });
  expect(report.generated).toBe(10);
});

test('shards of a load share its numbers, and its arrivals, between them', async () => {
  const [even, odd, whole] = await Promise.all([
    fire({ ...OPEN, shard: { index: 0, of: 2 } }),
    fire({ ...OPEN, shard: { index: 1, of: 2 } }),
    fire(OPEN),
  ]);
  expect(numbersOf(even)).toEqual(upTo(100).filter((n) => n % 2 === 0));
  expect(numbersOf(odd)).toEqual(upTo(100).filter((n) => n % 2 === 1));
  for (const [n, { due }] of [...even.attempts, ...odd.attempts]) {
    expect(due).toBeCloseTo(whole.attempts.get(n)?.due ?? Number.NaN, 2);
  }
});

test('lanes of one seed replay the same arrivals, whatever their targets are like', async () => {
  const [quick, slow, other] = await Promise.all([
    fire(OPEN),
    fire(OPEN, { answerMs: 30 }),
    fire({ ...OPEN, seed: 8 }),
  ]);
  const dues = ({ attempts }: Fired) => upTo(100).map((n) => Math.round((attempts.get(n)?.due ?? 0) * 100));
  expect(dues(slow)).toEqual(dues(quick));
  expect(dues(other)).not.toEqual(dues(quick));
});

test('nobody waits for more than may, and who is dropped is counted', async () => {
  const open = { rate: 1_000, arrivals: 'constant', maxWaiting: 3 } as const;
  const fired = await fire({ ...OPEN, open, concurrency: 2 }, { answerMs: 1_000 });
  // two are sent and three wait; the other 95 were due before the first answer
  expect(fired.report).toMatchObject({ generated: 5, drops: { crowded: 95, ended: 0, stopped: 0 } });
  expect(numbersOf(fired)).toEqual([0, 1, 2, 3, 4]);
  expect(fired.attempts.get(4)?.call).toBeGreaterThan(1_900);
  expect(fired.attempts.get(4)?.due).toBeCloseTo(4, 1);
});

test('a buyer pauses between two purchases, as long in every lane', async () => {
  const load = { attempts: 12, concurrency: 1, pauseMs: 60, durationMs: HOUR_MS };
  const pauses = upTo(11).map((made) => pauseTime(LOAD.seed, 0, made, load.pauseMs));
  for (const { attempts } of await Promise.all([fire(load), fire(load)])) {
    const calls = [...attempts.values()].map(({ call }) => call);
    const gaps = calls.slice(1).map((call, i) => call - (calls[i] ?? 0));
    // a timer is up to 1 ms early, and late on a machine that is busy
    gaps.forEach((gap, i) => expect(gap).toBeGreaterThan((pauses[i] ?? 0) - 1));
  }
});

test('a stop sends nothing more, cuts every pause short, and lets what is in flight come back', async () => {
  // a pause that goes on after the stop outlasts the test
  const shard = await openShard({ pauseMs: HOUR_MS, rampMs: 1_000, concurrency: 50 }, { answerMs: 300 });
  const { running } = await runUntil(shard, 5);
  shard.stop();
  const fired = await running;
  expect(fired.report.generated).toBe(fired.attempts.size);
  expect([...fired.attempts.values()].every(({ outcome }) => outcome === 'accepted')).toBe(true);
});

test('a stop of the open model counts those who waited as dropped', async () => {
  const open = { rate: 1_000, arrivals: 'constant', maxWaiting: 1_000 } as const;
  const shard = await openShard({ ...OPEN, open, concurrency: 1, attempts: 100_000 }, { answerMs: 500 });
  const startedAt = performance.now();
  const { running } = await runUntil(shard, 1);
  await sleep(100);
  shard.stop();
  const due = 1 + performance.now() - startedAt;
  const { generated, drops } = await running.then(({ report }) => report);
  // one is due each millisecond; the connection carries one, and another each 500 ms
  expect(generated).toBeLessThanOrEqual(1 + due / 500);
  expect(drops).toMatchObject({ crowded: 0, ended: 0 });
  expect(drops?.stopped).toBeGreaterThan(0);
  expect(drops?.stopped).toBeLessThanOrEqual(due);
});

test.for<[string, Partial<LaneLoad>]>([
  ['closed', {}],
  ['burst', { model: 'burst' }],
  ['open', OPEN],
])('killing a load of the %s model makes what is in flight indeterminate at once', async ([, load]) => {
  const shard = await openShard({ ...load, timeoutMs: HOUR_MS }, { answerMs: HOUR_MS });
  const { running } = await runUntil(shard, 10);
  shard.stop();
  shard.kill();
  const fired = await running;
  expect(fired.inFlight).toContain(10);
  expect([...fired.attempts.values()].map(({ outcome }) => outcome)).toEqual(
    upTo(10).map(() => 'indeterminate'),
  );
});

test('a target that stalls for a second shows in the corrected percentiles as theory says, and nowhere else', async () => {
  const [rate, seconds, stallMs] = [200, 4, 1_000];
  const open = { rate, arrivals: 'constant', maxWaiting: 10_000 } as const;
  const load = { ...OPEN, open, attempts: rate * seconds, concurrency: 5 };
  const fired = await fire(load, { stall: { afterMs: 1_500, forMs: stallMs } });

  const attempts = [...fired.attempts.values()];
  const histogram = createHistogram();
  for (const { due, call, took } of attempts) recordLatency(histogram, (call + took - due) * 1_000);
  const corrected = toLatency(histogram);

  expect(fired.report).toMatchObject({ generated: rate * seconds, drops: NONE_DROPPED });
  // no more see the stall than there are connections: the others have not been sent
  const longest = attempts.reduce((one, other) => (other.took > one.took ? other : one));
  const middle = longest.call + longest.took / 2;
  expect(longest.took).toBeGreaterThan(stallMs * 0.9);
  const flying = attempts.filter(({ call, took }) => call < middle && middle < call + took);
  expect(flying.length).toBeLessThanOrEqual(load.concurrency);
  // whoever is due x ms into the stall waits for the rest of it at least, and then for those before in the queue
  for (const [share, key] of [
    [0.9, 'p90'],
    [0.95, 'p95'],
    [0.99, 'p99'],
  ] as const)
    expect(corrected[key], key).toBeGreaterThan(stallMs - (1 - share) * seconds * 1_000 - 30);
  expect(corrected.max).toBeGreaterThan(stallMs * 0.95);
});
