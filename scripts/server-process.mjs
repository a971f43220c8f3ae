// Runs the server for start.mjs and dev.mjs.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './project.mjs';
import { respondToStops } from './run.mjs';

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
  // A server that has closed its end of the channel is on its way out.
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
