import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describeProcess, isAlive, readOwner, type ProcessIdentity } from './process-lock.mjs';
import type { RunAs } from './run-as';

export interface ServiceProcessOptions {
  binary: string;
  args: string[];
  cwd: string;
  runAs: RunAs;
  /** Receives stdout and stderr of the process; emptied at each start. */
  logFile: string;
  /** Records the process, so that a later owner of the folder can stop it if this one is killed. */
  identityFile: string;
  /** Sent in turn until the process is gone; SIGKILL follows the last one. */
  stopSignals: readonly StopSignal[];
  /** Called once if the process ends without being asked to. */
  onUnexpectedExit: (detail: string) => unknown;
}

export interface StopSignal {
  signal: NodeJS.Signals;
  /** How long the process may take before the next signal. */
  waitMs: number;
}

export interface ServiceProcess {
  readonly pid: number;
  /** undefined while it runs, then how it ended ("code 1", "signal SIGKILL"). */
  exit(): string | undefined;
  /** The last lines it printed. */
  logTail(): string;
  /** Stops it and resolves when it is gone. Harmless when called again. */
  stop(): Promise<void>;
}

/**
 * Starts a server program in a process group of its own: Ctrl-C in a terminal signals the whole foreground
 * group, and a database that stops before its clients turns a clean exit into a page of errors.
 *
 * @throws when the program cannot be executed
 */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const child = await spawnDetached(options);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.binary} has no process id`);
  writeFileSync(options.identityFile, JSON.stringify(describeProcess(pid)));

  let exit: string | undefined;
  let stopping: Promise<void> | undefined;
  // Covers process.exit() and uncaught errors, where stop() cannot be awaited.
  const killOnExit = (): void => void child.kill(options.stopSignals[0]?.signal ?? 'SIGKILL');
  process.once('exit', killOnExit);
  child.once('exit', (code, signal) => {
    exit = signal === null ? `code ${String(code)}` : `signal ${signal}`;
    process.removeListener('exit', killOnExit);
    rmSync(options.identityFile, { force: true });
    if (stopping === undefined) options.onUnexpectedExit(exit);
  });
  // The server's own sockets keep this process alive; a command that is done must not hang on its database.
  child.unref();

  return {
    pid,
    exit: () => exit,
    logTail: () => tail(options.logFile),
    stop: () => (stopping ??= stopChild(child, options.stopSignals)),
  };
}

/** Some libraries declare variables that every environment is to have, hence the cast. */
export const cleanEnvironment = { LC_ALL: 'C', TZ: 'UTC' } as unknown as NodeJS.ProcessEnv;

async function spawnDetached(options: ServiceProcessOptions): Promise<ChildProcess> {
  const log = openSync(options.logFile, 'w');
  try {
    const child = spawn(options.binary, options.args, {
      cwd: options.cwd,
      detached: true,
      stdio: ['ignore', log, log],
      // Nothing inherited: PGPORT, PGDATA and their like in a developer's shell must not reach our servers.
      env: cleanEnvironment,
      ...options.runAs.ids,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      // the listener stays: a signal that cannot be delivered is an error too
      child.on('error', reject);
    });
    return child;
  } finally {
    closeSync(log);
  }
}

async function stopChild(child: ChildProcess, signals: readonly StopSignal[]): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = new Promise<true>((resolve) => child.once('exit', () => resolve(true)));
  for (const { signal, waitMs } of signals) {
    child.kill(signal);
    if (await within(waitMs, gone)) return;
  }
  child.kill('SIGKILL');
  await gone;
}

async function within(ms: number, gone: Promise<true>): Promise<boolean> {
  const cancel = new AbortController();
  const late = delay(ms, false, { signal: cancel.signal }).catch(() => false);
  const result = await Promise.race([gone, late]);
  cancel.abort();
  return result;
}

/**
 * Stops the process recorded in an identity file, if it still runs and is still the same one: the remains of a server
 * that was SIGKILLed.
 *
 * @returns whether there was a process to stop
 */
export async function stopOrphan(identityFile: string, signals: readonly StopSignal[]): Promise<boolean> {
  const orphan = readOwner(identityFile);
  const stopped = orphan !== undefined && (await stopIdentified(orphan, signals));
  rmSync(identityFile, { force: true });
  return stopped;
}

/** Like `stopOrphan` for a process that was identified in another way. */
export async function stopIdentified(
  target: ProcessIdentity,
  signals: readonly StopSignal[],
): Promise<boolean> {
  if (!isAlive(target)) return false;
  for (const { signal, waitMs } of [...signals, { signal: 'SIGKILL', waitMs: 5_000 } as const]) {
    if (!isAlive(target)) return true;
    process.kill(target.pid, signal);
    const deadline = performance.now() + waitMs;
    while (isAlive(target) && performance.now() < deadline) await delay(20);
  }
  if (isAlive(target)) throw new Error(`process ${target.pid} does not end`);
  return true;
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-8).join('\n');
  } catch {
    return '';
  }
}
