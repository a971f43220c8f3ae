import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import { printable, printableLines } from '@/history-file/printable';
import { compareReports } from '../compare-reports';
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

const EXAMPLES = `
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
      `Compares two reports that oversell race -o json=FILE has saved. Exit code: ${EXIT.pass} nothing is worse, ${EXIT.violated} a strategy broke that had not, ${EXIT.threshold} a figure is worse, ${EXIT.inconclusive} the plans differ, so no claim is made.`,
    )
    .addArgument(new Argument('<earlier>', 'the report to compare with'))
    .addArgument(new Argument('<later>', 'the report to judge'))
    .addOption(new Option('--json', 'print the comparison as one line of JSON'))
    .action(async (earlier: string, later: string, { json }: { json?: boolean }) => {
      const reports = await Promise.all([readReport(earlier, io), readReport(later, io)]);
      const { text, code, comparison, otherPlan } = compareReports(...reports);
      io.print(json ? `${JSON.stringify({ ...comparison, otherPlan })}\n` : printableLines(text));
      finish(code);
    });

  program
    .command('report')
    .summary('renders a saved report or a history')
    .description(
      'Renders a report that oversell race -o json=FILE or html=FILE has saved, or a history of a race, which it judges again, in the formats of --output. Needs no database. Exit code: 0, whatever came of the race.',
    )
    .addArgument(
      new Argument('<file>', 'a report as JSON or HTML, or a history as NDJSON; - reads the input'),
    )
    .addOption(outputOption())
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, given: Given) => {
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
