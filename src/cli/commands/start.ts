import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { productionEnv } from '@/services/env';
import { programArguments } from '@/services/process/program';
import type { CommandIo } from '../command-io';
import { EXIT } from '../exit-code';

const EXAMPLES = `
Examples:
  oversell start
  PORT=8080 oversell start
  DATABASE_URL=postgresql://me@127.0.0.1:5432/lab REDIS_URL=redis://127.0.0.1:6379 oversell start
`;

/** Adds the command `start`, which runs the server with its pages as a child process. `finish` gets its exit code. */
export function addStart(program: Command, io: CommandIo, finish: (code: number) => void): void {
  program
    .command('start')
    .summary('starts the server with its pages')
    .description(
      'Starts the server, as npm start does. PORT, HOST, DATABASE_URL, REDIS_URL and others configure it.',
    )
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      io.holdSignals();
      const child = spawn(process.execPath, programArguments('server'), {
        env: productionEnv(),
        // by the channel the server notices when this process dies, and stops
        stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      });
      const forget = io.onStop((signal) => void child.kill(signal));
      const code = await new Promise<number>((resolve) => {
        child.once('error', () => resolve(EXIT.internal));
        child.once('exit', (own) => resolve(own ?? EXIT.internal));
      });
      forget();
      finish(code);
    });
}
