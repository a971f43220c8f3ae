import { expect, test } from 'vitest';
import { sliceBatch } from '@/model/columns';
import type { Batch } from '@/model/columns';
import { joinBatches } from '@/model/history';
import type { History } from '@/model/history';
import { correctCase } from '../../bench/support/audit-histories';
import { batchOf } from '../../tests/fixtures/lanes/history';
import { HistoryBuilder } from './history-builder';

const ATTEMPTS = 100;

/** Batches of 40, 40 and 20 attempts, as a log holds them. */
function logOf(history: History): Batch[] {
  return [0, 40, 80].map((from) => batchOf(history, from, Math.min(from + 40, ATTEMPTS)));
}

function build(batches: Batch[], count = ATTEMPTS): History {
  const builder = new HistoryBuilder(count, 'k7w2m9qd4x.0.');
  for (const batch of batches) builder.add(batch);
  return builder.build();
}

test('a history built of batches is the one that joining them makes', () => {
  const { history } = correctCase(ATTEMPTS);
  const batches = logOf(history);
  expect(build(batches)).toEqual(history);
  expect(build(batches)).toEqual(joinBatches(batches, 'k7w2m9qd4x.0.'));
  batches[0]!.token.fill(Number.NaN);
  expect(build(batches)).toEqual(joinBatches(batches, 'k7w2m9qd4x.0.'));
  expect(build([sliceBatch(batches[0]!, 0, 10)], 10).n).toEqual(history.n.slice(0, 10));
});

test('columns without a known value cost a lane one column together', () => {
  const history = build(logOf(correctCase(ATTEMPTS).history));
  expect(history.holdStart).toBe(history.holdEnd);
  expect([...history.holdStart]).toEqual(new Array(ATTEMPTS).fill(NaN));
  expect(history.token).not.toBe(history.holdStart);
});

test('a log with a hole, a repetition, too much or too little is never judged', () => {
  const [first, second, third] = logOf(correctCase(ATTEMPTS).history) as [Batch, Batch, Batch];
  expect(() => build([first, third])).toThrow('the event log has attempts 80 to 99 after 40 of 100');
  expect(() => build([first, first])).toThrow('attempts 0 to 39 after 40');
  expect(() => build([first, second, third], 90)).toThrow('attempts 80 to 99 after 80 of 90');
  expect(() => build([first, second])).toThrow('the event log has 80 of 100 attempts');
});
