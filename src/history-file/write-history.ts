import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { HistoryColumns, Steps } from '@/model/columns';
import type { FinalState, OrderRow } from '@/model/final-state';
import { writeAttempt } from './attempt-line';
import { CLOCK, FORMAT, FORMAT_VERSION } from './format';
import type { HeaderFacts } from './format';
import { HistoryFileError } from './history-file-error';

/** Attempts or orders written as one piece. */
const ROWS_AT_ONCE = 512;

/** Attempts in the order in which they were recorded, with their steps where the header names them. */
export type BatchToWrite = HistoryColumns & Partial<Steps>;

/** A lane from any store; batches and orders are read one after the other, and not held. */
export interface LaneToWrite {
  header: HeaderFacts;
  batches: AsyncIterable<BatchToWrite> | Iterable<BatchToWrite>;
  orders: AsyncIterable<OrderRow> | Iterable<OrderRow>;
  final: Omit<FinalState, 'orders' | 'initialStock'>;
  /** The expected counts: a lane with other counts is not written to its end. */
  expected?: { attempts: number; orders: number };
}

/**
 * The lines of a lane, in pieces of many lines each. A file of several lanes is one after the other.
 *
 * @throws HistoryFileError for a value that no reader would accept, and when the counts differ from `expected`
 */
export async function* writeHistory(lane: LaneToWrite): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const digest = sha256.create();
  const write = (lines: string[]) => {
    const bytes = encoder.encode(`${lines.join('\n')}\n`);
    digest.update(bytes);
    return bytes;
  };
  const { finalStock, restocked, counter, givesBack, stillRunning, connections } = lane.final;
  const counts = { attempts: 0, orders: 0 };

  yield write([JSON.stringify({ format: FORMAT, version: FORMAT_VERSION, ...lane.header, clock: CLOCK })]);
  for await (const batch of lane.batches) {
    counts.attempts += batch.count;
    for (const lines of writeAttempts(batch)) yield write(lines);
  }
  for await (const lines of writeOrders(lane.orders)) {
    counts.orders += lines.length;
    yield write(lines);
  }
  const final = { finalStock, restocked, counter, givesBack, stillRunning, connections };
  yield write([JSON.stringify({ final })]);
  checkCounts(counts, lane.expected);
  yield encoder.encode(`${JSON.stringify({ end: { ...counts, sha256: bytesToHex(digest.digest()) } })}\n`);
}

function checkCounts(counts: Counts, expected: Counts = counts): void {
  for (const rows of ['attempts', 'orders'] as const) {
    if (counts[rows] !== expected[rows])
      throw new HistoryFileError(0, `${expected[rows]} ${rows} were judged, and ${counts[rows]} are left.`);
  }
}

type Counts = Record<'attempts' | 'orders', number>;

function* writeAttempts(batch: BatchToWrite): Generator<string[]> {
  for (let start = 0; start < batch.count; start += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, batch.count - start);
    yield Array.from({ length: rows }, (_, row) => writeAttempt(batch, start + row));
  }
}

async function* writeOrders(orders: LaneToWrite['orders']): AsyncGenerator<string[]> {
  let lines: string[] = [];
  for await (const { orderId, attemptId, quantity } of orders) {
    lines.push(JSON.stringify({ order: String(orderId), attempt: attemptId, quantity }));
    if (lines.length < ROWS_AT_ONCE) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;
}
