import { expect, test } from 'vitest';
import type { StoredBatch } from '@/model/event-batch';
import { joinBatches, type AttemptBatch, type History } from '@/model/history';
import { correctCase } from '../../bench/support/audit-histories';
import { HistoryBuilder } from './history-builder';
import { fromStoredBatch, toStoredBatch } from './batch-codec';

const ATTEMPTS = 100;

/** Batches of 40, 40 and 20 attempts, as a log holds them. */
function logOf(history: History): StoredBatch[] {
  return [0, 40, 80].map((seq) => {
    const part = (column: Float64Array) => column.slice(seq, seq + 40);
    const count = Math.min(40, ATTEMPTS - seq);
    const batch: AttemptBatch = {
      ...history,
      ...{ count, n: history.n.slice(seq), outcome: history.outcome.slice(seq) },
      ...{ call: part(history.call), return: part(history.return), remaining: part(history.remaining) },
      ...{ windowStart: part(history.windowStart), windowEnd: part(history.windowEnd) },
      ...{ seenStock: part(history.seenStock), seenVersion: part(history.seenVersion) },
      ...{ orderId: part(history.orderId), token: part(history.token) },
      ...{ steps: new Int32Array(0), stepOffset: new Uint32Array(count + 1) },
    };
    return toStoredBatch({ raceId: 'r', lane: 0, seq }, batch, []);
  });
}

function build(batches: StoredBatch[], count = ATTEMPTS): History {
  const builder = new HistoryBuilder(count, 'r.0.');
  for (const batch of batches) builder.add(batch);
  return builder.build();
}

test('a history built of stored batches is the one that joining their columns makes', () => {
  const batches = logOf(correctCase(ATTEMPTS).history);
  expect(build(batches)).toEqual(joinBatches(batches.map(fromStoredBatch), 'r.0.'));
  const { token, windowStart, ...older } = batches[0] as StoredBatch;
  expect([token?.length, windowStart?.length]).toEqual([40, 40]);
  const mixed = [older, ...batches.slice(1)];
  expect(build(mixed)).toEqual(joinBatches(mixed.map(fromStoredBatch), 'r.0.'));
});

test('columns without a known value cost a lane one column together', () => {
  const history = build(logOf(correctCase(ATTEMPTS).history));
  expect(history.holdStart).toBe(history.holdEnd);
  expect([...history.holdStart]).toEqual(new Array(ATTEMPTS).fill(NaN));
  expect(history.token).not.toBe(history.holdStart);
});

test('a log with a hole, a repetition, too much or too little is never judged', () => {
  const [first, second, third] = logOf(correctCase(ATTEMPTS).history) as [
    StoredBatch,
    StoredBatch,
    StoredBatch,
  ];
  expect(() => build([first, third])).toThrow('the event log has attempts 80 to 99 after 40 of 100');
  expect(() => build([first, first])).toThrow('attempts 0 to 39 after 40');
  expect(() => build([first, second, third], 90)).toThrow('attempts 80 to 99 after 80 of 90');
  expect(() => build([first, second])).toThrow('the event log has 80 of 100 attempts');
});
