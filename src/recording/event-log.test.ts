import { expect, test } from 'vitest';
import { deferred } from '@/lib/deferred';
import { packBatch, unpackBatch } from '@/load/packed-batch';
import type { RecordedBatch } from '@/load/packed-batch';
import { emptyBatch } from '@/model/columns';
import type { Batch } from '@/model/columns';
import { EventLog } from './event-log';
import type { BatchRow, BatchStore } from './event-log';

const PLACE = { raceId: 'r', lane: 0 };

/** `count` attempts with numbers from `first` on. */
function batchOf(first: number, count: number): RecordedBatch {
  const batch = emptyBatch(count);
  for (let i = 0; i < count; i += 1) batch.n[i] = first + i;
  return { batch, packed: packBatch(batch) };
}

function openLog(store: Partial<BatchStore>): EventLog {
  const append = () => Promise.reject(new Error('nothing should be written'));
  const read = () => Promise.reject(new Error('everything is still in memory'));
  return new EventLog({ append, read, ...store }, PLACE);
}

const numbers = (batches: Batch[]) => batches.flatMap(({ n }) => [...n]);

test('is readable from any number at once, and stores in order behind', async () => {
  const stored: BatchRow[] = [];
  const slow = deferred();
  const log = openLog({
    append: async (place, rows) => {
      expect(place).toEqual(PLACE);
      await slow.promise;
      stored.push(...rows);
    },
  });
  for (const [seq, count] of [
    [0, 3],
    [3, 4],
    [7, 2],
  ] as const)
    log.append(batchOf(seq, count));

  expect(log.next).toBe(9);
  expect(numbers(await log.read(0, 10))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(numbers(await log.read(4, 10))).toEqual([4, 5, 6, 7, 8]);
  expect(numbers(await log.read(4, 1))).toEqual([4, 5, 6]);
  expect(await log.read(9, 10)).toEqual([]);
  expect(log.stored).toBe(0);
  slow.resolve();
  await log.flushed();
  expect(log.stored).toBe(9);
  expect(stored.map(({ seq }) => seq)).toEqual([0, 3, 7]);
  expect(numbers(stored.map(({ columns, seq }) => unpackBatch(columns, seq)))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ]);
});

test('what comes after a refused write is stored as well, once the store takes it', async () => {
  const stored: number[] = [];
  let isFull = true;
  const log = openLog({
    append: async (_place, rows) => {
      if (isFull) throw Object.assign(new Error('no space'), { code: '53100' });
      stored.push(...rows.map(({ seq }) => seq));
    },
  });
  log.append(batchOf(0, 3));
  await expect(log.flushed()).rejects.toThrow('no space');
  log.append(batchOf(3, 4));
  expect(log.stored).toBe(0);
  isFull = false;
  await log.complete();
  expect(stored).toEqual([0, 3]);
  expect([log.stored, log.unstored]).toEqual([7, 0]);
});

test('keeps a bounded tail in memory and reads what is older from the store', async () => {
  const stored: BatchRow[] = [];
  const asked: number[] = [];
  const log = openLog({
    append: async (_place, rows) => void stored.push(...rows),
    read: async (_race, _lane, seq) => {
      asked.push(seq);
      return stored.filter((row) => row.seq >= seq).map((row) => unpackBatch(row.columns, row.seq));
    },
  });
  for (let seq = 0; seq < 120_000; seq += 10_000) log.append(batchOf(seq, 10_000));
  await log.flushed();

  expect((await log.read(0, 1))[0]?.seq).toBe(0);
  expect(asked).toEqual([0]);
  expect((await log.read(110_000, 1))[0]?.seq).toBe(110_000);
  expect(asked).toEqual([0]);
});

test('writes what has come up together, and never more than that at once', async () => {
  const writes: number[] = [];
  const first = deferred();
  const log = openLog({
    append: async (_place, rows) => {
      writes.push(rows.length);
      if (writes.length === 1) await first.promise;
    },
  });
  for (let seq = 0; seq < 40; seq += 1) log.append(batchOf(seq, 1));
  expect(log.unstored).toBe(40);
  first.resolve();
  await log.flushed();
  expect(writes).toEqual([1, 16, 16, 7]);
  expect([log.unstored, log.stored]).toEqual([0, 40]);
});

test('a store that refuses a batch fails the flush, not the process', async () => {
  const log = openLog({
    append: () => Promise.reject(new Error('disk full')),
  });
  log.append(batchOf(0, 1));
  await expect(log.flushed()).rejects.toThrow('disk full');
  log.append(batchOf(1, 1));
  await expect(log.flushed()).rejects.toThrow('disk full');
  expect([log.stored, log.unstored]).toEqual([0, 2]);
});
