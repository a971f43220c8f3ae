import { Argument, InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { CommandIo } from '../command-io';
import type { ExitCode } from '../exit-code';
import { auditFile } from '../audit-file';

const EXAMPLES = `
Examples:
  oversell audit oversell-race-k3n8.ndjson
  curl -s http://127.0.0.1:3000/api/races/k3n8/export.ndjson | oversell audit - --json
`;

/** Adds the command `audit`. It needs no lab. */
export function addAudit(program: Command, io: CommandIo, finish: (code: ExitCode) => void): void {
  program
    .command('audit')
    .summary('judges a history file again')
    .description(
      'Judges the lanes of a history file again, as GET /api/races/:id/export.ndjson gives it. Exit code: 0 every lane is ok, 10 one is violated, 12 none is violated and one is inconclusive.',
    )
    .addArgument(new Argument('<file>', 'the history; - reads the input'))
    .addOption(new Option('--json', 'print the results as one line of JSON'))
    .addOption(new Option('--lane <n>', 'only the lane of this number').argParser(readLane))
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, { json = false, lane }: { json?: boolean; lane?: number }) =>
      finish(await auditFile({ file, json, lane }, io)),
    );
}

function readLane(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number from 0.');
  return Number(text);
}
