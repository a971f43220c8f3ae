import { printableLines } from '@/history-file/printable';
import type { ExperimentView } from '@/model/experiment';
import type { RaceView } from '@/model/race';
import { countOf, formatNumber } from '@/model/wording';
import { TRIALS_FORMATS } from '@/report/formats/trials-formats';
import type { SavedReport } from '@/report/read-report';
import type { Demands } from '@/report/race-report';
import { nameDemand } from '@/report/report-words';
import { reportTrials } from '@/report/trials-report';
import type { TrialsReport } from '@/report/trials-report';
import type { CommandLab } from './lab/command-lab';
import { compareSaved } from './compare-reports';
import { EXIT } from './exit-code';
import type { ExitCode } from './exit-code';
import { followJob } from './follow-job';
import { tellGithub } from './github-step';
import type { LabSession } from './lab/lab-options';
import { exitCodeOf, worstCode } from './outcome';
import type { Standing } from './progress';
import { trialsContent } from './report-files';
import type { ReportFiles } from './report-files';

/** Races a plan many times, judges each strategy by all of its trials, and writes the reports. */
export async function raceTrials(
  { lab, io, progress, isJson }: LabSession,
  { trials, request, baseline }: { trials: number; request: object; baseline: SavedReport | null },
  demands: Demands,
  files: ReportFiles,
): Promise<ExitCode> {
  const asked = { kind: 'trials', trials, race: request };
  const { view, stoppedBy } = await followJob({ lab, io, progress }, 'experiment', asked, standingOf);
  const hasConditions = demands.invariants.length + demands.thresholds.length > 0;
  const races = readRaces(lab, hasConditions ? view : null);
  const report = await reportTrials(view, races, demands, lab.writtenBy);
  const failures = await files.write(trialsContent(report));
  if (isJson) io.print(`${JSON.stringify(report)}\n`);
  else io.print(formatTrials(report));
  const summary = TRIALS_FORMATS.find(({ id }) => id === 'markdown')?.write(report) ?? '';
  failures.push(...(await tellGithub(io, { annotations: '', summary })));
  for (const failure of failures) io.complain(`${failure}\n`);
  const compared = baseline && compareSaved(baseline, { kind: 'trials', report });
  if (compared !== null && !isJson) io.print(`\n${printableLines(compared.text)}`);
  return worstCode([
    view.status === 'failed' ? EXIT.internal : EXIT.pass,
    exitCodeOf(report.assertions, demands.expect, stoppedBy),
    compared?.code ?? EXIT.pass,
    failures.length > 0 ? EXIT.internal : EXIT.pass,
  ]);
}

/** The race of each trial that is over, one at a time: a race of forty lanes has some 3 MB. */
async function* readRaces(lab: CommandLab, experiment: ExperimentView | null): AsyncGenerator<RaceView> {
  const [first] = experiment?.strategies ?? [];
  for (const { raceId, verdict } of first?.trials ?? [])
    if (verdict !== null) yield await lab.read('race', raceId);
}

function standingOf({ done, planned }: ExperimentView): Standing {
  return { share: done / planned, text: `${formatNumber(done)} of ${countOf(planned, 'trial')}` };
}

/** Trials that are over, for a person at a terminal. */
export function formatTrials({ experiment, assertions }: TrialsReport): string {
  const { id, status, reason, strategies } = experiment;
  const lines = [
    `Experiment ${id}: ${status}${reason === null ? '' : `. ${reason}`}`,
    ...strategies.flatMap(({ lane, strategy, statement }) => [
      '',
      `${strategy}: ${statement}`,
      ...assertions
        .filter((one) => one.lane === lane && one.result !== 'met')
        .map(
          (one) => `  ${one.result === 'broken' ? 'Not met' : 'Undecided'}: ${nameDemand(one)}: ${one.why}`,
        ),
    ]),
  ];
  return `${printableLines(lines.join('\n'))}\n`;
}
