import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyBatch, sliceBatch } from '@/model/columns';
import type { Batch } from '@/model/columns';
import { findAttempt } from './find-attempt';
import type { ReadBatches } from './find-attempt';

/** A log of these attempt numbers in batches of `size`, and how many batches were read of it. */
function logOf(numbers: number[], size: number): { read: ReadBatches; batchesRead: () => number } {
  const batches: Batch[] = [];
  for (let seq = 0; seq < numbers.length; seq += size) {
    const n = numbers.slice(seq, seq + size);
    const batch = { ...emptyBatch(n.length), seq };
    batch.n.set(n);
    batches.push(batch);
  }
  let batchesRead = 0;
  return {
    read: async (seq, limit) => {
      const first = batches.findIndex((batch) => seq < batch.seq + batch.count);
      const found = first === -1 ? [] : batches.slice(first, first + limit);
      batchesRead += found.length;
      return found.map((batch) => sliceBatch(batch, seq - batch.seq));
    },
    batchesRead: () => batchesRead,
  };
}

it('finds every attempt of any log, and none that is not there', async () => {
  const logs = fc.integer({ min: 0, max: 400 }).chain((count) =>
    fc.record({
      numbers: fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
      size: fc.integer({ min: 1, max: 60 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(logs, async ({ numbers, size }) => {
      const { read } = logOf(numbers, size);
      for (const [seq, n] of numbers.entries()) {
        const found = await findAttempt(read, n, numbers.length);
        expect(found && found.batch.seq + found.at).toBe(seq);
      }
      expect(await findAttempt(read, numbers.length, numbers.length)).toBeNull();
    }),
    { numRuns: 40 },
  );
});

it('reads a handful of batches of a long log', async () => {
  const inFlight = 100;
  // attempt numbers as a hundred buyers leave them: in order but for those that are in flight together
  const numbers = Array.from({ length: 100_000 }, (_, i) => i - (i % inFlight) + ((i * 37) % inFlight));
  const { read, batchesRead } = logOf(numbers, 50);
  const found = await findAttempt(read, 77_777, numbers.length);
  expect(found?.batch.n[found.at]).toBe(77_777);
  expect(batchesRead()).toBeLessThan(100);
});
