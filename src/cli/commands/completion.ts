import { Argument } from 'commander';
import type { Command } from 'commander';
import { loadStrategies } from '@/scenarios/registry';
import { strategyFolder } from '@/services/process/program';
import type { CommandIo } from '../command-io';
import { toBash } from '../completion/bash';
import { toCompletionTree } from '../completion/completion-tree';
import type { CompletedValue } from '../completion/completion-tree';
import { toFish } from '../completion/fish';
import { toZsh } from '../completion/zsh';
import { EXIT } from '../exit-code';
import type { ExitCode } from '../exit-code';
import { STRATEGY_GROUPS } from '../plan-flags';
import { OUTPUT_FORMATS } from '../report-files';

const SHELLS = { bash: toBash, zsh: toZsh, fish: toFish };

const EXAMPLES = `
Examples:
  source <(oversell completion bash)                                      in ~/.bashrc
  source <(oversell completion zsh)                                       in ~/.zshrc, after compinit
  oversell completion fish > ~/.config/fish/completions/oversell.fish
`;

/**
 * Adds the command `completion`: all others have to be there already. The scripts are made of commander's commands. The
 * ones of @bomb.sh/tab 0.0.22 run the program at each press of Tab, and that of bash passes what was typed to `eval`.
 */
export function addCompletion(program: Command, io: CommandIo, finish: (code: ExitCode) => void): void {
  program
    .command('completion')
    .summary('prints a script that completes commands for a shell')
    .description('Prints a script that completes commands, flags and values when Tab is pressed.')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: keyof typeof SHELLS) => {
      const ids = [...(await loadStrategies(strategyFolder)).keys()];
      const file: CompletedValue = { kind: 'file' };
      const tree = toCompletionTree(program, {
        ids: { kind: 'list', words: [...STRATEGY_GROUPS, ...ids] },
        strategy: { kind: 'words', words: ids },
        'format=file': { kind: 'outputs', words: OUTPUT_FORMATS },
        file,
        earlier: file,
        later: file,
      });
      io.print(SHELLS[shell](tree));
      finish(EXIT.pass);
    });
}
