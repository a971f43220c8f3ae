import { Option } from 'commander';
import type { Command } from 'commander';
import { parsePlan } from '@/jobs/race/parse-plan';
import { EXPERIMENT_LIMITS } from '@/model/experiment';
import type { RaceView } from '@/model/race';
import { countOf } from '@/model/wording';
import { fromText } from '@/plan/numbers';
import { loadStrategies } from '@/scenarios/registry';
import { strategyFolder } from '@/services/process/program';
import { tryReadCollision } from '@/report/collision';
import { measureProgress } from '@/report/race-progress';
import { toGithubAnnotations } from '@/report/formats/github';
import { toMarkdown } from '@/report/formats/markdown';
import { reportRace } from '@/report/race-report';
import type { SavedReport } from '@/report/read-report';
import { compareSaved } from '../compare-reports';
import { UsageError } from '../command-io';
import type { CommandIo } from '../command-io';
import { demandOptions, FIGURES_HELP, readDemands } from '../demands';
import { EXIT } from '../exit-code';
import type { ExitCode } from '../exit-code';
import { followJob } from '../follow-job';
import { formatRace } from '../formats/format-race';
import { tellGithub } from '../github-step';
import { labOptions, withLab } from '../lab/lab-options';
import { exitCodeOf, worstCode } from '../outcome';
import { planOptions, refusePlan, toPlanRequest } from '../plan-flags';
import type { Given } from '../plan-flags';
import type { Standing } from '../progress';
import { readConfigFor } from '../config/apply-config';
import { raceTrials } from '../race-trials';
import { openReportFiles, outputOption, raceContent, refuseForTrials } from '../report-files';
import { readReport } from '../saved-report';

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
    new Option(
      '--baseline <file>',
      'a JSON report to compare with, of a race or of trials; worse figures cross a threshold',
    ),
    outputOption(),
    ...labOptions(),
  ])
    command.addOption(option);
  readConfigFor('race', command, io);
  command.action(async (given: Given) => finish(await race(given, io)));
}

async function race(given: Given, io: CommandIo): Promise<ExitCode> {
  const demands = readDemands(given);
  const trials = readTrials(given);
  const files = await openReportFiles(given.output, io);
  const baseline = await readBaseline(given, trials === null ? 'race' : 'trials', io);
  // before a lab of this process is opened, which takes seconds
  if (given.server === undefined) {
    const known = await loadStrategies(strategyFolder);
    const parsed = parsePlan(toPlanRequest(given, [...known.values()]), known, { fromForm: false });
    if (!parsed.ok) throw refusePlan(parsed.error.message, parsed.error.issues);
  }
  return withLab(given, io, async (session) => {
    const request = toPlanRequest(given, session.lab.strategies);
    if (trials !== null) return raceTrials(session, { trials, request, baseline }, demands, files);
    const { view, stoppedBy } = await followJob(session, 'race', request, standingOfRace);
    const collision = await tryReadCollision(view, session.lab.readAttempt);
    const report = reportRace(view, demands, session.lab.writtenBy, collision);
    const failures = await files.write(raceContent(report, () => session.lab.readHistory(view.id)));
    if (session.isJson) io.print(`${JSON.stringify(report)}\n`);
    else io.print(formatRace(report, session.lab.pageOf(view.id), io.color));
    const step = { annotations: toGithubAnnotations(report), summary: toMarkdown(report) };
    failures.push(...(await tellGithub(io, step)));
    for (const failure of failures) io.complain(`${failure}\n`);
    const compared = baseline && compareSaved(baseline, { kind: 'race', report });
    if (compared !== null && !session.isJson) io.print(`\n${compared.text}`);
    return worstCode([
      view.status === 'failed' ? EXIT.internal : EXIT.pass,
      exitCodeOf(report.assertions, demands.expect, stoppedBy),
      compared?.code ?? EXIT.pass,
      failures.length > 0 ? EXIT.internal : EXIT.pass,
    ]);
  });
}

/** @throws UsageError when the file is no report, or one of the other kind */
async function readBaseline(
  { baseline }: Given,
  kind: SavedReport['kind'],
  io: CommandIo,
): Promise<SavedReport | null> {
  if (baseline === undefined) return null;
  const file = String(baseline);
  const saved = await readReport(file, io);
  if (saved.kind === kind) return saved;
  const [is, wants] =
    saved.kind === 'trials' ? ['of trials', 'with --trials'] : ['of one race', 'without --trials'];
  throw new UsageError(`--baseline: ${file} is a report ${is}, which can be compared ${wants} only.`);
}

function readTrials(given: Given): number | null {
  if (given.trials === undefined) return null;
  const trials = fromText(given.trials);
  const { min, max } = EXPERIMENT_LIMITS.trials;
  if (typeof trials !== 'number' || !Number.isInteger(trials) || trials < min || trials > max)
    throw new UsageError(
      `--trials takes a whole number from ${min} to ${max}, not "${String(given.trials)}".`,
    );
  refuseForTrials(given.output);
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
