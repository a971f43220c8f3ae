import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allocateBatch } from '@/model/columns';
import type { Batch } from '@/model/columns';
import { attemptPrefixOf } from '@/model/history';
import { eachOrder, toOrderColumns } from '@/model/order-columns';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import { packBatch } from '@/load/packed-batch';
import { LaneRecorder } from '@/recording/lane-recorder';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { projectRoot } from '@/services/env';
import { describePlan } from '@/report/plan-words';
import { audit } from '@/scenarios/inventory/audit/audit';
import { collect, writeSketch } from '../../tests/fixtures/lanes/history-file';
import { batchOf, goodLane, historyOf, ordersFor } from '../../tests/fixtures/lanes/history';
import { advance } from '../../tests/fixtures/lanes/lane-view';
import { raceOfHistory } from './race-of-history';
import type { HistoryRace } from './race-of-history';
import { readHistory } from './read-history';
import { writeHistory } from './write-history';

const STRATEGY = {
  name: 'Read, then write',
  expected: 'unsafe',
  stores: ['postgres'],
  steps: { 'read stock': 'read', think: 'think', 'write stock': 'write' },
  id: 'read-then-write',
  stepNames: ['read stock', 'think', 'write stock'],
  stepKinds: ['read', 'think', 'write'],
  source: '',
} as unknown as RegisteredStrategy;
const PLAN = { ...PLAN_DEFAULTS, strategies: ['read-then-write'], stock: 3, attempts: 6, seed: 7 };
const find = (id: string) => (id === STRATEGY.id ? STRATEGY : undefined);

const TWO_RACES = join(projectRoot, 'tests/fixtures/lanes/lanes-of-two-races.ndjson');

/** Six buyers of three units, each of whom reads before the first has written, with steps. */
function recordedBatch(): Batch {
  const history = historyOf(
    Array.from({ length: 6 }, (_, n) => ({
      outcome: n < 5 ? 'accepted' : 'sold-out',
      at: [n * 100, n * 100 + 20_000 + n * 1_000] as [number, number],
      window: [1_000 + n, 18_000 + n * 1_000] as [number, number],
      seenStock: 3,
      ...(n < 5 && { remaining: 2, told: n + 1 }),
    })),
    attemptPrefixOf('race', 0),
  );
  const batch = { ...allocateBatch(6, 6 * 9, STRATEGY.stepNames), ...batchOf(history) };
  const steps = Array.from({ length: 6 }, () => [0, 500, 1_000, 1, 1_500, 10_000, 2, 12_000, 3_000]).flat();
  const stepOffset = Uint32Array.from({ length: 7 }, (_, i) => i * 9);
  return { ...batch, steps: Int32Array.from(steps), stepOffset, stepNames: STRATEGY.stepNames };
}

function read(file: Uint8Array | string): Promise<HistoryRace> {
  return raceOfHistory(readHistory([file], { keepSteps: true }), find);
}

test('the race of an exported lane is the one that was recorded, but for what only its generator knew', async () => {
  const batch = recordedBatch();
  const orders = toOrderColumns(
    Array.from({ length: 5 }, (_, n) => ({
      orderId: String(n + 1),
      attemptId: `race.0.${n}`,
      quantity: 1,
    })),
  );
  const final = { initialStock: 3, finalStock: 2, orders };
  const store = { append: () => Promise.resolve(), read: () => Promise.resolve([]) };
  const recorder = new LaneRecorder('race', 0, STRATEGY, 'race.race.0', PLAN, store);
  recorder.record({ batch, packed: packBatch(batch) }, 0);
  advance(recorder, 'auditing');
  recorder.finish(audit({ attemptPrefix: 'race.0.', ...batch }, final), final);
  const recorded = recorder.view();
  const file = Buffer.concat(
    await collect(
      writeHistory({
        header: {
          ...{ raceId: 'race', strategy: STRATEGY.id, expected: 'unsafe', sku: 'race.race.0' },
          ...{ initialStock: 3, attemptPrefix: 'race.0.', stepNames: STRATEGY.stepNames },
          plan: { ...PLAN, poolSize: 20 },
        },
        batches: [batch],
        orders: eachOrder(orders),
        final,
      }),
    ),
  );

  const { race, hasPlan, lacks, contradictions } = await read(file);

  expect(recorded.verdict.status).toBe('violated');
  expect(race).toMatchObject({ id: 'race', status: 'finished', plan: PLAN, poolSize: 20 });
  // the row was never sampled while this lane ran, and its generator measured nothing
  const { series, honesty, ...rest } = recorded;
  const [lane] = race.lanes;
  expect(lane).toMatchObject(rest);
  expect(lane?.series).toEqual({ ...series, stock: lane?.series.stock });
  expect(lane?.series.stock.at(-1)).toBe(2);
  expect(honesty.recorded).toBe(lane?.honesty.recorded);
  expect({ hasPlan, contradictions }).toEqual({ hasPlan: true, contradictions: [] });
  expect(lacks).toEqual([
    'It holds no samples of the item’s row: the stock is drawn from what each sale left.',
  ]);
});

test('a file with a part of a plan does not tell the plan, nor a pool that it does not name', async () => {
  const file = (plan: object) =>
    [
      JSON.stringify({
        ...{ format: 'oversell-history', version: 2, strategy: 'mine', initialStock: 1, attemptPrefix: 'a-' },
        plan,
      }),
      '{"final":{"finalStock":1}}',
      '{"end":{"attempts":0,"orders":0}}\n',
    ].join('\n');
  const partly = await read(file({ stock: 1 }));
  expect(partly.hasPlan).toBe(false);
  expect(partly.lacks[1]).toBe('It tells only a part of the load plan under which it was recorded.');
  const { race, hasPlan } = await read(file(PLAN));
  expect(hasPlan).toBe(true);
  expect(describePlan(race.plan, race.poolSize).join()).not.toContain('pool');
});

test('a file that somebody has written by hand says what it does not tell', async () => {
  const { race, hasPlan, lacks } = await read(
    `${[
      '{"format":"oversell-history","version":2,"strategy":"mine","initialStock":1,"attemptPrefix":"a-"}',
      '{"n":0,"call":0,"return":900,"outcome":"accepted","windowStart":100,"windowEnd":500}',
      '{"n":1,"call":50,"return":950,"outcome":"accepted","windowStart":200,"windowEnd":600}',
      '{"order":"1","attempt":"a-0","quantity":1}',
      '{"order":"2","attempt":"a-1","quantity":1}',
      '{"final":{"finalStock":0}}',
      '{"end":{"attempts":2,"orders":2}}',
    ].join('\n')}\n`,
  );

  expect(race).toMatchObject({ id: 'unnamed', plan: { strategies: ['mine'], stock: 1, attempts: 2 } });
  expect(race.lanes[0]).toMatchObject({
    ...{ strategyName: 'mine', expected: 'safe', role: 'contestant', oversold: 1, time: null },
    verdict: { status: 'violated' },
  });
  expect(hasPlan).toBe(false);
  expect(lacks.slice(1)).toEqual([
    'It does not say under which load plan it was recorded.',
    'This program does not have the strategy mine, so it cannot say what its steps do.',
    'It does not say what to expect of its strategy, which is shown as one that has to hold.',
    'It has no digest for its lanes: nothing shows whether it was changed.',
  ]);
});

test('a control is one by the plan, and a lane that tells another result of it is contradicted', async () => {
  const held = goodLane(2, ['accepted', 'accepted', 'sold-out']);
  const plan = { ...PLAN, strategies: ['conditional-update'] };
  const claims = {
    strategy: 'conditional-update',
    control: { strategy: 'read-then-write', broke: true },
    plan,
  };
  const lane = await writeSketch(held, { ...claims, part: [1, 2] });
  const control = await writeSketch(held, { strategy: 'read-then-write', plan, lane: 1, part: [2, 2] });

  const { race, contradictions } = await read(Buffer.concat([lane, control]));

  expect(race.lanes.map(({ role, index }) => [role, index])).toEqual([
    ['contestant', 0],
    ['control', 1],
  ]);
  expect(race.lanes[0]?.control).toEqual({ lane: 1, strategy: 'read-then-write', broke: true });
  expect(contradictions).toEqual([
    'The lane of conditional-update says that its control read-then-write broke; by the audit of the control’s own lane it did not break.',
  ]);
});

test('the stock is drawn by the end of the last write, in the order of the writes', async () => {
  const sale = (remaining: number, end: number, returned: number) => ({
    ...{ outcome: 'accepted' as const, remaining, at: [0, returned] as [number, number] },
    window: [0, end] as [number, number],
  });
  const attempts = [sale(1, 60_000, 200_000), sale(2, 10_000, 210_000), sale(0, 110_000, 220_000)];
  const final = { initialStock: 3, finalStock: 0, orders: ordersFor([0, 1, 2]) };
  const { race } = await read(await writeSketch({ attempts, final }));

  expect(race.lanes[0]?.series.bucketMs).toBe(25);
  expect(race.lanes[0]?.series.stock).toEqual([2, null, 1, null, 0, null, null, null, 0]);
});

test('an empty file is no race', async () => {
  await expect(raceOfHistory([], find)).rejects.toThrow('The file holds no lane.');
});

test('lanes of two races in one file each keep the control of their own race; no load plan is shown', async () => {
  const { race, hasPlan, contradictions } = await raceOfHistory(
    readHistory(createReadStream(TWO_RACES)),
    () => undefined,
  );
  expect(contradictions).toEqual([]);
  expect(hasPlan).toBe(false);
  expect(race.lanes.map(({ strategy, role, control }) => [strategy, role, control?.lane])).toEqual([
    ['conditional-update', 'contestant', 1],
    ['read-then-write', 'control', undefined],
    ['optimistic-version', 'contestant', 3],
    ['read-then-write', 'control', undefined],
  ]);
});
