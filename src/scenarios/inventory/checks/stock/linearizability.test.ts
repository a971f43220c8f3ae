import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortedIndexes } from '@/lib/sorted-indexes';
import { isLinearizable, type Operation } from '../../../../../bench/peers/linearizability-search';
import { findFalseRefusals } from './linearizability';

/** What the linear check makes of the operations: nothing oversold, and no refusal that is false. */
function decide(operations: readonly Operation[], stock: number): boolean {
  const { total, refusals } = check(operations, stock);
  return total <= stock && refusals.length === 0;
}

function check(operations: readonly Operation[], stock: number) {
  const units = (kind: Operation['kind']) =>
    Int32Array.from(operations, (operation) => (operation.kind === kind ? operation.quantity : 0));
  const call = Float64Array.from(operations, (operation) => operation.call);
  const back = Float64Array.from(operations, (operation) => operation.return);
  const taken = Float64Array.from(units('take'));
  const refusals = findFalseRefusals({
    ...{ call, return: back, taken, open: units('maybe'), refused: units('refuse') },
    ...{ stock, unownedUnits: 0, byCall: sortedIndexes(call), byReturn: sortedIndexes(back) },
  });
  return { total: taken.reduce((sum, unit) => sum + unit, 0), refusals };
}

/** Up to seven operations on a clock of few moments, so that ties are common; one without an answer never returns. */
function histories(
  kinds: Operation['kind'][],
  mostUnits: number,
): fc.Arbitrary<{ operations: Operation[]; stock: number }> {
  const operation = fc
    .record({
      kind: fc.constantFrom(...kinds),
      call: fc.nat(9),
      took: fc.nat(5),
      quantity: fc.integer({ min: 1, max: mostUnits }),
    })
    .map(({ took, ...o }): Operation => ({ ...o, return: o.kind === 'maybe' ? Infinity : o.call + took }));
  return fc.record({ operations: fc.array(operation, { maxLength: 7 }), stock: fc.nat(2 * mostUnits + 2) });
}

/** Settled attempts whose answer was lost are takers that never returned. */
const withLostAnswers = histories(['take', 'refuse'], 3).chain(({ operations, stock }) =>
  fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }).map((lost) => ({
    stock,
    operations: operations.map((o, i) => (lost[i] && o.kind === 'take' ? { ...o, return: Infinity } : o)),
  })),
);

test.each([
  { name: 'single units', runs: 20_000, arbitrary: histories(['take', 'refuse'], 1) },
  { name: 'mixed quantities', runs: 20_000, arbitrary: histories(['take', 'refuse'], 3) },
  { name: 'mixed quantities, lost answers settled', runs: 10_000, arbitrary: withLostAnswers },
  { name: 'single units, some open', runs: 20_000, arbitrary: histories(['take', 'refuse', 'maybe'], 1) },
])('agrees with a search through all orders: $name', ({ runs, arbitrary }) => {
  const seen = { true: 0, false: 0 };
  fc.assert(
    fc.property(arbitrary, ({ operations, stock }) => {
      const truth = isLinearizable(operations, stock);
      expect(decide(operations, stock)).toBe(truth);
      seen[truth ? 'true' : 'false'] += 1;
    }),
    { numRuns: runs },
  );
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(runs / 20);
});

test('mixed quantities, some open: never calls a history false that is not', () => {
  const seen = { caught: 0, missed: 0 };
  fc.assert(
    fc.property(histories(['take', 'refuse', 'maybe'], 3), ({ operations, stock }) => {
      const truth = isLinearizable(operations, stock);
      const decision = decide(operations, stock);
      if (!decision) expect(truth).toBe(false);
      if (truth === false) seen[decision ? 'missed' : 'caught'] += 1;
    }),
    { numRuns: 3_000 },
  );
  expect(seen.caught).toBeGreaterThan(10 * seen.missed);
});

test('every false refusal left as many units as it asked for, by the most that can have been taken', () => {
  fc.assert(
    fc.property(histories(['take', 'refuse', 'maybe'], 2), ({ operations, stock }) => {
      for (const { refused, takenBy } of check(operations, stock).refusals) {
        expect(takenBy).toBeLessThanOrEqual(stock - (operations[refused]?.quantity ?? 0));
      }
    }),
    { numRuns: 3_000 },
  );
});
