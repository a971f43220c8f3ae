// How every script uses the terminal, signals and other programs. Child processes never outlive the script: each gets a
// process group of its own, so that Ctrl-C reaches only the script, which passes exactly one signal on and waits.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { root } from './project.mjs';

/** Something the person at the terminal can act on. The message is printed without a stack trace. */
export class SetupError extends Error {
  name = 'SetupError';
}

const TICK_TTY_MS = 100;
const TICK_PLAIN_MS = 15_000;

/**
 * Says what is being done and for how long: one live line on a terminal, plain lines elsewhere.
 *
 * @template T
 * @param {string} title such as "Installing dependencies"
 * @param {() => Promise<T>} work
 * @param {NodeJS.WriteStream} [out]
 * @returns {Promise<T>}
 */
export async function showProgress(title, work, out = process.stderr) {
  const startedAt = performance.now();
  const elapsed = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const live = out.isTTY === true;
  const draw = () => out.write(live ? `\r\x1b[K${title} … ${elapsed()}` : `${title} … ${elapsed()}\n`);
  if (live) draw();
  else out.write(`${title} …\n`);
  const timer = setInterval(draw, live ? TICK_TTY_MS : TICK_PLAIN_MS);
  const finish = (word) => {
    clearInterval(timer);
    out.write(`${live ? '\r\x1b[K' : ''}${title}: ${word} ${elapsed()}\n`);
  };
  try {
    const result = await work();
    finish('done in');
    return result;
  } catch (error) {
    finish('failed after');
    throw error;
  }
}

const KEEP_OUTPUT = 64 * 1024;
const PRINT_LINES = 40;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
/** Those that read the terminal, which only its own process group may. */
const sharesTerminal = new WeakSet();
/** @type {Set<() => void>} */
const exitHooks = new Set();
let stopping = false;

/**
 * Runs at exit, whatever ends the script (except SIGKILL).
 *
 * @param {() => void} hook synchronous
 * @returns {() => void} removes the hook
 */
export function onExit(hook) {
  exitHooks.add(hook);
  return () => exitHooks.delete(hook);
}

process.on('exit', () => {
  for (const hook of exitHooks) hook();
  for (const child of running) killGroup(child, 'SIGKILL');
});

/** @type {((signal: NodeJS.Signals) => void) | undefined} */
let respond;

/**
 * Says what SIGINT, SIGTERM and SIGHUP do from now on. The listener itself stays for good: a signal that came while the
 * script was busy is delivered a turn later, and would be lost with a listener that has been taken away until then.
 *
 * @param {(signal: NodeJS.Signals) => void} response
 */
export function respondToStops(response) {
  const isFirst = respond === undefined;
  respond = response;
  if (!isFirst) return;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => respond(signal));
}

/** Ends the children, then the script, on SIGINT, SIGTERM and SIGHUP. */
export function stopOnSignals() {
  respondToStops((signal) => {
    if (stopping) return;
    stopping = true;
    for (const child of running) killGroup(child, signal === 'SIGHUP' ? 'SIGTERM' : signal);
    const exit = () => process.exit(128 + constants.signals[signal]);
    void Promise.race([whenAllEnded(), new Promise((resolve) => setTimeout(resolve, 8_000))]).then(exit);
  });
}

/** Read as early as can be: one that dies during set-up is noticed by its change. */
const starter = findStarter();
const LOOK_FOR_STARTER_MS = 500;

/**
 * From now on, treats the death of the process that started the script like SIGTERM. A killed npm does not end its
 * shell, nor what the shell runs.
 */
export function stopWithParent() {
  const timer = setInterval(() => {
    if (findStarter() === starter && !isBornOrphan()) return;
    clearInterval(timer);
    respond?.('SIGTERM');
  }, LOOK_FOR_STARTER_MS);
  timer.unref();
}

/**
 * The parent; for a script that npm runs, npm itself, unless the shell between them has replaced itself with the
 * script.
 */
function findStarter() {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return parent;
  const isShell = readProcess(parent, 'cmdline').split('\0')[1] === '-c';
  // the second field is the program's name in brackets and may hold spaces and brackets itself
  return isShell ? Number(readProcess(parent, 'stat').split(') ').at(-1)?.split(' ')[1]) : parent;
}

/**
 * What Linux reports about a process; nothing when it is gone, or on other systems, where shells replace themselves.
 */
function readProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Whether npm, which started this script, died before the script could see it: in a container npm may be process 1. */
function isBornOrphan() {
  if (starter !== 1 || process.env.npm_lifecycle_event === undefined) return false;
  return !readProcess(1, 'cmdline').includes('npm');
}

function whenAllEnded() {
  return Promise.all([...running].map((child) => new Promise((resolve) => child.once('close', resolve))));
}

function killGroup(child, signal) {
  try {
    if (process.platform === 'win32') child.kill(signal);
    else if (sharesTerminal.has(child)) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It ended by itself.
  }
}

/**
 * Runs a program and waits for its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string | undefined>, cwd?: string, show?: boolean, input?: boolean }} [options]
 *   `env` is added to the environment; `show` lets it write to the terminal instead of keeping its output; `input` lets
 *   it read the script's own input
 * @returns {Promise<{ code: number, output: string }>} code 127 when it cannot be started
 */
export async function run(command, args, { env, cwd = root, show = false, input = false } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: process.platform !== 'win32' && !input,
    stdio: [input ? 'inherit' : 'ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  });
  running.add(child);
  if (input) sharesTerminal.add(child);
  let output = '';
  const keep = (chunk) => (output = (output + chunk).slice(-KEEP_OUTPUT));
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      output += error.message;
      resolve(127);
    });
    child.once('close', (exitCode, signal) => resolve(exitCode ?? 128 + constants.signals[signal]));
  });
  running.delete(child);
  // The script is exiting: nothing after this await may run.
  if (stopping) await new Promise(() => undefined);
  return { code, output };
}

/**
 * Like `run`, for a program that has to succeed.
 *
 * @param {string} advice what to do when it does not
 * @throws SetupError with the last lines of its output
 */
export async function mustRun(command, args, options, advice) {
  const { code, output } = await run(command, args, options);
  if (code === 0) return output;
  const lines = output.trimEnd().split('\n').slice(-PRINT_LINES).join('\n');
  const what = [command, ...args].map((word) => word.replace(process.execPath, 'node')).join(' ');
  throw new SetupError(`${lines}\n\n\`${what}\` ended with code ${code}. ${advice}`);
}

/**
 * Runs a script's main function; a SetupError becomes a message and exit code 1.
 *
 * @param {() => Promise<number | void>} main returns the exit code, default 0
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}

/**
 * Starts the server in a session of its own: Ctrl-C in a terminal signals every process of the foreground group,
 * npm passes it on again, and the server is to hear of it once. The channel tells it when this process dies
 * without being able to say so (SIGKILL).
 *
 * @param {'production' | 'development'} mode
 * @param {string[]} program arguments for Node
 * @param {Record<string, string | undefined>} env
 */
export function startServer(mode, program, env) {
  const child = spawn(process.execPath, program, {
    cwd: root,
    env: { ...process.env, ...env, NODE_ENV: mode },
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
  // A server that has closed its end of the channel is exiting.
  child.on('error', () => undefined);
  return { child, ended };
}

/**
 * Passes SIGINT, SIGTERM and SIGHUP on (the last as SIGTERM, as the terminal is gone). Those of one kind within a
 * second are one: npm repeats what the terminal has already sent.
 *
 * @param {(signal: NodeJS.Signals) => void} deliver
 */
export function passStopsTo(deliver) {
  const last = new Map();
  respondToStops((received) => {
    const now = performance.now();
    if (now - (last.get(received) ?? -Infinity) < 1_000) return;
    last.set(received, now);
    deliver(received === 'SIGHUP' ? 'SIGTERM' : received);
  });
}
