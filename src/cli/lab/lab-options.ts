import { Option } from 'commander';
import { openLabHere } from './lab-here';
import { openLabOfServer } from './lab-of-server';
import type { CommandIo } from '../command-io';
import type { CommandLab } from './command-lab';
import { refusing } from '../plan-flags';
import type { Given } from '../plan-flags';
import { openProgress } from '../progress';
import type { Progress } from '../progress';

/** What a command that runs jobs works with. */
export interface LabSession {
  lab: CommandLab;
  io: CommandIo;
  progress: Progress;
  /** Whether the result is one JSON document. */
  isJson: boolean;
}

/** The flags that every command with a lab has. */
export function labOptions(): Option[] {
  return [
    new Option('--server <url>', 'use a running server instead of a lab in this process').env(
      'OVERSELL_SERVER',
    ),
    ...outputOptions(),
    refusing('quiet'),
  ];
}

/** The flags that say how a result is printed. */
export function outputOptions(): Option[] {
  return [
    new Option('--json', 'print the result as one line of JSON'),
    new Option('-q, --quiet', 'print no progress'),
  ];
}

/** Opens the lab that the flags name, and closes it after the work. */
export async function withLab<T>(
  given: Given,
  io: CommandIo,
  work: (session: LabSession) => Promise<T>,
): Promise<T> {
  io.holdSignals();
  const progress = openProgress(io, { quiet: given.quiet === true });
  const lab =
    typeof given.server === 'string'
      ? await openLabOfServer(given.server)
      : await openLabHere(io.readEnv(), (message) => progress.say(message));
  try {
    return await work({ lab, io, progress, isJson: given.json === true });
  } finally {
    progress.end();
    await lab.close();
  }
}
