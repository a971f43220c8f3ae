import type { Batch } from '@/model/columns';

/** Reads stored batches from the one that holds sequence number `seq`, at most `limit`; empty past the end. */
export type ReadBatches = (seq: number, limit: number) => Promise<Batch[]>;

/** Batches read at a time, on either side of the expected place of the attempt. */
const AT_ONCE = 8;

/**
 * Finds attempt `n` in a lane's event log. Attempts are logged in the order of their outcomes, which is nearly that of
 * their numbers: at most those in flight together lie between the two. So the search starts at sequence number `n` and
 * goes outwards, and reads a handful of batches of a log of any length.
 */
export async function findAttempt(
  read: ReadBatches,
  n: number,
  recorded: number,
): Promise<{ batch: Batch; at: number } | null> {
  let up = Math.min(n, Math.max(0, recorded - 1));
  let down = up;
  while (up < recorded || down > 0) {
    const above = up < recorded ? await read(up, AT_ONCE) : [];
    const found = search(above, n);
    if (found) return found;
    const last = above.at(-1);
    up = last ? last.seq + last.count : recorded;
    if (down === 0) continue;
    const from = Math.max(0, down - AT_ONCE * ATTEMPTS_A_BATCH);
    const below = await readUntil(read, from, down);
    const foundBelow = search(below, n);
    if (foundBelow) return foundBelow;
    down = from;
  }
  return null;
}

/** The most attempts of a batch; see load/batch-builder.ts. */
const ATTEMPTS_A_BATCH = 512;

async function readUntil(read: ReadBatches, from: number, to: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let next = from; next < to;) {
    const more = await read(next, AT_ONCE);
    const last = more.at(-1);
    if (!last) break;
    batches.push(...more);
    next = last.seq + last.count;
  }
  return batches;
}

function search(batches: readonly Batch[], n: number): { batch: Batch; at: number } | null {
  for (const batch of batches) {
    const at = batch.n.indexOf(n);
    if (at !== -1) return { batch, at };
  }
  return null;
}
