import { Option } from 'commander';
import type { Command } from 'commander';
import { EXPERIMENT_LIMITS } from '@/model/experiment';
import type { ExperimentView, StrategyTrials } from '@/model/experiment';
import type { RaceView } from '@/model/race';
import { countOf, formatNumber } from '@/model/wording';
import { fromText } from '@/plan/numbers';
import { readCollision } from '@/report/collision';
import { describeRate } from '@/report/experiment-wording';
import { measureProgress } from '@/report/race-progress';
import { toGithubAnnotations } from '@/report/formats/github';
import { toMarkdown } from '@/report/formats/markdown';
import { judgeAgainst, reportRace } from '@/report/race-report';
import type { Assertion, Demands, RaceReport } from '@/report/race-report';
import { compareReports } from '../compare-reports';
import { UsageError } from '../command-io';
import type { CommandIo } from '../command-io';
import { demandOptions, FIGURES_HELP, readDemands } from '../demands';
import { EXIT } from '../exit-code';
import type { ExitCode } from '../exit-code';
import { followJob } from '../follow-job';
import { formatRace } from '../format-race';
import { labOptions, withLab } from '../lab-options';
import type { LabSession } from '../lab-options';
import { exitCodeOf } from '../outcome';
import { planOptions, toPlanRequest } from '../plan-flags';
import type { Given } from '../plan-flags';
import type { Standing } from '../progress';
import { readConfigFor } from '../config/apply-config';
import { openReportFiles, outputOption, readReport } from '../report-files';

const EXAMPLES = `
Examples:
  oversell race
  oversell race --strategy conditional-update --stock 10 -n 500 --invariant 'accepted==10' --threshold 'p99<200'
  oversell race --strategy read-then-write --expect race --trials 20
  oversell race --strategy all --expect label -o junit=races.xml -o markdown=races.md
`;

/** Adds the command `race`. `finish` gets its exit code. */
export function addRace(program: Command, io: CommandIo, finish: (code: ExitCode) => void): void {
  const command = program
    .command('race')
    .summary('races strategies under a load and judges them')
    .description(
      'Races strategies under one load plan and judges each by the orders, the stock and the history.',
    )
    .addHelpText('after', FIGURES_HELP + EXAMPLES);
  const { min, max } = EXPERIMENT_LIMITS.trials;
  for (const option of [
    ...planOptions(),
    ...demandOptions(),
    new Option(
      '--trials <n>',
      `race the plan this often and say how often each strategy broke: ${min} to ${max}`,
    ),
    new Option('--baseline <file>', 'a JSON report to compare with; worse figures cross a threshold'),
    outputOption(),
    ...labOptions(),
  ])
    command.addOption(option);
  readConfigFor('race', command, io);
  command.action(async (given: Given) => finish(await race(given, io)));
}

async function race(given: Given, io: CommandIo): Promise<ExitCode> {
  const demands = readDemands(given);
  const trials = given.trials === undefined ? null : readTrials(given.trials, demands, given);
  const files = await openReportFiles(given.output, io);
  const baseline = given.baseline === undefined ? null : await readReport(String(given.baseline), io);
  return withLab(given, io, async (session) => {
    const request = toPlanRequest(given, session.lab.strategies);
    if (trials !== null) return raceTrials(session, { trials, request }, demands);
    const { view, stoppedBy } = await followJob(session, 'race', request, standingOfRace);
    // a report without it is worth more than none
    const collision = await readCollision(view, session.lab.readAttempt).catch(() => null);
    const report = reportRace(view, demands, session.lab.writtenBy, collision);
    const failures = await files.write(report, () => session.lab.readHistory(view.id));
    if (session.isJson) io.print(`${JSON.stringify(report)}\n`);
    else io.print(formatRace(report, session.lab.pageOf(view.id), io.color));
    for (const failure of failures) io.complain(`${failure}\n`);
    await tellGithub(report, io);
    const compared = baseline === null ? null : compareReports(baseline, report);
    if (compared !== null && !session.isJson) io.print(`\n${compared.text}`);
    return worst([
      view.status === 'failed' ? EXIT.internal : EXIT.pass,
      exitCodeOf(report.assertions, demands.expect, stoppedBy),
      compared?.code ?? EXIT.pass,
      failures.length > 0 ? EXIT.internal : EXIT.pass,
    ]);
  });
}

/** In a step of a workflow of GitHub: annotations, and the report on the page of the workflow's run. */
async function tellGithub(report: RaceReport, { githubStep, complain, append }: CommandIo): Promise<void> {
  if (!githubStep) return;
  // beside the result, which may be JSON: GitHub reads both outputs
  complain(toGithubAnnotations(report));
  if (githubStep.summaryFile !== undefined) await append(githubStep.summaryFile, toMarkdown(report));
}

/** The first code that is not `pass`: they come in the order of their weight. */
function worst(codes: readonly ExitCode[]): ExitCode {
  return codes.find((code) => code !== EXIT.pass) ?? EXIT.pass;
}

function readTrials(text: unknown, { invariants, thresholds }: Demands, given: Given): number {
  const trials = fromText(text);
  const { min, max } = EXPERIMENT_LIMITS.trials;
  if (typeof trials !== 'number' || !Number.isInteger(trials) || trials < min || trials > max)
    throw new UsageError(`--trials takes a whole number from ${min} to ${max}, not "${String(text)}".`);
  const single = [
    invariants.length > 0 && '--invariant',
    thresholds.length > 0 && '--threshold',
    given.baseline !== undefined && '--baseline',
    given.output !== undefined && '--output',
  ].filter((flag) => flag !== false);
  if (single.length > 0)
    throw new UsageError(`${single.join(', ')}: of a single race, so not together with --trials.`);
  return trials;
}

function standingOfRace(view: RaceView): Standing {
  const { share, done } = measureProgress(view, Date.now());
  if (view.status === 'queued') return { share: null, text: 'waits for its turn' };
  const lane = view.lanes.find(
    ({ status }) => status === 'running' || status === 'draining' || status === 'auditing',
  );
  const at = lane ? `${lane.strategy} ${lane.status}` : view.status;
  return { share, text: `${at}, ${countOf(done, 'attempt')}` };
}

async function raceTrials(
  session: LabSession,
  { trials, request }: { trials: number; request: object },
  { expect }: Demands,
): Promise<ExitCode> {
  const { io, isJson } = session;
  const asked = { kind: 'trials', trials, race: request };
  const { view, stoppedBy } = await followJob(session, 'experiment', asked, standingOfTrials);
  const contestants = view.strategies.filter(({ role }) => role === 'contestant');
  const assertions = contestants.map((one): Assertion => ({
    kind: 'expectation',
    lane: one.lane,
    text: expect,
    ...judgeAgainst(expect, one.expected, verdictOf(one)),
  }));
  if (isJson) io.print(`${JSON.stringify({ experiment: view, assertions })}\n`);
  else io.print(formatTrials(view, assertions));
  if (view.status === 'failed') return EXIT.internal;
  return exitCodeOf(assertions, expect, stoppedBy);
}

/** One violated trial breaks a strategy, however many held; without a trial that has a verdict nothing is known. */
function verdictOf({ violated, ok }: StrategyTrials): 'ok' | 'violated' | 'inconclusive' {
  if (violated > 0) return 'violated';
  return ok > 0 ? 'ok' : 'inconclusive';
}

function standingOfTrials({ done, planned }: ExperimentView): Standing {
  return { share: done / planned, text: `${formatNumber(done)} of ${countOf(planned, 'trial')}` };
}

function formatTrials({ id, status, reason, strategies }: ExperimentView, assertions: Assertion[]): string {
  const lines = [
    `Experiment ${id}: ${status}${reason === null ? '' : `. ${reason}`}`,
    ...strategies.flatMap(({ lane, strategy, rate, statement }) => {
      const missed = assertions.find((one) => one.lane === lane && one.result !== 'met');
      return [
        '',
        `${strategy}: ${describeRate(rate)}`,
        `  ${statement}`,
        ...(missed ? [`  Not met: ${missed.text}: ${missed.why}`] : []),
      ];
    }),
  ];
  return `${lines.join('\n')}\n`;
}
