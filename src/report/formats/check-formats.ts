import type { CheckResult, CheckSchedule } from '@/model/app-check';
import { formatNumber } from '@/model/wording';
import { describeMove } from '../check-moves';
import { APP_FINDING_NAMES, PATTERN_WORDS } from '../check-words';
import type { Assertion } from '../race-report';
import { annotate } from './github';
import { writeTestSuites, type TestCase } from './junit-xml';
import { escapeMarkdown, writeList, writeTable } from './markdown';

/** What was expected of a check, and whether it came so. */
export type CheckDemand = Pick<Assertion, 'text' | 'result' | 'why'>;

/** The forms in which the result of a check is written to a file. */
export const CHECK_FORMATS: readonly {
  id: string;
  write: (result: CheckResult, demand: CheckDemand) => string;
}[] = [
  { id: 'json', write: (result) => `${JSON.stringify(result, null, 2)}\n` },
  { id: 'junit', write: checkToJunit },
  { id: 'markdown', write: checkToMarkdown },
];

/**
 * A suite with a test for the verdict and one for each finding. Findings are failures unless they were expected: then
 * they are skipped with the same message, so that a report without failures is one whose demand is not broken.
 */
function checkToJunit(result: CheckResult, demand: CheckDemand): string {
  const { name, verdict, reason, findings } = result;
  const message = `${verdict}: ${reason}`;
  const problems = {
    met: null,
    undecided: { element: 'skipped', message },
    broken: { element: 'failure', type: 'expectation', message },
  } as const satisfies Record<CheckDemand['result'], TestCase['problem']>;
  const tests: TestCase[] = [
    { name: `expectation ${demand.text}`, problem: problems[demand.result] },
    ...findings.map((finding): TestCase => ({
      name: finding.kind === 'without-concurrency' ? 'without a race' : APP_FINDING_NAMES[finding.kind],
      problem:
        demand.result === 'met'
          ? { element: 'skipped', message: finding.message }
          : { element: 'failure', type: finding.kind, message: finding.message },
    })),
  ];
  return writeTestSuites(`oversell check ${name}`, [{ name, id: 0, className: name, tests }]);
}

/** Verdict and reason, requests, outcomes, the simplest schedule with a column for each request, and what to change. */
export function checkToMarkdown(result: CheckResult): string {
  const { name, verdict, reason, findings, requests, explored, notes, replay } = result;
  const simplest = result.schedule ?? explored?.simplest;
  const match = simplest?.match ? PATTERN_WORDS[simplest.match.pattern] : undefined;
  const paragraphs = [
    `### ${escapeMarkdown(`${verdict}: ${name}`)}`,
    escapeMarkdown(reason),
    ...writeList(
      'Requests',
      requests.map(({ request, title }) => `T${request} ${title}`),
    ),
    ...writeList(
      'Findings',
      findings.map(({ message }) => message),
    ),
    ...(explored ? ['**Outcomes of all orders**', writeOutcomes(explored)] : []),
    ...(simplest ? [`**The schedule ${escapeMarkdown(simplest.id)}**`, writeSchedule(simplest, result)] : []),
    ...(match ? [`**${match.name}** ${escapeMarkdown(match.advice)}`] : []),
    ...writeList('Notes', notes),
    ...(replay === '' ? [] : [`Run it again: ${escapeMarkdown(replay)}`]),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function writeOutcomes({ outcomes }: NonNullable<CheckResult['explored']>): string {
  return writeTable(
    ['outcome', 'findings', 'orders'],
    2,
    outcomes.map(({ outcomes: texts, findings, schedules }) => [
      texts.join(' + '),
      findings.map((kind) => APP_FINDING_NAMES[kind]).join(', ') || 'none',
      formatNumber(schedules),
    ]),
  );
}

function writeSchedule({ moves, answers, match }: CheckSchedule, { requests }: CheckResult): string {
  const columns = requests.map(({ request }) => `T${request}`);
  const inColumn = (request: number, text: string) =>
    requests.map((one) => (one.request === request ? text : ''));
  const rows = moves.map((move, place) => [
    String(place + 1),
    ...inColumn(move.request, describeMove(move, place, match).join('; ')),
  ]);
  const last = answers.map(({ request, status, body, isAccepted }) => [
    'answer',
    ...inColumn(request, `${isAccepted ? 'accepted' : 'refused'}: ${status} ${body.slice(0, 200)}`),
  ]);
  return writeTable(['move', ...columns], columns.length + 1, [...rows, ...last]);
}

/** A line for each finding that was not expected, and one for the verdict; with a line feed after each. */
export function checkToGithubAnnotations(result: CheckResult, demand: CheckDemand): string {
  const { name, verdict, reason, findings, replay } = result;
  const again = replay === '' ? [] : [`Run it again: ${replay}`];
  return [
    ...(demand.result === 'broken'
      ? findings.map(({ message }) => annotate('error', name, [message, ...again]))
      : []),
    annotate(demand.result === 'undecided' ? 'warning' : 'notice', `${name}: ${verdict}`, [reason]),
  ].join('');
}
