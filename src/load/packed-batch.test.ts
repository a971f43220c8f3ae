import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBatch, encodeBatch } from '@/model/batches/batch-bytes';
import { toJson } from '@/model/batches/batch-json';
import { allocateBatch, COLUMN_NAMES, sliceBatch, specOf } from '@/model/columns';
import type { ArrayKind, Batch } from '@/model/columns';
import { joinBatches } from '@/model/history';
import { BytesError } from '@/model/batches/number-bytes';
import { audit } from '@/scenarios/inventory/audit/audit';
import { correctLane } from '../../tests/fixtures/lanes/correct-lane';
import { MUTATIONS } from '../../tests/fixtures/lanes/damages/index';
import { batchOf, finalOf, historyOf } from '../../tests/fixtures/lanes/history';
import { packBatch, unpackBatch } from './packed-batch';

const int32 = fc.integer();
const { MAX_SAFE_INTEGER: most } = Number;

/** Numbers of each array: near each other, far apart, as small and as large as they get, and unknown. */
const NUMBERS: Record<ArrayKind, fc.Arbitrary<number>> = {
  float64: fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.maxSafeInteger(),
    fc.constantFrom(NaN, NaN, -1, 2 ** 16, 2 ** 32, 2 ** 48, 2 ** 52, most, -most, most + 1, 0.5, Infinity),
    fc.double(),
  ),
  uint32: fc.oneof(fc.nat(999), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  int32,
  uint16: fc.nat(2 ** 16 - 1),
  uint8: fc.nat(2 ** 8 - 1),
};

const steps = fc.array(fc.array(fc.tuple(fc.nat(20), int32, int32), { maxLength: 4 }), { maxLength: 12 });

/** Batches of any size, of which each column is of one kind: all the same, close together, or anything. */
const anyBatch: fc.Arbitrary<Batch> = steps.chain((each) => {
  const column = (kind: ArrayKind) => {
    const list = (number: fc.Arbitrary<number>) =>
      fc.array(number, { minLength: each.length, maxLength: each.length });
    const near = fc.tuple(NUMBERS[kind], list(fc.constantFrom(0, 1, 2, 255, 256, NaN)));
    return fc.oneof(
      list(NUMBERS[kind]),
      NUMBERS[kind].map((number) => each.map(() => number)),
      near.map(([base, list]) => list.map((by) => base + by)),
    );
  };
  const columns = fc.tuple(...COLUMN_NAMES.map((name) => column(specOf(name).array)));
  return columns.map((numbers) => {
    const flat = each.flat(2);
    const batch = allocateBatch(each.length, flat.length, ['read', 'write']);
    for (const [k, name] of COLUMN_NAMES.entries()) batch[name].set(numbers[k] ?? []);
    batch.steps.set(flat);
    for (const [i, own] of each.entries()) batch.stepOffset[i + 1] = batch.stepOffset[i]! + 3 * own.length;
    return batch;
  });
});

/** Numbers are equal where they are the same number, and there is but one zero. */
function plain(batch: Batch): Record<string, unknown> {
  const columns = COLUMN_NAMES.map((name) => [name, Array.from(batch[name], (value) => value + 0)] as const);
  const stepsOf = (i: number) => [...batch.steps.subarray(batch.stepOffset[i], batch.stepOffset[i + 1])];
  const { seq, count, stepNames } = batch;
  return {
    seq,
    count,
    stepNames,
    ...Object.fromEntries(columns),
    steps: [...batch.n].map((_, i) => stepsOf(i)),
  };
}

test('a batch that is packed and unpacked is the same batch', () => {
  fc.assert(
    fc.property(anyBatch, fc.nat(), (batch, seq) => {
      expect(plain(unpackBatch(packBatch(batch), seq))).toEqual(plain({ ...batch, seq }));
    }),
    { numRuns: 1_000 },
  );
});

test('a part of a batch is packed without the rest', () => {
  fc.assert(
    fc.property(anyBatch, fc.nat(12), fc.nat(12), (batch, a, b) => {
      const [from, to] = [a, b].map((at) => Math.min(at, batch.count)).sort((x, y) => x - y) as [
        number,
        number,
      ];
      const part = sliceBatch(batch, from, to);
      expect(plain(unpackBatch(packBatch(part), from))).toEqual(plain(part));
      const kept = plain(batch);
      for (const [name, values] of Object.entries(plain(part)))
        if (Array.isArray(values) && name !== 'stepNames')
          expect(values).toEqual((kept[name] as unknown[]).slice(from, to));
    }),
  );
});

test('a batch that is damaged or cut off is an error, and never another batch', () => {
  fc.assert(
    fc.property(anyBatch, fc.nat(), fc.integer({ min: 1, max: 255 }), (batch, place, change) => {
      const packed = packBatch(batch);
      const at = place % packed.length;
      expect(() => unpackBatch(packed.subarray(0, at), 0)).toThrow();
      const bytes = encodeBatch(batch);
      expect(() => decodeBatch(bytes.subarray(0, place % bytes.length))).toThrow(BytesError);
      packed[at]! ^= change;
      let read: Batch;
      try {
        read = unpackBatch(packed, 0);
      } catch {
        return;
      }
      // of the last byte before the checksum not all bits mean something
      expect(plain(read)).toEqual(plain(batch));
    }),
    { numRuns: 1_000 },
  );
});

test('bytes that are none of a batch are refused, whatever they claim', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, isVersion) => {
      if (isVersion) bytes[0] = 1;
      try {
        expect(decodeBatch(bytes).count).toBeLessThanOrEqual(2 ** 20);
      } catch (error) {
        expect(error).toBeInstanceOf(BytesError);
      }
    }),
  );
});

test('a reader takes the columns it knows from a log that has fewer of them, or others', () => {
  const batch = batchOf(historyOf([{ outcome: 'accepted', token: 7, remaining: 3, window: [1, 5] }]));
  const bytes = encodeBatch(batch);
  const at = Buffer.from(bytes).indexOf('token');
  bytes.set(Buffer.from('nekot'), at);
  const read = decodeBatch(bytes);
  expect(plain(read)).toEqual({ ...plain(batch), token: [NaN] });
});

test('a row from before batches were binary is read as it was meant', () => {
  const batch = batchOf(historyOf([{ outcome: 'accepted', told: 9, at: [3, 8] }, { outcome: 'sold-out' }]));
  const json = toJson({ raceId: 'r', lane: 0 }, { ...batch, seq: 40 });
  const row = new Uint8Array(deflateRawSync(JSON.stringify(json), { level: 1 }));
  expect(plain(unpackBatch(row, 40))).toEqual(plain({ ...batch, seq: 40 }));
});

test('a history that was stored and read again is judged the same', () => {
  fc.assert(
    fc.property(correctLane, fc.constantFrom(undefined, ...MUTATIONS), fc.nat(), (lane, mutation, choice) => {
      fc.pre(lane.final.orders.length > 0);
      mutation?.damage(lane, choice);
      const history = historyOf(lane.attempts);
      const restored = joinBatches([unpackBatch(packBatch(batchOf(history)), 0)], history.attemptPrefix);
      expect(audit(restored, finalOf(lane))).toEqual(audit(history, finalOf(lane)));
    }),
    { numRuns: 300 },
  );
});
