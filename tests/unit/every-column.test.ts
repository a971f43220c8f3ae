import { expect, test } from 'vitest';
import { readAttempt, writeAttempt } from '@/history-file/attempt-line';
import { packBatch, unpackBatch } from '@/load/packed-batch';
import { decodeLive, encodeLive } from '@/model/batches/batch-bytes';
import { fromJson, toJson } from '@/model/batches/batch-json';
import { COLUMN_NAMES, emptyBatch, emptyColumns, HISTORY_NAMES, LIVE_NAMES, specOf } from '@/model/columns';
import type { Batch } from '@/model/columns';
import { joinBatches, selectAttempts } from '@/model/history';
import { HistoryBuilder } from '@/recording/history-builder';
import { AttemptLog } from '../../app/live/attempt-log';

/** Two attempts: of the first every column says something else, of the second nothing. */
function fullBatch(): Batch {
  const batch = emptyBatch(2);
  for (const [k, name] of COLUMN_NAMES.entries()) batch[name][0] = name === 'outcome' ? 2 : k + 5;
  return batch;
}

const valuesOf = (of: Batch) => COLUMN_NAMES.map((name) => [name, ...of[name]]);

test('every column of the table is stored, told over HTTP and sent to pages', () => {
  const batch = fullBatch();
  expect(valuesOf(unpackBatch(packBatch(batch), 0))).toEqual(valuesOf(batch));
  const json = JSON.stringify(toJson({ raceId: 'r', lane: 0 }, batch));
  expect(valuesOf(fromJson(JSON.parse(json) as ReturnType<typeof toJson>))).toEqual(valuesOf(batch));
  const live = decodeLive(encodeLive(batch), 0);
  for (const name of LIVE_NAMES) expect([name, live[name]]).toEqual([name, batch[name]]);
});

test('every column of the table is kept by the page that was sent it', () => {
  const batch = fullBatch();
  const log = new AttemptLog();
  log.append(batch);
  const [known, unknown] = [log.row(0), log.row(1)] as unknown as Record<string, number | null>[];
  for (const name of LIVE_NAMES) {
    const { isNullable, spanName } = specOf(name);
    const value = batch[name][0]! - (spanName ? batch.call[0]! : 0);
    expect([name, known![spanName ?? name]]).toEqual([name, value]);
    if (isNullable) expect([name, unknown![name]]).toEqual([name, null]);
  }
});

test('every column of a history gets there from the log, from a file, and by selection', () => {
  const batch = fullBatch();
  const builder = new HistoryBuilder(2, 'r.0.');
  builder.add(batch);
  const line = JSON.parse(writeAttempt(batch, 0)) as Record<string, unknown>;
  const fromFile = emptyColumns(2);
  expect(Object.keys(line)).toEqual(HISTORY_NAMES);
  expect(readAttempt(line, [], fromFile, 0)).toBe(true);
  const histories = [builder.build(), joinBatches([batch], 'r.0.')];
  for (const name of HISTORY_NAMES) {
    for (const history of histories) expect([name, history[name]]).toEqual([name, batch[name]]);
    const selected = selectAttempts(histories[0]!, Uint8Array.of(0, 1));
    expect([name, ...selected[name]]).toEqual([name, batch[name][1]]);
    expect([name, fromFile[name][0]]).toEqual([name, batch[name][0]]);
  }
});
