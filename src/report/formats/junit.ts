import type { LaneView } from '@/model/race';
import type { CheckSummary } from '@/model/verdict';
import { assertionsOf, mayBreak, type Assertion, type RaceReport } from '../race-report';
import { nameDemand, nameLane, nameVerdict } from '../report-words';
import { describeLane } from '../verdict-words';
import { timestampOf, writeTestSuites, type TestCase } from './junit-xml';

/**
 * A suite for each lane, with a test for each of its checks and of the demands on it. A broken check is a failure,
 * unless the lane may break (`mayBreak`): then it is skipped with the same message, so that a report without failures
 * is one whose demands are not broken. A lane that was not judged has an error.
 */
export function toJunit(report: RaceReport): string {
  const { id, lanes, startedAt } = report.race;
  const suites = lanes.map((lane) => ({
    name: lane.strategy,
    id: lane.index,
    className: nameLane(lane),
    durationMs: lane.durationMs,
    ...timestampOf(startedAt),
    tests: testsOf(report, lane),
  }));
  return writeTestSuites(`oversell race ${id}`, suites);
}

function testsOf(report: RaceReport, lane: LaneView): TestCase[] {
  const isAllowed = mayBreak(report, lane);
  return [
    ...(lane.status === 'finished' ? [] : [testUnjudged(lane)]),
    ...(lane.checks ?? []).map((check) => testCheck(check, isAllowed)),
    ...assertionsOf(report, lane).map(testDemand),
  ];
}

function testUnjudged(lane: LaneView): TestCase {
  const message = `${nameVerdict(lane)}: ${describeLane(lane).reason}`;
  return { name: 'verdict', problem: { element: 'error', type: lane.status, message } };
}

function testCheck({ no, title, status, why = title }: CheckSummary, isAllowed: boolean): TestCase {
  const name = `${no}. ${title}`;
  if (status === 'held') return { name, problem: null };
  if (status === 'broken' && !isAllowed)
    return { name, problem: { element: 'failure', type: 'check', message: why } };
  return { name, problem: { element: 'skipped', message: `${status}: ${why}` } };
}

/** The test of a demand: undecided ones are skipped. */
export function testDemand(assertion: Assertion): TestCase {
  const { kind, result, why } = assertion;
  const name = nameDemand(assertion);
  if (result === 'met') return { name, problem: null };
  if (result === 'broken') return { name, problem: { element: 'failure', type: kind, message: why } };
  return { name, problem: { element: 'skipped', message: `${result}: ${why}` } };
}
