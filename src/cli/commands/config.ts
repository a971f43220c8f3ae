import { Option } from 'commander';
import type { Command } from 'commander';
import type { CommandIo } from '../command-io';
import { configOption } from '../config/apply-config';
import { describeConfig } from '../config/config-schema';
import { loadConfig } from '../config/load-config';
import { EXIT } from '../exit-code';
import type { ExitCode } from '../exit-code';

const EXAMPLES = `
Examples:
  oversell config
  oversell config --schema > oversell.schema.json
`;

/** Adds the command `config`. It needs no lab. */
export function addConfig(program: Command, io: CommandIo, finish: (code: ExitCode) => void): void {
  program
    .command('config')
    .summary('shows the settings that race and explore read from a file')
    .description('Checks and prints the settings that race and explore read from a file.')
    .addOption(configOption())
    .addOption(new Option('--schema', 'print the JSON schema of the file instead'))
    .addHelpText('after', EXAMPLES)
    .action(async ({ schema, config }: { schema?: boolean; config?: string }) => {
      const print = (value: object) => io.print(`${JSON.stringify(value, null, 2)}\n`);
      if (schema) print(describeConfig());
      else print((await loadConfig(io.cwd, config)) ?? { file: null, settings: {} });
      finish(EXIT.pass);
    });
}
