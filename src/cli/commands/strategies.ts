import { Option } from 'commander';
import type { Command } from 'commander';
import { loadStrategies } from '@/scenarios/registry';
import { strategyFolder } from '@/services/process/program';
import type { CommandIo } from '../command-io';
import { EXIT } from '../exit-code';
import type { ExitCode } from '../exit-code';

const EXAMPLES = `
Examples:
  oversell strategies
  oversell strategies --json
`;

/** Adds the command `strategies`. It needs no lab: strategies are files of the program. */
export function addStrategies(program: Command, io: CommandIo, finish: (code: ExitCode) => void): void {
  program
    .command('strategies')
    .summary('lists the strategies')
    .description('Lists the strategies with the class of each: safe, unsafe, or safe on a condition.')
    .addOption(new Option('--json', 'print them as one line of JSON'))
    .addHelpText('after', EXAMPLES)
    .action(async ({ json }: { json?: boolean }) => {
      const strategies = [...(await loadStrategies(strategyFolder)).values()];
      if (json) {
        const rows = strategies.map(({ id, name, expected, summary, condition, stores }) => {
          return { id, name, expected, summary, condition: condition ?? null, stores };
        });
        io.print(`${JSON.stringify(rows)}\n`);
      } else {
        const width = Math.max(...strategies.map(({ id }) => id.length));
        for (const { id, expected, summary } of strategies)
          io.print(`${id.padEnd(width)}  ${expected.padEnd(11)}  ${summary}\n`);
      }
      finish(EXIT.pass);
    });
}
