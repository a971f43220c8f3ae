import { expect, test } from 'vitest';
import type { Coverage, OutcomeRow, Undersold } from '@/model/exploration';
import { describeCoverage } from './describe-coverage';

const ROW: OutcomeRow = { outcomes: [], findings: [], run: 1, schedules: 1, example: 'ab' };
const BROKEN: OutcomeRow = { ...ROW, findings: ['oversold'] };
const UNDERSOLD: Undersold = {
  run: 3,
  schedules: 12,
  refused: ['T1', 'T2'],
  example: 'abab',
  servedBy: 'aabb',
};

function describe(coverage: Partial<Coverage>, outcomes: OutcomeRow[], undersold: Undersold | null = null) {
  const whole: Coverage = {
    ...{ possible: 20, isExact: true, run: 5, pruned: 15, abandoned: 0, sampled: 0, drawn: 0 },
    ...{ overPreemptions: 0, cut: 0, cutReasons: [], isComplete: true },
    ...coverage,
  };
  return describeCoverage(
    whole,
    { preemptions: null, leaseExpiry: false },
    { outcomes, undersold, leases: 0 },
  );
}

const BOUNDED = { isExact: false, isComplete: false };

test('a single order is spoken of as one', () => {
  const one = { ...BOUNDED, run: 1, sampled: 1, drawn: 1 };
  expect(describe(one, [ROW])).toBe(
    'The one order that was run, of about 20 possible ones, breaks no invariant. It is what 1 draw at random came to.',
  );
  expect(describe({ ...one, drawn: 4 }, [BROKEN])).toBe(
    'The one order that was run, of about 20 possible ones, oversells. It is what 4 draws at random came to.',
  );
  expect(describe({ ...BOUNDED, cut: 1 }, [ROW])).toBe(
    'None of the 5 orders that were run, of about 20 possible ones, breaks an invariant. 1 was cut off and went on in one order only.',
  );
});

test('a stopped search reports the least number of orders that there are', () => {
  expect(describe({ ...BOUNDED, isLeast: true }, [ROW])).toBe(
    'None of the 5 orders that were run, of at least 20 possible ones, breaks an invariant.',
  );
});

test('of orders that were not all covered, no more are said to undersell than were run', () => {
  expect(describe({}, [ROW], UNDERSOLD)).toContain('12 orders undersell: T1 or T2 is told sold out');
  expect(describe(BOUNDED, [ROW], UNDERSOLD)).toContain('3 orders undersell: T1 or T2 is told sold out');
});
