// JUnit XML as Jenkins, GitLab and GitHub's reporters read it, without what only some of them know. Written without a
// library: xmlbuilder2 4.0 leaves `&bogus;` and `&#0;` as they are, which is not XML, takes 0.4 s to load, and needs a
// module of Node.
import { replaceControls } from './control-characters';

export interface TestCase {
  name: string;
  /** Null for a test that passed. */
  problem: { element: 'failure' | 'error' | 'skipped'; type?: string; message: string } | null;
}

export interface TestSuite {
  name: string;
  id: number;
  /** The class of its tests, by which GitLab names the suite. */
  className: string;
  durationMs?: number;
  /** When it began, without a zone. */
  timestamp?: string;
  tests: readonly TestCase[];
}

/** The `timestamp` of a suite that began at an ISO time in UTC; nothing for one that has not begun. */
export function timestampOf(startedAt: string | null): Pick<TestSuite, 'timestamp'> {
  return startedAt === null ? {} : { timestamp: startedAt.replace(/\.\d+Z$/, '') };
}

/** A document of test suites. */
export function writeTestSuites(name: string, suites: readonly TestSuite[]): string {
  const all = countTests(suites.flatMap(({ tests }) => tests));
  const time = suites.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(
    'testsuites',
    { name, ...all, time: seconds(time) },
    suites.map(writeSuite),
  )}\n`;
}

function writeSuite({ name, id, className, durationMs = 0, timestamp, tests }: TestSuite): string {
  return element(
    'testsuite',
    { name, id, ...countTests(tests), time: seconds(durationMs), ...(timestamp && { timestamp }) },
    tests.map((test) =>
      element(
        'testcase',
        { classname: className, name: test.name, time: 0 },
        test.problem ? [writeProblem(test.problem)] : [],
      ),
    ),
  );
}

/** The message twice: some show the attribute, others the text. */
function writeProblem({ element: name, type, message }: NonNullable<TestCase['problem']>): string {
  return element(name, { ...(type && { type }), message }, [escapeXml(message)]);
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
  return replaceControls(text).replace(/[&<>"\t\n\r]/g, (character) => REFERENCES[character] ?? '');
}
