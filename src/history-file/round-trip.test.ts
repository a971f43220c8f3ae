import fc from 'fast-check';
import { expect, test } from 'vitest';
import { weighByControl, type Control } from '@/audit/positive-control';
import { audit } from '@/scenarios/inventory/audit/audit';
import {
  correctLane,
  correctLaneThatMayRise,
  correctLaneWithSale,
} from '../../tests/fixtures/lanes/correct-lane';
import { MUTATIONS } from '../../tests/fixtures/lanes/damages/index';
import { finalOf, historyOf, type LaneSketch } from '../../tests/fixtures/lanes/history';
import { collect, readLanes, writeSketch } from '../../tests/fixtures/lanes/history-file';
import { auditHistory } from './audit-history';
import { readHistory } from './read-history';

// fast-check prints the seed and the shrunken lane when a property fails; `fc.assert(…, { seed })` runs it again.

/** A correct lane, or one with damage of any kind that it offers something to. */
const damagedLane = fc
  .tuple(correctLaneWithSale, fc.constantFrom(...MUTATIONS), fc.nat())
  .map(([given, { damage }, choice]) => {
    const lane = structuredClone(given);
    damage(lane, choice);
    return lane;
  });

const anyLane = fc.oneof(correctLane, correctLaneThatMayRise, damagedLane, damagedLane);

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ arbitrary: fc.constant(undefined), weight: 5 }, { arbitrary, weight: 1 });
}

const remaining = fc.option(fc.integer({ min: -3, max: 20 }));

/** What an audit knows of a lane beside its history and its orders. */
const circumstances = fc.record({
  stillRunning: rarely(fc.nat(3)),
  connections: rarely(fc.integer({ min: 1, max: 10 })),
  counter: rarely(fc.record({ store: fc.constant('Redis'), remaining })),
  stopped: rarely(fc.constant('by request')),
  control: rarely(fc.record({ strategy: fc.constant('read-then-write'), broke: fc.boolean() })),
});

/** As the server that ran the lane judges it. */
function judge(lane: LaneSketch, stopped: string | undefined, control: Control | undefined) {
  const audited = audit(historyOf(lane.attempts), finalOf(lane), { stopped });
  return { ...audited, verdict: weighByControl(audited.verdict, control ?? null) };
}

test('a lane that was written and read again is judged the same, to the last piece of evidence', async () => {
  const seen = { ok: 0, violated: 0, inconclusive: 0 };
  await fc.assert(
    fc.asyncProperty(anyLane, circumstances, async (given, { stopped, control, ...facts }) => {
      const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
      const lane = { ...given, final: { ...given.final, ...known } };
      const direct = judge(lane, stopped, control);
      const file = await writeSketch(lane, { stopped, control });
      const [read] = await readLanes(file);
      expect(read && auditHistory(read)).toEqual(direct);
      expect(read?.sealed).toBe(true);
      seen[direct.verdict.status] += 1;
    }),
    { numRuns: 1_000 },
  );
  expect(Math.min(seen.ok, seen.violated, seen.inconclusive)).toBeGreaterThan(30);
});

test('the columns and rows that come back are those that were written', async () => {
  await fc.assert(
    fc.asyncProperty(anyLane, async (lane) => {
      const [read] = await readLanes(await writeSketch(lane));
      expect(read?.history).toEqual(historyOf(lane.attempts));
      expect(read?.final).toEqual(finalOf(lane));
    }),
    { numRuns: 300 },
  );
});

test('a file may come in pieces of any size, as bytes or as text', async () => {
  await fc.assert(
    fc.asyncProperty(correctLaneWithSale, fc.integer({ min: 1, max: 300 }), async (lane, size) => {
      const file = await writeSketch(lane, { strategy: 'é😀—', plan: { note: '😀'.repeat(40) } });
      const text = Buffer.from(file).toString();
      const bytes = Array.from({ length: Math.ceil(file.length / size) }, (_, i) =>
        file.subarray(i * size, (i + 1) * size),
      );
      const texts = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, (i + 1) * size),
      );
      const whole = await readLanes(file);
      expect(whole[0]?.header.strategy).toBe('é😀—');
      expect(await collect(readHistory(bytes))).toEqual(whole);
      expect(await collect(readHistory(texts))).toEqual(whole);
    }),
    { numRuns: 100 },
  );
});

test('several lanes in a file are read one after the other', async () => {
  const lanes = await Promise.all(
    fc.sample(correctLaneWithSale, 3).map((lane, i) => writeSketch(lane, { lane: i, part: [i + 1, 3] })),
  );
  const read = await readLanes(Buffer.concat(lanes));
  expect(read.map(({ header }) => header.lane)).toEqual([0, 1, 2]);
});

test('a file of the first version is read, and what it could not say is not known', async () => {
  const lines = [
    '{"format":"oversell-history","version":1,"strategy":"mine","initialStock":1,"attemptPrefix":"a-"}',
    '{"n":0,"call":0,"return":900,"outcome":"accepted","windowStart":100,"windowEnd":500}',
    '{"order":"1","attempt":"a-0","quantity":1}',
    '{"final":{"finalStock":0}}',
    '{"end":{"attempts":1,"orders":1}}',
  ];
  const [lane] = await readLanes(`${lines.join('\n')}\n`);
  const { windowEnd, waitStart, pendingStart } = lane!.history;
  expect([windowEnd[0], waitStart[0], pendingStart[0]]).toEqual([500, NaN, NaN]);
});
