import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import { printable } from '@/history-file/printable';
import { compareReports } from '../compare-reports';
import { UsageError } from '../command-io';
import type { CommandIo } from '../command-io';
import { EXIT } from '../exit-code';
import type { ExitCode } from '../exit-code';
import { formatRace } from '../format-race';
import type { Given } from '../plan-flags';
import { openReportFiles, outputOption, readReport } from '../report-files';

/** Adds the commands that read saved reports: `compare` and `report`. They need no lab. */
export function addReports(program: Command, io: CommandIo, finish: (code: ExitCode) => void): void {
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
      io.print(json ? `${JSON.stringify({ ...comparison, otherPlan })}\n` : printable(text));
      finish(code);
    });

  program
    .command('report')
    .summary('renders a saved report')
    .description('Renders a report that oversell race -o json=FILE has saved, in the formats of --output.')
    .addArgument(new Argument('<file>', 'a report as JSON'))
    .addOption(outputOption())
    .action(async (file: string, given: Given) => {
      const report = await readReport(file, io);
      const files = await openReportFiles(given.output, io);
      const failures = await files.write(report, () =>
        Promise.reject(new UsageError('a saved report holds no history; export it from the race')),
      );
      if (given.output === undefined) io.print(formatRace(report, null, io.color));
      for (const failure of failures) io.complain(`${failure}\n`);
      finish(failures.length > 0 ? EXIT.internal : EXIT.pass);
    });
}
