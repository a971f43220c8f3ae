#!/usr/bin/env node
// The program `oversell`: the command line on this process's files, streams and signals.
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { access, appendFile, constants, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { enterProduction, projectRoot, readDataDir, readEnv, readGithubStep } from '@/services/env';
import type { StopSignal } from './command-io';
import { EXIT, SIGNALLED } from './exit-code';
import { SAME_SIGNAL_MS } from './follow-job';
import { runCommand } from './program';

enterProduction();
const { stdin, stdout, stderr } = process;

stderr.on('error', () => undefined);
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (isHungUp) return;
  // the reader of the output has closed it, and nothing tells what the command would have come to
  if (error.code === 'EPIPE') process.exit(EXIT.unread);
  stderr.write(`The output cannot be written: ${error.message}.\n`);
  process.exit(EXIT.internal);
});

/** A report among the results; the output stays open after it. */
function toOutput(): Writable {
  return new Writable({ write: (chunk: Buffer, _encoding, done) => void stdout.write(chunk, () => done()) });
}

async function mayWrite(file: string): Promise<void> {
  if (file === '-') return;
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) throw new Error('it is a folder');
  await access(found ? file : dirname(resolve(file)), constants.W_OK);
}

/** One that came before anything listened is for the first that does. */
let early: StopSignal | undefined;
const listeners = new Set<(signal: StopSignal) => void>();

let signals = 0;
let signalledAt = Number.NEGATIVE_INFINITY;

/** The terminal has gone, and what is written to it is lost; reports in files are not. */
let isHungUp = false;

function stop(signal: StopSignal): void {
  isHungUp ||= signal === 'SIGHUP';
  const now = performance.now();
  if (now - signalledAt >= SAME_SIGNAL_MS) signals += 1;
  signalledAt = now;
  // the first drains and the second kills; what has not ended then does not listen
  if (signals > 2) endBy(signal);
  if (listeners.size > 0) return listeners.forEach((listener) => listener(signal));
  // nothing runs yet that could be drained: the second one ends the process
  if (early !== undefined) endBy(signal);
  early = signal;
}

/**
 * Ends the process by the signal itself: `process.exit` alone waits for files that are being opened, as a pipe that
 * no program reads is for ever.
 */
function endBy(signal: StopSignal): never {
  process.on('exit', () => {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
  process.exit(SIGNALLED[signal]);
}

/** Until a command asks for it, signals end the process as they do without a listener, whatever it is reading. */
function holdSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    if (process.listenerCount(signal) === 0) process.on(signal, stop);
}

function onStop(listener: (signal: StopSignal) => void): () => void {
  listeners.add(listener);
  if (early !== undefined) listener(early);
  early = undefined;
  return () => listeners.delete(listener);
}

const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  version: string;
};

process.exitCode = await runCommand(
  process.argv.slice(2),
  {
    cwd: process.cwd(),
    stdin,
    open: (file) => (file === '-' ? stdin : createReadStream(file)),
    create: (file) => (file === '-' ? toOutput() : createWriteStream(file)),
    mayWrite,
    print: (text) => void stdout.write(text),
    complain: (text) => void stderr.write(text),
    // false too where NO_COLOR is set
    color: stdout.isTTY && stdout.hasColors(),
    width: stdout.isTTY ? stdout.columns : 120,
    terminal: stderr.isTTY ? stderr : null,
    holdSignals,
    onStop,
    append: (file, text) => appendFile(file, text),
    githubStep: readGithubStep(),
    readEnv: () => readEnv(),
    dataDir: readDataDir(),
  },
  version,
);
// a source that was not read to its end would keep the process alive
stdin.destroy();
