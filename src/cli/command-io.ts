import type { Writable } from 'node:stream';
import { toBytes } from '@/history-file/bytes';
import type { Source } from '@/history-file/bytes';
import type { Env } from '@/services/env';

/** A signal that asks a command to end; the last one comes when its terminal has gone. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What a command reads and writes. */
export interface CommandIo {
  /** The folder in which the command was given. */
  cwd: string;
  stdin: Source;
  open: (file: string) => Source;
  /** Opens a file to write a report to; `-` is the output. */
  create: (file: string) => Writable;
  /** Rejects when no file can be written there. Leaves one that exists as it is. */
  mayWrite: (file: string) => Promise<void>;
  /** To the output: results only. */
  print: (text: string) => void;
  /** To the output of errors: progress and problems. */
  complain: (text: string) => void;
  /** Whether the output shows colours. */
  color: boolean;
  /** Characters in a line of the output. */
  width: number;
  /** The terminal that a progress bar is drawn on; null without one. */
  terminal: NodeJS.WriteStream | null;
  /**
   * From now on a signal waits for the first listener instead of ending the process: the command opens what has to be
   * closed.
   */
  holdSignals: () => void;
  /** Calls back at each signal from now on, until the returned function is called. */
  onStop: (listener: (signal: StopSignal) => void) => () => void;
  /** Adds a text to the end of a file. */
  append: (file: string, text: string) => Promise<void>;
  /** The step of a workflow of GitHub that the command is, if it is one: it gets annotations and a summary. */
  githubStep: { summaryFile: string | undefined } | null;
  /** @throws EnvError */
  readEnv: () => Env;
  /** The folder of the product's data. */
  dataDir: string;
}

/**
 * Reads a file that the user has named.
 *
 * @throws UsageError when it cannot be read
 */
export async function* readNamed(
  file: string,
  io: Pick<CommandIo, 'open' | 'stdin'>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* toBytes(file === '-' ? io.stdin : io.open(file));
  } catch (error) {
    const isOfFiles = error instanceof Error && 'syscall' in error;
    throw isOfFiles ? new UsageError(`The file cannot be read: ${error.message}.`) : error;
  }
}

/** The command cannot be carried out as it was given. The message tells how to give it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
