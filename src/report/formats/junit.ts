// JUnit XML as Jenkins, GitLab and GitHub's reporters read it, without what only some of them know. Written without a
// library: xmlbuilder2 4.0 leaves `&bogus;` and `&#0;` as they are, which is not XML, takes 0.4 s to load, and needs a
// module of Node.
import type { LaneView } from '@/model/race';
import type { CheckSummary } from '@/model/verdict';
import { assertionsOf, mayBreak, type Assertion, type RaceReport } from '../race-report';
import { nameDemand, nameLane, nameVerdict } from '../report-words';
import { describeLane } from '../verdict-words';

interface TestCase {
  name: string;
  /** Null for a test that passed. */
  problem: { element: 'failure' | 'error' | 'skipped'; type?: string; message: string } | null;
}

/**
 * A suite for each lane, with a test for each of its checks and of the demands on it. A broken check is a failure,
 * unless the lane may break (`mayBreak`): then it is skipped with the same message, so that a report without failures
 * is one whose demands are not broken. A lane that was not judged has an error.
 */
export function toJunit(report: RaceReport): string {
  const { id, lanes } = report.race;
  const suites = lanes.map((lane) => ({ lane, tests: testsOf(report, lane) }));
  const all = countTests(suites.flatMap(({ tests }) => tests));
  const time = lanes.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(
    'testsuites',
    { name: `oversell race ${id}`, ...all, time: seconds(time) },
    suites.map(({ lane, tests }) => writeSuite(report, lane, tests)),
  )}\n`;
}

function writeSuite({ race }: RaceReport, lane: LaneView, tests: readonly TestCase[]): string {
  const time = seconds(lane.durationMs);
  const timestamp = race.startedAt?.replace(/\.\d+Z$/, '');
  return element(
    'testsuite',
    { name: lane.strategy, id: lane.index, ...countTests(tests), time, ...(timestamp && { timestamp }) },
    // GitLab names a suite by the class of its tests
    tests.map(({ name, problem }) =>
      element(
        'testcase',
        { classname: nameLane(lane), name, time: 0 },
        problem ? [writeProblem(problem)] : [],
      ),
    ),
  );
}

/** The message twice: some show the attribute, others the text. */
function writeProblem({ element: name, type, message }: NonNullable<TestCase['problem']>): string {
  return element(name, { ...(type && { type }), message }, [escapeXml(message)]);
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

function testDemand(assertion: Assertion): TestCase {
  const { kind, result, why } = assertion;
  const name = nameDemand(assertion);
  if (result === 'met') return { name, problem: null };
  if (result === 'broken') return { name, problem: { element: 'failure', type: kind, message: why } };
  return { name, problem: { element: 'skipped', message: `${result}: ${why}` } };
}

function countTests(tests: readonly TestCase[]): Record<string, number> {
  const count = (name: string) => tests.filter(({ problem }) => problem?.element === name).length;
  return {
    tests: tests.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

/** `children` are written already. */
function element(
  name: string,
  attributes: Record<string, string | number>,
  children: readonly string[],
): string {
  const head = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  const tag = `${name}${head.join('')}`;
  if (children.length === 0) return `<${tag}/>`;
  const isText = !children[0]?.startsWith('<');
  return isText ? `<${tag}>${children.join('')}</${name}>` : `<${tag}>\n${children.join('\n')}\n</${name}>`;
}

/** What XML 1.0 allows nowhere, not even as a reference: https://www.w3.org/TR/xml/#charsets. Lone surrogates too. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/gu;

/** Line ends and tabs as references: a parser would turn them into spaces in an attribute, and CR into LF in a text. */
const REFERENCES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escapeXml(text: string): string {
  return text
    .replace(FORBIDDEN, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, (character) => REFERENCES[character] ?? '');
}
