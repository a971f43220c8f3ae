// What recording costs: a lane recorder fed with batches as the generator sends them, against the attempts it takes.
import { createHistogram, recordLatency } from '@/load/measure/latency';
import { emptyColumns } from '@/model/history';
import type { AttemptBatch } from '@/model/history';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import type { LoadPlan } from '@/plan/load-plan';
import { encodeBatch, toStoredBatch } from '@/recording/batch-codec';
import { LaneRecorder } from '@/recording/lane-recorder';
import type { RegisteredStrategy } from '@/scenarios/inventory/registry';
import { describeMachine, median, printTable } from './support/report';

const BATCH = 250;
const BATCHES = 400;
const ROUNDS = 5;

const strategy = {
  id: 'bench',
  name: 'bench',
  expected: 'safe',
  stepNames: ['read stock', 'write stock'],
  stepKinds: ['read', 'write'],
} as RegisteredStrategy;
const plan: LoadPlan = { ...PLAN_DEFAULTS, strategies: ['bench'], attempts: BATCH * BATCHES, seed: 1 };

function makeBatch(k: number): AttemptBatch {
  const steps = Array.from({ length: BATCH * 6 }, (_, i) => (i % 3) * 100);
  const batch: AttemptBatch = {
    ...emptyColumns(BATCH),
    steps: Int32Array.from(steps),
    stepOffset: Uint32Array.from({ length: BATCH + 1 }, (_, i) => i * 6),
  };
  for (let i = 0; i < BATCH; i += 1) {
    batch.n[i] = k * BATCH + i;
    batch.call[i] = (k * BATCH + i) * 100;
    batch.return[i] = (batch.call[i] ?? 0) + 5_000 + (i % 50) * 400;
    batch.outcome[i] = i % 10 === 0 ? 0 : 1;
  }
  return batch;
}

async function time(work: () => Promise<void> | void): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1_000) / (BATCH * BATCHES);
}

const batches = Array.from({ length: BATCHES }, (_, k) => makeBatch(k));
const stored = batches.map((batch, k) =>
  toStoredBatch({ raceId: 'bench', lane: 0, seq: k * BATCH }, batch, strategy.stepNames),
);
const contestants = {
  'histogram alone (the floor)': () => {
    const histogram = createHistogram();
    for (const batch of batches) {
      for (let i = 0; i < BATCH; i += 1)
        recordLatency(histogram, (batch.return[i] ?? 0) - (batch.call[i] ?? 0));
    }
  },
  'lane recorder: log, counts, series, percentiles': () => {
    const store = { append: async () => undefined, read: async () => [] };
    const recorder = new LaneRecorder('bench', 0, strategy, 'bench', plan, store);
    for (const batch of batches) recorder.record(batch, 100);
  },
  'stored form: JSON columns, deflated': async () => {
    for (const batch of stored) await encodeBatch(batch);
  },
};
const rounds = new Map<string, number[]>();
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, work] of Object.entries(contestants)) {
    const ns = await time(work);
    if (round > 0) rounds.set(name, [...(rounds.get(name) ?? []), ns]);
  }
}
const bytes = (await Promise.all(stored.map(encodeBatch))).reduce((sum, { length }) => sum + length, 0);
console.log(
  `${describeMachine()}; ${BATCH * BATCHES} attempts in batches of ${BATCH}, medians of ${ROUNDS} rounds`,
);
printTable([...rounds].map(([name, times]) => ({ recording: name, 'ns of CPU an attempt': median(times) })));
console.log(`Stored: ${(bytes / (BATCH * BATCHES)).toFixed(1)} bytes an attempt.\n`);
