import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import { printable, printableLines } from '@/history-file/printable';
import { describeReport } from '@/report/read-report';
import { compareSaved } from '../compare-reports';
import { UsageError } from '../command-io';
import type { CommandIo } from '../command-io';
import { EXIT } from '../exit-code';
import type { ExitCode } from '../exit-code';
import { formatRace } from '../formats/format-race';
import type { Given } from '../plan-flags';
import { formatTrials } from '../race-trials';
import {
  openReportFiles,
  outputOption,
  raceContent,
  refuseForTrials,
  refuseHistory,
  trialsContent,
} from '../report-files';
import { readReport, readSaved } from '../saved-report';

const COMPARE_EXAMPLES = `
Of two races a rate or a latency that differs by less than 10 % is taken for noise. What a machine's noise is, one race
each does not tell: on a busy one, race again before you believe a difference. Of two reports of trials a strategy is
better or worse where chance alone makes the shares of broken trials differ so much in fewer than 5 of 100 cases.

Examples:
  oversell race -o json=before.json
  oversell race -o json=after.json
  oversell compare before.json after.json
  oversell race --trials 20 -o json=trials.json
`;

const REPORT_EXAMPLES = `
Examples:
  oversell report races.json -o csv=races.csv
  oversell report oversell-race-k3n8.ndjson -o html=race.html -o markdown=race.md
`;

/** Adds the commands that read saved reports: `compare` and `report`. They need no lab. */
export function addReports(
  program: Command,
  io: CommandIo,
  finish: (code: ExitCode) => void,
  version: string,
): void {
  program
    .command('compare')
    .summary('compares two saved reports')
    .description(
      `Compares two reports that oversell race -o json=FILE has saved. Exit code: ${EXIT.pass} nothing is worse, ${EXIT.violated} a strategy broke that had not, ${EXIT.threshold} a figure is worse, ${EXIT.inconclusive} a strategy has no verdict now, or the plans differ, so no claim is made.`,
    )
    .addArgument(new Argument('<earlier>', 'the report to compare with'))
    .addArgument(new Argument('<later>', 'the report to judge'))
    .addOption(new Option('--json', 'print the comparison as one line of JSON'))
    .addHelpText('after', COMPARE_EXAMPLES)
    .action(async (earlier: string, later: string, { json }: { json?: boolean }) => {
      const reports = await Promise.all([readReport(earlier, io), readReport(later, io)]);
      const { text, code, data } = compareSaved(...reports);
      io.print(json ? `${JSON.stringify(data)}\n` : printableLines(text));
      finish(code);
    });

  program
    .command('report')
    .summary('renders a saved report or a history')
    .description(
      'Renders a report that oversell race -o json=FILE or html=FILE has saved, or a history of a race, which it judges again, in the formats of --output. Needs no database. Exit code: 0, whatever came of the race.',
    )
    .addArgument(
      new Argument('[file]', 'a report as JSON or HTML, or a history as NDJSON; - reads the input'),
    )
    .addOption(outputOption())
    .addOption(new Option('--schema', 'print the JSON schema of a report, and do nothing else'))
    .addHelpText('after', REPORT_EXAMPLES)
    .action(async (file: string | undefined, given: Given) => {
      if (given.schema === true) {
        io.print(`${JSON.stringify(describeReport(), null, 2)}\n`);
        return finish(EXIT.pass);
      }
      if (file === undefined) throw new UsageError('report takes the file to render; - reads the input.');
      refuseHistory(given.output);
      const files = await openReportFiles(given.output, io);
      const saved = await readSaved(file, `oversell ${version}`, io);
      const isRace = saved.kind === 'race';
      if (!isRace) refuseForTrials(given.output);
      const failures = await files.write(isRace ? raceContent(saved.report) : trialsContent(saved.report));
      if (given.output === undefined)
        io.print(isRace ? formatRace(saved.report, null, io.color) : formatTrials(saved.report));
      for (const note of saved.notes) io.complain(`${printable(note)}\n`);
      for (const failure of failures) io.complain(`${failure}\n`);
      finish(failures.length > 0 ? EXIT.internal : EXIT.pass);
    });
}
