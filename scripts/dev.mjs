// npm run dev: Vite serves the pages and reloads them by itself; this restarts the server when one of the files
// that it runs has changed.
import { watch } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.mjs';
import { runMain, stopOnSignals, stopWithParent } from './run.mjs';
import { passStopsTo, startServer } from './server-process.mjs';
import { setUp } from './setup.mjs';

const SETTLE_MS = 150;
const FOLDERS = ['app/lab', 'app/strategies', 'app/services', 'app/live', 'app/http'];
const FILES = ['server.ts', 'app/env.server.ts', '.env'];

/**
 * Is this a file that the server process itself runs?
 *
 * @param {string} path relative to the project, with forward slashes
 */
export function isServerFile(path) {
  if (FILES.includes(path)) return true;
  if (!/\.(ts|sql|lua)$/.test(path) || /\.test\.ts$/.test(path)) return false;
  if (path.startsWith('app/live/')) return path.endsWith('.server.ts');
  return FOLDERS.some((folder) => path.startsWith(`${folder}/`));
}

/** @param {(path: string) => void} onChange gets the path of a server file, once the disk has settled */
function watchServerFiles(onChange) {
  let timer;
  const report = (path) => {
    if (!isServerFile(path)) return;
    clearTimeout(timer);
    timer = setTimeout(() => onChange(path), SETTLE_MS);
  };
  for (const folder of FOLDERS) {
    watch(join(root, folder), { recursive: true }, (_event, name) => {
      if (name !== null) report(`${folder}/${name.replaceAll('\\', '/')}`);
    });
  }
  // The folders themselves, as an editor that saves by renaming would get a watched file out of sight.
  watch(root, (_event, name) => name !== null && report(name));
  watch(join(root, 'app'), (_event, name) => name !== null && report(`app/${name}`));
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
