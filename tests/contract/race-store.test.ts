import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished } from 'vitest';
import { checkCounts } from '@/jobs/race/repair';
import { createLanes } from '@/jobs/race/create-lanes';
import { packBatch } from '@/load/packed-batch';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import scenario from '@/scenarios/inventory/scenario';
import { loadStrategies } from '@/scenarios/registry';
import { createPrisma } from '@/services/postgres/prisma';
import { strategyFolder } from '@/services/process/program';
import { createBatchStore } from '@/store/batch-store';
import { createExperimentStore } from '@/store/experiment-store';
import type { RaceRecord } from '@/store/race-rows';
import { createRaceStore } from '@/store/race-store';
import { databaseTest as test } from '../fixtures/database/database';
import { batchOf, historyOf, repeat } from '../fixtures/lanes/history';
import type { AttemptSketch } from '../fixtures/lanes/history';
import { openTcpGate } from '../fixtures/database/tcp-gate';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function usedMib(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** A race of every strategy, whose lanes are pending. */
async function createRace(id: string) {
  const strategies = await loadStrategies(strategyFolder);
  const plan = { ...PLAN_DEFAULTS, strategies: [...strategies.keys()], seed: 1 };
  const batches = { append: () => Promise.resolve(), read: () => Promise.resolve([]) };
  const head: RaceRecord = {
    id,
    status: 'running',
    origin: 'api',
    reason: null,
    createdAt: new Date().toISOString(),
    startedAt: null,
    finishedAt: null,
    plan,
    poolSize: 20,
    rampMs: 0,
    experiment: null,
  };
  const lanes = createLanes(id, plan, { strategies, batches, scenario }).map((lane) => lane.view());
  return { head, lanes };
}

const finding = (count: number) => ({
  kind: 'oversold' as const,
  count,
  message: `${count} units too many.`,
  evidence: [],
  pieces: 0,
});

test('saves of a race leave nothing behind in memory, whatever its lanes have come to', async ({
  database,
}) => {
  const db = createPrisma(database.url, { size: 1, name: 'race store' });
  onTestFinished(() => db.$disconnect());
  const store = createRaceStore(db);
  const { head, lanes } = await createRace('growing');
  const save = async (judged: number) => {
    const now = lanes.map((lane, index) =>
      index >= judged
        ? lane
        : {
            ...lane,
            status: 'finished' as const,
            oversold: index,
            verdict: {
              status: 'violated' as const,
              reason: 'Said so.',
              findings: Array.from({ length: index % 3 }, (_, n) => finding(n + 1)),
            },
          },
    );
    await store.save(head, 1, now);
  };
  await save(0);
  await save(lanes.length);
  const before = usedMib();
  for (let judged = 0; judged <= lanes.length; judged += 1) await save(judged);
  // a plan for each save took 0.6 MiB, 18 in all
  expect(usedMib() - before).toBeLessThan(3);
});

test('a save is all of a race, may be repeated, and is read back as it was', async ({ database }) => {
  const db = createPrisma(database.url, { size: 1, name: 'race store' });
  onTestFinished(() => db.$disconnect());
  const store = createRaceStore(db);
  const { head, lanes } = await createRace('whole');
  const [first, ...others] = lanes;
  if (!first) throw new Error('there are strategies');
  const findings = [{ ...finding(2), isAtLeast: true }, finding(1)];
  const verdict = { status: 'violated' as const, reason: 'Said so.', findings };
  const judged = { ...first, status: 'finished' as const, oversold: 3, verdict };
  await store.save(head, 1, lanes);
  await store.save({ ...head, status: 'finished', reason: null }, 2, [judged, ...others]);
  await store.save({ ...head, status: 'finished', reason: null }, 2, [judged, ...others]);

  const read = await store.get('whole');
  expect(read).toEqual({ ...head, status: 'finished', lanes: [judged, ...others] });
  const [row] = await database.query(
    `select owner, verdict, oversold, lost_updates from races join lanes on race_id = id
     where id = 'whole' and index = 0`,
  );
  expect(row).toEqual({ owner: 2, verdict: 'violated', oversold: 3, lost_updates: 0 });
});

test('the words of a stored trial say where a count is only the least that is proven', async ({
  database,
}) => {
  const db = createPrisma(database.url, { size: 1, name: 'trial store' });
  onTestFinished(() => db.$disconnect());
  const { head, lanes } = await createRace('trial');
  const experiment = { id: 'twice', kind: 'trials' as const, trials: 2 };
  const { status, reason, origin, plan, createdAt, startedAt, finishedAt } = head;
  const experiments = createExperimentStore(db);
  await experiments.save(
    { ...experiment, status, reason, origin, plan, createdAt, startedAt, finishedAt },
    1,
  );
  const lost = { ...finding(4), kind: 'lost-update' as const, isAtLeast: true };
  const judged = lanes.slice(0, 2).map((lane, index) => ({
    ...lane,
    status: 'finished' as const,
    verdict: {
      status: 'violated' as const,
      reason: 'Said so.',
      findings: index === 0 ? [lost, finding(1)] : [{ ...finding(4), kind: lost.kind }],
    },
  }));
  await createRaceStore(db).save({ ...head, experiment: { id: 'twice', trial: 1, trials: 2 } }, 1, judged);

  const trials = await experiments.readTrials(['twice']);
  expect(trials.map(({ words }) => words.figure)).toEqual(['≥\u00a04', '4']);
});

test('a batch whose answer is lost is stored once', async ({ database }) => {
  const gate = await openTcpGate(database.url);
  onTestFinished(() => gate.close());
  const db = createPrisma(gate.url, { size: 1, name: 'batch store', repeatsLost: true });
  onTestFinished(() => db.$disconnect());
  const { head, lanes } = await createRace('logged');
  await createRaceStore(db).save(head, 1, lanes);
  const store = createBatchStore(db);
  const place = { raceId: 'logged', lane: 0 };
  const columns = packBatch(batchOf(historyOf(repeat<AttemptSketch>({ outcome: 'accepted' }, 2))));
  const batch = (seq: number) => ({ seq, count: 2, columns });
  await store.append(place, [batch(0)]);

  const lost = gate.lose('server');
  const appended = store.append(place, [batch(2), batch(4)]);
  await lost;
  gate.reset();
  await appended;

  expect(await store.count('logged', 0)).toBe(6);
  const rows = await database.query('select seq, count from event_batches order by seq');
  expect(rows).toEqual([0, 2, 4].map((seq) => ({ seq, count: 2 })));
});

test('counts that differ from their log are repaired from it, and a verdict stays what it was', async ({
  database,
}) => {
  const db = createPrisma(database.url, { size: 1, name: 'counts' });
  onTestFinished(() => db.$disconnect());
  const races = createRaceStore(db);
  const batches = createBatchStore(db);
  const { head, lanes } = await createRace('miscounted');
  const over = { ...head, status: 'failed' as const, reason: 'PostgreSQL was lost.' };
  const cancelled = { status: 'inconclusive' as const, reason: 'Not judged: the race failed.', findings: [] };
  const [unjudged, judged, right] = lanes;
  if (!unjudged || !judged || !right) throw new Error('there are strategies');
  const stored = [
    { ...unjudged, status: 'cancelled' as const, verdict: cancelled },
    { ...judged, status: 'finished' as const },
    { ...right, status: 'cancelled' as const, verdict: cancelled },
  ];
  await races.save(over, 1, stored);
  const three = historyOf(repeat<AttemptSketch>({ outcome: 'accepted', at: [0, 1] }, 3));
  const row = { seq: 0, count: 3, columns: packBatch(batchOf(three)) };
  for (const lane of [0, 1]) await batches.append({ raceId: 'miscounted', lane }, [row]);

  const said: object[] = [];
  const strategies = await loadStrategies(strategyFolder);
  const log = { info: () => undefined, warn: (what: object) => said.push(what), error: () => undefined };
  const deps = { strategies, races, batches, owner: { key: 1 }, log };
  await checkCounts(deps);

  const after = await races.get('miscounted');
  expect(after?.lanes.map(({ counts }) => counts.attempts)).toEqual([3, 0, 0]);
  expect(after?.lanes[0]).toMatchObject({
    status: 'cancelled',
    counts: { accepted: 3 },
    honesty: { generated: 3, recorded: 3, stored: 3 },
    verdict: cancelled,
  });
  expect(after?.lanes[1]).toEqual(stored[1]);
  expect(said).toEqual([
    { race: 'miscounted', lanes: [0] },
    { race: 'miscounted', lanes: [1] },
  ]);
  said.length = 0;
  await checkCounts(deps);
  expect(said).toEqual([{ race: 'miscounted', lanes: [1] }]);
});
