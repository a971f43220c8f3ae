import { expect, test } from 'vitest';
import { CANCELLED_LANE, OK_LANE, raceReport, VIOLATED_LANE } from '../../tests/fixtures/lanes/race-report';
import { describeOutcome, nameDemand, nameLane, nameVerdict } from './report-words';

test('the outcome counts the demands by what came of them, the worst first', () => {
  expect(describeOutcome(raceReport())).toBe('Race finished: 12 demands, 4 broken, 2 undecided, 6 met');
  expect(describeOutcome(raceReport({ lanes: [OK_LANE] }))).toBe('Race finished: 3 demands, all met');
  const alone = { invariants: [], thresholds: [] };
  const race = { status: 'aborted' } as const;
  const aborted = raceReport({ lanes: [CANCELLED_LANE], demands: alone, race });
  expect(describeOutcome(aborted)).toBe('Race aborted: 1 demand, undecided');
});

test('the outcome of a race without demands is how it ended', () => {
  const control = { ...VIOLATED_LANE, role: 'control' as const };
  expect(describeOutcome(raceReport({ lanes: [control] }))).toBe('Race finished');
});

test('a lane, its verdict and a demand have names', () => {
  expect(nameLane(OK_LANE)).toBe('Conditional update');
  expect(nameLane({ ...VIOLATED_LANE, role: 'control' })).toBe('Read, then write (control)');
  expect([VIOLATED_LANE, OK_LANE, CANCELLED_LANE].map(nameVerdict)).toEqual([
    'OVERSOLD +91',
    'EXACT',
    'NOT RUN',
  ]);
  expect(nameDemand({ kind: 'threshold', text: 'p99<200' })).toBe('threshold p99<200');
});
