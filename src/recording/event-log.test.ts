import { expect, test } from 'vitest';
import { deferred } from '@/lib/deferred';
import type { StoredBatch } from '@/model/event-batch';
import { emptyColumns } from '@/model/history';
import { decodeBatch, encodeBatch, fromStoredBatch, sliceBatch, toStoredBatch } from './batch-codec';
import { EventLog } from './event-log';

function batchOf(seq: number, count: number): StoredBatch {
  const columns = emptyColumns(count);
  for (let i = 0; i < count; i += 1) {
    columns.n[i] = seq + i;
    columns.call[i] = (seq + i) * 10;
    columns.return[i] = (seq + i) * 10 + 5;
    columns.outcome[i] = i % 5;
    columns.orderId[i] = i % 2 === 0 ? seq + i : Number.NaN;
  }
  const steps = Int32Array.from({ length: count * 3 }, (_, i) => i);
  const stepOffset = Uint32Array.from({ length: count + 1 }, (_, i) => i * 3);
  return toStoredBatch({ raceId: 'r', lane: 0, seq }, { ...columns, steps, stepOffset }, ['read', 'write']);
}

const numbers = (batches: StoredBatch[]) => batches.flatMap(({ n }) => n);

test('a batch survives being stored, and its columns being taken apart', async () => {
  const batch = batchOf(7, 20);
  expect(await decodeBatch(await encodeBatch(batch))).toEqual(batch);
  const columns = fromStoredBatch(batch);
  expect([...columns.return.slice(0, 2)]).toEqual([75, 85]);
  expect([...columns.orderId.slice(0, 2)]).toEqual([7, Number.NaN]);
  const rest = sliceBatch(batch, 25);
  expect(rest).toMatchObject({ seq: 25, count: 2, n: [25, 26], stepNames: ['read', 'write'] });
  expect(rest.steps).toEqual(batch.steps.slice(18));
});

test('is readable from any number at once, and stores in order behind', async () => {
  const stored: StoredBatch[] = [];
  const slow = deferred();
  const log = new EventLog({
    append: async (batches) => {
      await slow.promise;
      stored.push(...batches);
    },
    read: () => Promise.reject(new Error('everything is still in memory')),
  });
  for (const [seq, count] of [
    [0, 3],
    [3, 4],
    [7, 2],
  ] as const)
    log.append(batchOf(seq, count));

  expect(log.next).toBe(9);
  expect(numbers(await log.read('r', 0, 0, 10))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(numbers(await log.read('r', 0, 4, 10))).toEqual([4, 5, 6, 7, 8]);
  expect(numbers(await log.read('r', 0, 4, 1))).toEqual([4, 5, 6]);
  expect(await log.read('r', 0, 9, 10)).toEqual([]);
  expect(log.stored).toBe(0);
  slow.resolve();
  await log.flushed();
  expect(log.stored).toBe(9);
  expect(stored.map(({ seq }) => seq)).toEqual([0, 3, 7]);
});

test('keeps a bounded tail in memory and reads what is older from the store', async () => {
  const stored: StoredBatch[] = [];
  const asked: number[] = [];
  const log = new EventLog({
    append: async (batches) => void stored.push(...batches),
    read: async (_race, _lane, seq) => {
      asked.push(seq);
      return stored.filter((batch) => batch.seq >= seq);
    },
  });
  for (let seq = 0; seq < 120_000; seq += 10_000) log.append(batchOf(seq, 10_000));
  await log.flushed();

  expect((await log.read('r', 0, 0, 1))[0]?.seq).toBe(0);
  expect(asked).toEqual([0]);
  expect((await log.read('r', 0, 110_000, 1))[0]?.seq).toBe(110_000);
  expect(asked).toEqual([0]);
});

test('writes what has come up together, and never more than that at once', async () => {
  const writes: number[] = [];
  const first = deferred();
  const log = new EventLog({
    append: async (batches) => {
      writes.push(batches.length);
      if (writes.length === 1) await first.promise;
    },
    read: () => Promise.resolve([]),
  });
  for (let seq = 0; seq < 40; seq += 1) log.append(batchOf(seq, 1));
  expect(log.unstored).toBe(40);
  first.resolve();
  await log.flushed();
  expect(writes).toEqual([1, 16, 16, 7]);
  expect([log.unstored, log.stored]).toEqual([0, 40]);
});

test('a store that refuses a batch fails the flush, not the process', async () => {
  const log = new EventLog({
    append: () => Promise.reject(new Error('disk full')),
    read: () => Promise.resolve([]),
  });
  log.append(batchOf(0, 1));
  await expect(log.flushed()).rejects.toThrow('disk full');
  log.append(batchOf(1, 1));
  await expect(log.flushed()).rejects.toThrow('disk full');
  expect([log.stored, log.unstored]).toEqual([0, 2]);
});
