import { formatNumber } from '@/model/wording';
import { describeRange, formatRate } from '../experiment-wording';
import { describePlan } from '../plan-words';
import { worstOf, type Assertion } from '../race-report';
import { nameDemand, nameLane } from '../report-words';
import type { TrialsReport } from '../trials-report';
import { writeCsv } from './csv';
import type { ReportFormat } from './formats';
import { timestampOf, writeTestSuites, type TestCase } from './junit-xml';
import { escapeMarkdown, writeList, writeTable } from './markdown';
import { testDemand } from './junit';

type Trials = TrialsReport['experiment']['strategies'][number];

/** The forms in which a report of trials is written to a file. The others show one race. */
export const TRIALS_FORMATS = [
  { id: 'json', write: (report) => `${JSON.stringify(report, null, 2)}\n` },
  { id: 'csv', write: trialsToCsv },
  { id: 'junit', write: trialsToJunit },
  { id: 'markdown', write: trialsToMarkdown },
] as const satisfies (Pick<ReportFormat, 'id'> & { write: (report: TrialsReport) => string })[];

const COLUMNS = [
  ...['experiment', 'lane', 'strategy', 'expected', 'role'],
  ...['done', 'ok', 'violated', 'inconclusive', 'rate', 'low', 'high', 'statement', 'demands'],
];

/** A row for each strategy; `low` and `high` are the ends of the interval of `rate` at 95 %. */
function trialsToCsv(report: TrialsReport): string {
  const rows = report.experiment.strategies.map((one) => {
    const { rate } = one.rate;
    const { low, high } = one.rate.interval;
    return [
      ...[report.experiment.id, one.lane, one.strategy, one.expected, one.role],
      ...[one.done, one.ok, one.violated, one.inconclusive, rate, low, high, one.statement],
      worstOf(demandsOn(report, one)),
    ];
  });
  return writeCsv(COLUMNS, rows);
}

/** A suite for each strategy, with a test for each demand on it. */
function trialsToJunit(report: TrialsReport): string {
  const { id, strategies, startedAt } = report.experiment;
  const timestamp = timestampOf(startedAt);
  const suites = strategies.map((one) => {
    const tests = demandsOn(report, one).map((assertion): TestCase => {
      const { name, problem } = testDemand(assertion);
      const message = problem && `${problem.message}. ${one.statement}`;
      return { name, problem: problem && { ...problem, message: message ?? '' } };
    });
    return { name: one.strategy, id: one.lane, className: nameLane(one), ...timestamp, tests };
  });
  return writeTestSuites(`oversell experiment ${id}`, suites);
}

function trialsToMarkdown(report: TrialsReport): string {
  const { experiment } = report;
  const { strategies, plan, reason } = experiment;
  const rows = strategies.map((one) => [
    nameLane(one),
    `${formatNumber(one.violated)} of ${formatNumber(one.done)}`,
    one.rate.rate === null ? '–' : formatRate(one.rate.rate),
    describeRange(one.rate),
    formatNumber(one.inconclusive),
  ]);
  const unmet = strategies.flatMap((one) =>
    demandsOn(report, one)
      .filter(({ result }) => result !== 'met')
      .map((assertion) => `${nameLane(one)}: ${nameDemand(assertion)} ${assertion.result}: ${assertion.why}`),
  );
  const paragraphs = [
    `### ${escapeMarkdown(`${formatNumber(experiment.done)} of ${formatNumber(experiment.planned)} trials, ${experiment.status}`)}`,
    ...(reason === null ? [] : [escapeMarkdown(reason)]),
    escapeMarkdown(describePlan(plan).join(' · ')),
    writeTable(['strategy', 'broke', 'rate', 'with 95 % confidence', 'inconclusive'], 1, rows),
    ...writeList('Demands that are not met', unmet),
    ...writeList(
      'What the trials say',
      strategies.map((one) => `${nameLane(one)}: ${one.statement}`),
    ),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function demandsOn({ assertions }: TrialsReport, { lane }: Trials): Assertion[] {
  return assertions.filter((one) => one.lane === lane);
}
