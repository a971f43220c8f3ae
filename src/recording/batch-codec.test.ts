import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinBatches, type AttemptBatch } from '@/model/history';
import { audit } from '@/scenarios/inventory/audit/audit';
import { correctLane } from '../../tests/fixtures/correct-lane';
import { MUTATIONS } from '../../tests/fixtures/damages';
import { finalOf, historyOf, type AttemptSketch } from '../../tests/fixtures/history';
import { decodeBatch, encodeBatch, fromStoredBatch, toStoredBatch } from './batch-codec';

const PLACE = { raceId: 'k7w2m9qd4x', lane: 0, seq: 0 };

/** Times in whole microseconds, as the server's are: half of one is more than the log keeps. */
function inWholeMicroseconds(attempts: AttemptSketch[]): AttemptSketch[] {
  const double = (span: [number, number] | undefined): [number, number] | undefined =>
    span && [2 * span[0], 2 * span[1]];
  return attempts.map((attempt) => ({
    ...attempt,
    at: double(attempt.at),
    window: double(attempt.window),
    hold: double(attempt.hold),
  }));
}

function batchOf(attempts: AttemptSketch[]): AttemptBatch {
  const columns = historyOf(attempts);
  return { ...columns, steps: new Int32Array(0), stepOffset: new Uint32Array(columns.count + 1) };
}

test('a history that was stored and read again is judged the same', () => {
  fc.assert(
    fc.property(correctLane, fc.constantFrom(undefined, ...MUTATIONS), fc.nat(), (lane, mutation, choice) => {
      fc.pre(lane.final.orders.length > 0);
      mutation?.damage(lane, choice);
      const attempts = inWholeMicroseconds(lane.attempts);
      const history = historyOf(attempts);
      const stored = toStoredBatch(PLACE, batchOf(attempts), []);
      const restored = joinBatches([fromStoredBatch(stored)], history.attemptPrefix);
      const verdicts = [history, restored].map((one) => {
        const { verdict, checks, overlap } = audit(one, finalOf(lane));
        const findings = verdict.findings.map(({ kind, count }) => ({ kind, count }));
        return { status: verdict.status, findings, checks: checks.map(({ status }) => status), overlap };
      });
      expect(verdicts[1]).toEqual(verdicts[0]);
    }),
    { numRuns: 1_000 },
  );
});

test('no two moments change places by being rounded', () => {
  const moment = fc.double({ min: 0, max: 20, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(moment, moment), { minLength: 2, maxLength: 9 }), (spans) => {
      const batch = batchOf(
        spans.map(([a, b]) => ({ outcome: 'accepted', at: [Math.min(a, b), Math.max(a, b)] })),
      );
      const restored = fromStoredBatch(toStoredBatch(PLACE, batch, []));
      const before = [...batch.call, ...batch.return];
      const after = [...restored.call, ...restored.return];
      for (const [i, a] of before.entries()) {
        for (const [j, b] of before.entries())
          if (a <= b) expect(after[i]).toBeLessThanOrEqual(after[j] ?? NaN);
      }
    }),
  );
});

test('windows, holds, waits, pending writes and tokens survive, and are unknown in a log from before they were stored', async () => {
  const attempt = { outcome: 'accepted', token: 7 } as const;
  const spans: Partial<AttemptSketch> = { window: [1, 5], hold: [2, 4], wait: [1, 2], pending: [3, 4] };
  const stored = toStoredBatch(PLACE, batchOf([{ ...attempt, ...spans }]), []);
  const read = fromStoredBatch(await decodeBatch(await encodeBatch(stored)));
  expect([read.windowStart[0], read.windowEnd[0]]).toEqual([1, 5]);
  expect([read.holdStart[0], read.holdEnd[0], read.token[0]]).toEqual([2, 4, 7]);
  expect([read.waitStart[0], read.waitEnd[0]]).toEqual([1, 2]);
  expect([read.pendingStart[0], read.pendingEnd[0]]).toEqual([3, 4]);
  const { token, windowStart, windowEnd, holdStart, holdEnd, ...rest } = stored;
  const { waitStart, waitEnd, pendingStart, pendingEnd, ...old } = rest;
  expect([waitStart, waitEnd, pendingStart, pendingEnd].flat()).toEqual([1, 2, 3, 4]);
  expect([token, windowStart, windowEnd, holdStart, holdEnd].flat()).toEqual([7, 1, 5, 2, 4]);
  const { token: unknown, holdEnd: none, waitEnd: noWait, pendingStart: noWrite } = fromStoredBatch(old);
  expect([unknown, none, noWait, noWrite].map(([value]) => value)).toEqual([NaN, NaN, NaN, NaN]);
});
