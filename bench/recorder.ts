// What recording costs: batches as the generator makes them, packs them and hands them over, and a lane recorder fed with
// them. All but the last is paid for each attempt; the load thread and the server's main thread each pay their own part.
import { BatchBuilder } from '@/load/batch-builder';
import { createHistogram, recordLatency } from '@/load/measure/latency';
import { packBatch } from '@/load/packed-batch';
import type { RecordedBatch } from '@/load/packed-batch';
import { encodeBatch, encodeLive } from '@/model/batches/batch-bytes';
import type { Batch } from '@/model/columns';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import type { LoadPlan } from '@/plan/load-plan';
import { LaneRecorder } from '@/recording/lane-recorder';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { seeded } from './support/audit-histories';
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

/** Attempts in the order of their outcomes: latencies of some milliseconds in a long tail, one attempt in ten sold. */
function makeAnswers(count: number) {
  const random = seeded(plan.seed);
  return Array.from({ length: count }, (_, i) => {
    const returnUs = i * 100 + random() * 90;
    const latencyUs = 4_000 * Math.exp(1.2 * (random() + random() + random() - 1.5));
    const callUs = returnUs - latencyUs;
    const isSold = random() < 0.1;
    const [read, decided, written] = [0.3, 0.6, 0.9].map((part) => callUs + latencyUs * part);
    return {
      callUs,
      returnUs,
      outcome: isSold ? 0 : 1,
      status: isSold ? 200 : 409,
      retries: 0,
      orderId: isSold ? i : Number.NaN,
      remaining: isSold ? 50 : 0,
      seenStock: isSold ? 51 : 0,
      seenVersion: Number.NaN,
      token: Number.NaN,
      trace: [0, read ?? 0, decided ?? 0, 1, (decided ?? 0) + 40 * random(), written ?? 0],
    };
  });
}

async function time(work: () => Promise<void> | void): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1_000) / (BATCH * BATCHES);
}

/** Answers are short-lived where there is a load: of a hundred thousand that are kept, most of the cost is garbage. */
const few = makeAnswers(4 * BATCH);

function collect(answers: typeof few, take: (batch: Batch) => void): void {
  const builder = new BatchBuilder(strategy.stepNames, strategy.stepKinds, 0);
  for (let k = 0; k < BATCHES; k += 1) {
    for (let i = k * BATCH; i < (k + 1) * BATCH; i += 1) {
      const answer = answers[i % answers.length];
      if (answer) builder.add(i, 1, answer);
    }
    const batch = builder.take();
    if (batch) take(batch);
  }
}

const batches: Batch[] = [];
collect(makeAnswers(BATCH * BATCHES), (batch) => batches.push(batch));
let recorded: RecordedBatch[] = batches.map((batch) => structuredClone({ batch, packed: packBatch(batch) }));
const contestants = {
  'histogram alone (the floor)': () => {
    const histogram = createHistogram();
    for (const { call, return: returned } of batches) {
      for (let i = 0; i < BATCH; i += 1) recordLatency(histogram, (returned[i] ?? 0) - (call[i] ?? 0));
    }
  },
  'load thread: attempts to columns': () => collect(few, () => undefined),
  'load thread: columns to bytes': () => batches.forEach(encodeBatch),
  'load thread: bytes deflated': () => batches.forEach(packBatch),
  'both threads: batches handed over': () => {
    recorded = recorded.map((one) =>
      structuredClone(one, { transfer: [one.batch.n.buffer as ArrayBuffer, one.packed.buffer] }),
    );
  },
  'main thread: log, counts, series, percentiles': () => {
    const store = { append: async () => undefined, read: async () => [] };
    const recorder = new LaneRecorder('bench', 0, strategy, 'bench', plan, store);
    for (const one of recorded) recorder.record(one, 100);
  },
  'main thread: frames for pages': () => batches.forEach(encodeLive),
};
const rounds = new Map<string, number[]>();
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, work] of Object.entries(contestants)) {
    const ns = await time(work);
    if (round > 0) rounds.set(name, [...(rounds.get(name) ?? []), ns]);
  }
}
const floor = rounds.get('histogram alone (the floor)') ?? [];
const rows = [...rounds].map(([recording, times]) => ({
  recording,
  // packing encodes first
  'ns of CPU an attempt': median(
    recording.endsWith('deflated')
      ? times.map((ns, i) => ns - (rounds.get('load thread: columns to bytes')?.[i] ?? 0))
      : times,
  ),
}));
console.log(
  `${describeMachine()}; ${BATCH * BATCHES} attempts in batches of ${BATCH}, medians of ${ROUNDS} rounds`,
);
printTable(rows.map((row) => ({ ...row, 'beside the floor': row['ns of CPU an attempt'] / median(floor) })));
const bytesAn = (encode: (batch: Batch) => Uint8Array) =>
  (batches.reduce((sum, batch) => sum + encode(batch).length, 0) / (BATCH * BATCHES)).toFixed(1);
const inMemory = batches.reduce((sum, { n }) => sum + n.buffer.byteLength, 0) / (BATCH * BATCHES);
console.log(
  `Bytes an attempt: ${bytesAn(packBatch)} stored, ${bytesAn(encodeLive)} sent to a page, ${inMemory.toFixed(0)} in memory.\n`,
);
