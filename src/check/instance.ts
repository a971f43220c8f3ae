import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describeProcess, isAlive, readOwner } from '@/services/process/process-lock.mjs';
import { ProcessGroup } from './process-group';

/** How an instance of the app is started. */
export interface AppCommand {
  /** A line for the shell, such as `node shop.js`. */
  command: string;
  cwd: string;
  /** All of its environment, with the addresses of its database and Redis, and its port. */
  env: Readonly<Record<string, string>>;
  /** The port that the app has been told to listen on. */
  port: number;
  /** The name of the variable that told it, for messages. */
  portEnv: string;
  /** Receives what the app prints; emptied at the start. */
  logFile: string;
  /** Records the process, so that a later run can end it when this one is killed. */
  identityFile: string;
  /** How long the app may take until it accepts connections, ms. */
  startMs: number;
}

/** One running copy of the app, in a process group of its own, with whatever it has started itself. */
export interface Instance {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly pid: number;
  readonly group: ProcessGroup;
  /** undefined while it runs, then how it ended: `code 1`, `signal SIGKILL`. */
  exit(): string | undefined;
  /** The last lines that it printed. */
  logTail(): string;
  /** Ends the whole group, and resolves when it is gone. Harmless when called again. */
  stop(): Promise<void>;
}

/** The app does not start, or not where it was told to. The message says what to do, and ends with what it printed. */
export class AppStartError extends Error {
  override readonly name = 'AppStartError';

  constructor(message: string, logTail: string) {
    super(logTail === '' ? `${message} It printed nothing.` : `${message} It printed last:\n${logTail}`);
  }
}

const LOOK_EVERY_MS = 25;
/** How long an app that was asked to end may take before it is killed, ms. */
const STOP_MS = 3_000;
/** Lines of what the app printed that a message shows. */
const TAIL_LINES = 12;

/**
 * Starts an instance and waits until it accepts connections. Nothing of it is left when this throws.
 *
 * @throws AppStartError when it exits, listens somewhere else, or takes too long
 */
export async function startInstance(app: AppCommand, signal?: AbortSignal): Promise<Instance> {
  const child = spawnGroup(app);
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  const { pid } = child;
  if (pid === undefined) throw new AppStartError(`${app.command} cannot be started.`, tailOf(app.logFile));
  writeFileSync(app.identityFile, JSON.stringify(describeProcess(pid)));
  const group = new ProcessGroup(pid);
  const killOnExit = (): void => signalGroup(pid, 'SIGKILL');
  process.once('exit', killOnExit);
  let stopping: Promise<void> | undefined;
  const stop = () =>
    (stopping ??= endGroup(pid, ended).then(() => {
      process.removeListener('exit', killOnExit);
      rmSync(app.identityFile, { force: true });
    }));
  const instance: Instance = {
    url: `http://127.0.0.1:${app.port}`,
    pid,
    group,
    exit: () => howItEnded(child),
    logTail: () => tailOf(app.logFile),
    stop,
  };
  try {
    await whenListening(app, instance, signal);
    group.refresh();
    return instance;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends an instance that an earlier run recorded and could not end, if it is still the same process. */
export async function stopLeftover(identityFile: string): Promise<boolean> {
  const owner = readOwner(identityFile);
  const isLeft = owner !== undefined && isAlive(owner);
  if (isLeft) {
    const gone = async () => {
      while (isAlive(owner)) await delay(LOOK_EVERY_MS);
    };
    await endGroup(owner.pid, gone());
  }
  rmSync(identityFile, { force: true });
  return isLeft;
}

function spawnGroup({ command, cwd, env, logFile }: AppCommand): ChildProcess {
  const log = openSync(logFile, 'w');
  try {
    const child = spawn(command, {
      cwd,
      shell: true,
      // a group of its own: wrappers such as `npm start` do not pass signals on
      detached: true,
      stdio: ['ignore', log, log],
      env: env as NodeJS.ProcessEnv,
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

async function whenListening(app: AppCommand, instance: Instance, signal?: AbortSignal): Promise<void> {
  const until = performance.now() + app.startMs;
  while (performance.now() < until) {
    signal?.throwIfAborted();
    const exit = instance.exit();
    if (exit !== undefined)
      throw new AppStartError(
        `\`${app.command}\` ended (${exit}) before it listened on port ${app.port}.`,
        instance.logTail(),
      );
    if (await accepts(app.port)) return;
    await delay(LOOK_EVERY_MS);
  }
  throw new AppStartError(describeSilence(app, instance), instance.logTail());
}

function describeSilence({ command, port, portEnv, startMs }: AppCommand, { group }: Instance): string {
  const others = group.listeningPorts() ?? [];
  const waited = `\`${command}\` did not listen on port ${port} within ${Math.round(startMs / 1_000)} s.`;
  if (others.length === 0) return `${waited} A slower start can be allowed with --start-timeout.`;
  const ports = others.length === 1 ? `port ${others[0]}` : `ports ${others.join(', ')}`;
  return `${waited} It listens on ${ports} instead: it has to take its port from the variable ${portEnv}, or --port-env has to name the one that it reads.`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const close = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => close(true)).once('error', () => close(false));
  });
}

function howItEnded({ exitCode, signalCode }: ChildProcess): string | undefined {
  if (signalCode !== null) return `signal ${signalCode}`;
  return exitCode === null ? undefined : `code ${exitCode}`;
}

async function endGroup(pid: number, leaderGone: Promise<void>): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  const cancel = new AbortController();
  const late = delay(STOP_MS, undefined, { signal: cancel.signal }).catch(() => undefined);
  await Promise.race([leaderGone, late]);
  cancel.abort();
  // what the app has started may outlive it
  signalGroup(pid, 'SIGKILL');
  await leaderGone;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // nobody is left in the group
  }
}

function tailOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  } catch {
    return '';
  }
}
