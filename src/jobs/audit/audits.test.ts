import { expect, test } from 'vitest';
import { packBatch } from '@/load/packed-batch';
import type { History } from '@/model/history';
import type { BatchRow } from '@/recording/event-log';
import { INVENTORY_RULES, audit } from '@/scenarios/inventory/audit/audit';
import { listEvidence, listLosses, listNaming } from '@/audit/evidence-pages';
import scenario from '@/scenarios/inventory/scenario';
import { inventory as location } from '@/services/process/program';
import type { StoredBatches } from '@/store/batch-store';
import { violatedCase } from '../../../bench/support/audit-histories';
import { batchOf } from '../../../tests/fixtures/lanes/history';
import { Audits } from './audits';

const JUDGED = { scenario, location };
/** Attempts beyond which a thread audits. */
const IN_PLACE = 2_000;

const BATCH = 250;
const [raceId, lane] = ['k7w2m9qd4x', 0];

function pack(history: History): BatchRow[] {
  const rows: BatchRow[] = [];
  for (let seq = 0; seq < history.count; seq += BATCH) {
    const count = Math.min(BATCH, history.count - seq);
    rows.push({ seq, count, columns: packBatch(batchOf(history, seq, seq + count)) });
  }
  return rows;
}

/** A log in memory; `limit` batches at a time, as the store reads them. */
function keep(batches: BatchRow[]): Pick<StoredBatches, 'readPacked'> {
  return {
    readPacked: async (_race, _lane, seq, limit) =>
      batches.filter((batch) => batch.seq >= seq).slice(0, Math.min(limit, 4)),
  };
}

test.for([
  ['in place', IN_PLACE],
  ['in a thread', IN_PLACE + 1],
] as const)('a lane audited %s from its log is judged as its history is', async ([, attempts]) => {
  const { history: recorded, final } = violatedCase(attempts);
  const audits = new Audits(keep(pack(recorded)), JUDGED, IN_PLACE);
  const stored = { raceId, lane, attempts, final };
  const page = { offset: 70, limit: 20 };

  const stopped = 'by request';
  expect(await audits.answer(stored, { kind: 'audit', stopped })).toEqual(
    audit(recorded, final, { stopped }),
  );
  expect(await audits.answer(stored, { kind: 'evidence', of: 'oversold', page })).toEqual(
    listEvidence(INVENTORY_RULES, recorded, final, 'oversold', page),
  );
  expect(await audits.answer(stored, { kind: 'evidence', of: 'losses', page })).toEqual(
    listLosses(INVENTORY_RULES, recorded, final, page),
  );
  const { attemptId = '' } =
    listEvidence(INVENTORY_RULES, recorded, final, 'oversold', page).evidence[0] ?? {};
  expect(await audits.answer(stored, { kind: 'naming', attemptId, limit: 5 })).toEqual(
    listNaming(INVENTORY_RULES, recorded, final, attemptId, 5),
  );
});

test('a large log that lacks attempts, or that cannot be read, is an error and never a verdict', async () => {
  const { history, final } = violatedCase(IN_PLACE + 1);
  const batches = pack(history);
  const stored = { raceId, lane, attempts: history.count, final };
  const task = { kind: 'audit', stopped: undefined } as const;
  const short = new Audits(keep(batches.slice(0, -1)), JUDGED, IN_PLACE);
  await expect(short.answer(stored, task)).rejects.toThrow('the event log has 2000 of 2001 attempts');
  const broken = new Audits(
    { readPacked: () => Promise.reject(new Error('connection lost')) },
    JUDGED,
    IN_PLACE,
  );
  await expect(broken.answer(stored, task)).rejects.toThrow('connection lost');
});

test('a large audit is given up when its race is', async () => {
  const { history, final } = violatedCase(IN_PLACE + 1);
  const batches = pack(history);
  const race = new AbortController();
  const audits = new Audits(
    {
      readPacked: (...asked) => {
        race.abort(new Error('the server goes down'));
        return keep(batches).readPacked(...asked);
      },
    },
    JUDGED,
    IN_PLACE,
  );
  const stored = { raceId, lane, attempts: history.count, final };
  const answer = audits.answer(stored, { kind: 'audit', stopped: undefined }, race.signal);
  await expect(answer).rejects.toThrow('the server goes down');
});
