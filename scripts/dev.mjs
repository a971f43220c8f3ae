// npm run dev: Vite serves the pages and reloads them by itself; this script restarts the server when one of the files
// that it runs has changed.
import { watch } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.mjs';
import { passStopsTo, runMain, startServer, stopOnSignals, stopWithParent } from './run.mjs';
import { setUp } from './setup.mjs';

const SETTLE_MS = 150;
const FOLDER = 'src';
const FILES = ['server.ts', '.env'];

/**
 * Is this a file that the server process itself runs?
 *
 * @param {string} path relative to the project, with forward slashes
 */
export function isServerFile(path) {
  if (FILES.includes(path)) return true;
  if (!/\.(ts|sql|lua)$/.test(path) || /\.test\.ts$/.test(path)) return false;
  return path.startsWith(`${FOLDER}/`);
}

/** @param {(path: string) => void} onChange gets the path of a server file, once the disk has settled */
function watchServerFiles(onChange) {
  let timer;
  const report = (path) => {
    if (!isServerFile(path)) return;
    clearTimeout(timer);
    timer = setTimeout(() => onChange(path), SETTLE_MS);
  };
  watch(join(root, FOLDER), { recursive: true }, (_event, name) => {
    if (name !== null) report(`${FOLDER}/${name.replaceAll('\\', '/')}`);
  });
  // Watches the folder itself, as an editor that saves by renaming would hide a watched file.
  watch(root, (_event, name) => name !== null && report(name));
}

async function main() {
  stopOnSignals();
  stopWithParent();
  const { redisServerBin } = await setUp({ redis: 'as-configured' });

  let stopped = false;
  let changed;
  let current;
  let wake = () => undefined;
  passStopsTo((signal) => {
    stopped = true;
    current?.child.kill(signal);
    wake();
  });
  watchServerFiles((path) => {
    changed = path;
    current.child.kill('SIGTERM');
    wake();
  });

  for (;;) {
    changed = undefined;
    const nextChange = new Promise((resolve) => (wake = resolve));
    current = startServer(
      'development',
      ['--import', 'tsx', 'server.ts'],
      redisServerBin && { REDIS_SERVER_BIN: redisServerBin },
    );
    const code = await current.ended;
    if (stopped) return code;
    if (changed === undefined) {
      console.error(`The server ended with code ${code}. Waiting for a change …`);
      await nextChange;
      if (stopped) return code;
    }
    console.error(`${changed} has changed: restarting the server`);
  }
}

if (process.argv[1] === join(root, 'scripts', 'dev.mjs')) await runMain(main).then(() => process.exit());
