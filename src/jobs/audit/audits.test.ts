import { expect, test } from 'vitest';
import type { History } from '@/model/history';
import { encodeBatch, toStoredBatch } from '@/recording/batch-codec';
import { audit } from '@/scenarios/inventory/audit/audit';
import { listEvidence, listLosses, listNaming } from '@/scenarios/inventory/audit/list-evidence';
import type { PackedBatch, StoredBatches } from '@/store/batch-store';
import { violatedCase } from '../../../bench/support/audit-histories';
import { AUDITED_IN_PLACE, Audits } from './audits';

const BATCH = 5_000;
const [raceId, lane] = ['k7w2m9qd4x', 0];

/** The histories of the bench have fractions of a microsecond, which a log does not keep. */
function inWholeMicroseconds(history: History): History {
  const whole = (column: Float64Array) => column.map(Math.round);
  return {
    ...history,
    ...{ call: whole(history.call), return: whole(history.return) },
    ...{ windowStart: whole(history.windowStart), windowEnd: whole(history.windowEnd) },
    ...{ holdStart: whole(history.holdStart), holdEnd: whole(history.holdEnd) },
    ...{ waitStart: whole(history.waitStart), waitEnd: whole(history.waitEnd) },
    ...{ pendingStart: whole(history.pendingStart), pendingEnd: whole(history.pendingEnd) },
  };
}

async function pack(history: History): Promise<PackedBatch[]> {
  const batches: PackedBatch[] = [];
  for (let seq = 0; seq < history.count; seq += BATCH) {
    const count = Math.min(BATCH, history.count - seq);
    const columns = Object.entries(history).map(([name, value]: [string, unknown]) => [
      name,
      ArrayBuffer.isView(value) ? (value as Float64Array).slice(seq, seq + count) : value,
    ]);
    const steps = { steps: new Int32Array(0), stepOffset: new Uint32Array(count + 1) };
    const batch = { ...(Object.fromEntries(columns) as History), count, ...steps };
    batches.push({ seq, count, columns: await encodeBatch(toStoredBatch({ raceId, lane, seq }, batch, [])) });
  }
  return batches;
}

/** A log in memory; `limit` batches at a time, as the store reads them. */
function keep(batches: PackedBatch[]): Pick<StoredBatches, 'readPacked'> {
  return {
    readPacked: async (_race, _lane, seq, limit) =>
      batches.filter((batch) => batch.seq >= seq).slice(0, Math.min(limit, 4)),
  };
}

test.for([
  ['in place', 2_000],
  ['in a thread', AUDITED_IN_PLACE + 1],
] as const)('a lane audited %s from its log is judged as its history is', async ([, attempts]) => {
  const { history, final } = violatedCase(attempts);
  const recorded = inWholeMicroseconds(history);
  const audits = new Audits(keep(await pack(recorded)));
  const stored = { raceId, lane, attempts, final };
  const page = { offset: 70, limit: 20 };

  const stopped = 'by request';
  expect(await audits.answer(stored, { kind: 'audit', stopped })).toEqual(
    audit(recorded, final, { stopped }),
  );
  expect(await audits.answer(stored, { kind: 'evidence', of: 'oversold', page })).toEqual(
    listEvidence(recorded, final, 'oversold', page),
  );
  expect(await audits.answer(stored, { kind: 'evidence', of: 'losses', page })).toEqual(
    listLosses(recorded, final, page),
  );
  const { attemptId = '' } = listEvidence(recorded, final, 'oversold', page).evidence[0] ?? {};
  expect(await audits.answer(stored, { kind: 'naming', attemptId, limit: 5 })).toEqual(
    listNaming(recorded, final, attemptId, 5),
  );
});

test('a large log that lacks attempts, or that cannot be read, is an error and never a verdict', async () => {
  const { history, final } = violatedCase(AUDITED_IN_PLACE + 1);
  const batches = await pack(history);
  const stored = { raceId, lane, attempts: history.count, final };
  const task = { kind: 'audit', stopped: undefined } as const;
  const short = new Audits(keep(batches.slice(0, -1)));
  await expect(short.answer(stored, task)).rejects.toThrow('the event log has 50000 of 50001 attempts');
  const broken = new Audits({ readPacked: () => Promise.reject(new Error('connection lost')) });
  await expect(broken.answer(stored, task)).rejects.toThrow('connection lost');
});

test('a large audit is given up when its race is', async () => {
  const { history, final } = violatedCase(AUDITED_IN_PLACE + 1);
  const batches = await pack(history);
  const race = new AbortController();
  const audits = new Audits({
    readPacked: (...asked) => {
      race.abort(new Error('the server goes down'));
      return keep(batches).readPacked(...asked);
    },
  });
  const stored = { raceId, lane, attempts: history.count, final };
  const answer = audits.answer(stored, { kind: 'audit', stopped: undefined }, race.signal);
  await expect(answer).rejects.toThrow('the server goes down');
});
