import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  correctLane,
  correctLaneThatMayRise,
  correctLaneWithSale,
} from '../../../../tests/fixtures/lanes/correct-lane';
import { salesOf, toldAccepted } from '../../../../tests/fixtures/lanes/damages/mutation';
import { auditLane } from '../../../../tests/fixtures/lanes/history';

// fast-check prints the seed and the shrunken lane when a property fails; `fc.assert(…, { seed })` runs it again.
const RUNS = { numRuns: 1_000 };

/** A lane, and any number to choose a victim with. */
const victims = fc.tuple(correctLaneWithSale, fc.nat());

test('a correct lane is never violated, and ok exactly when a sale was contested', () => {
  const seen = { ok: 0, inconclusive: 0 };
  fc.assert(
    fc.property(correctLane, (lane) => {
      const { verdict, overlap, oversold, lostUpdates } = auditLane(lane);
      expect(verdict.findings).toEqual([]);
      expect([oversold, lostUpdates]).toEqual([0, 0]);
      const sold = salesOf(lane);
      const decided = lane.attempts.some(({ outcome }) => outcome !== 'error' && outcome !== 'indeterminate');
      const proven = overlap.raced > 0 && (decided || sold.length > 0);
      expect(verdict.status).toBe(proven ? 'ok' : 'inconclusive');
      if (verdict.status !== 'violated') seen[verdict.status] += 1;
    }),
    { numRuns: 1_500 },
  );
  expect(seen.ok).toBeGreaterThan(100);
  expect(seen.inconclusive).toBeGreaterThan(100);
});

test('a correct lane whose stock rises on the way is never violated either', () => {
  const seen = { idle: 0, judged: 0 };
  fc.assert(
    fc.property(correctLaneThatMayRise, (lane) => {
      const { verdict, checks, oversold, lostUpdates } = auditLane(lane);
      expect(verdict.findings).toEqual([]);
      expect([oversold, lostUpdates]).toEqual([0, 0]);
      expect(checks.filter(({ status }) => status === 'broken')).toEqual([]);
      const order = checks.find(({ id }) => id === 'sale-order');
      seen[order?.why?.includes('stock') || order?.why?.includes('given') ? 'idle' : 'judged'] += 1;
    }),
    { numRuns: 1_500 },
  );
  expect(Math.min(seen.idle, seen.judged)).toBeGreaterThan(100);
});

test('every audit has all thirteen checks, in their order, each with its reason unless it held', () => {
  fc.assert(
    fc.property(correctLane, (lane) => {
      const { checks } = auditLane(lane);
      expect(checks.map(({ no }) => no)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
      for (const { status, why } of checks) if (status !== 'held') expect(why).toMatch(/\.$/);
    }),
    RUNS,
  );
});

test('attempts that follow each other without touching are never ok', () => {
  fc.assert(
    fc.property(correctLane, (lane) => {
      for (const [i, attempt] of lane.attempts.entries()) {
        attempt.at = [10 * i, 10 * i + 10];
        if (attempt.window) attempt.window = [10 * i + 1, 10 * i + 10];
        if (attempt.hold) attempt.hold = [10 * i + 1, 10 * i + 9];
      }
      expect(auditLane(lane).verdict.status).toBe('inconclusive');
    }),
    RUNS,
  );
});

test('an answer that gets lost changes what is recovered, never the finding', () => {
  fc.assert(
    fc.property(victims, ([lane, choice]) => {
      const before = auditLane(lane);
      const told = toldAccepted(lane);
      const victim = told[choice % told.length];
      fc.pre(victim !== undefined);
      victim.outcome = 'indeterminate';
      const after = auditLane(lane);
      expect(after.verdict.findings).toEqual([]);
      expect(after.recovered).toBe(before.recovered + 1);
    }),
    RUNS,
  );
});
