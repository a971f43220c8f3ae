// npm run oversell -- <command>: the command line, set up and compiled first. `npm run audit` is one of its commands.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureProgram, serverProgram } from './bundle.mjs';
import { passStopsTo, runMain, stopOnSignals } from './run.mjs';
import { setUp, withSetupLock } from './setup.mjs';

/** Commands that open a lab in their own process, unless they use the one of a server. */
const WITH_LAB = ['race', 'explore', 'start'];

await runMain(async () => {
  stopOnSignals();
  const args = process.argv.slice(2);
  const needsLab = WITH_LAB.includes(args[0]) && !args.some((arg) => /^(--server|--help|-h)\b/.test(arg));
  const redis = needsLab ? 'as-configured' : 'none';
  // pages are rendered by their build, and so are reports as HTML
  const needsPages = needsLab || args.some((arg) => arg.includes('html='));
  const { redisServerBin } = await setUp({ build: needsPages, redis });
  if (!needsPages) await withSetupLock(ensureProgram);
  const program = join(dirname(serverProgram), 'oversell.mjs');
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {
    // npm runs scripts in the project's folder; file names are relative to the caller's folder
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: {
      ...process.env,
      NODE_ENV: 'production',
      ...(redisServerBin && { REDIS_SERVER_BIN: redisServerBin }),
    },
    stdio: 'inherit',
  });
  // it drains what runs, and says when it is done
  passStopsTo((signal) => child.kill(signal));
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
});
