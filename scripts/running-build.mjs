// The build that a server runs on: its own copy, because the next set-up may build anew while it runs, and a server
// reads its pages' assets and loads its threads' programs long after it has started.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, root } from './project.mjs';
import { describeProcess, isAlive, readOwner } from '../src/services/process/process-lock.mjs';
import { onExit } from './run.mjs';

const folder = join(cacheDir, 'running');

/**
 * Copies the build for the server of this process, which takes the copy away when it ends. Under the set-up lock.
 *
 * @returns {string} the copied program
 */
export function copyBuild(from = join(root, 'build'), into = folder) {
  removeOrphans(into);
  const own = join(into, String(process.pid));
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'owner.json'), JSON.stringify(describeProcess()));
  onExit(() => rmSync(own, { recursive: true, force: true }));
  for (const part of ['client', 'server', 'program'])
    cpSync(join(from, part), join(own, part), { recursive: true });
  return join(own, 'program', 'server.mjs');
}

/** Copies whose process was killed before it could take them away. */
function removeOrphans(into) {
  if (!existsSync(into)) return;
  for (const name of readdirSync(into)) {
    if (!isAlive(readOwner(join(into, name, 'owner.json'))))
      rmSync(join(into, name), { recursive: true, force: true });
  }
}
