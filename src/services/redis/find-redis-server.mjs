// Finds a Redis server program. Plain JavaScript, because `npm start` looks for one before anything is installed.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that speak Redis's protocol and are started alike. */
export const PROGRAMS = ['redis-server', 'valkey-server'];

/** Folders of package managers that a PATH often lacks. */
const EXTRA_FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * Where a Redis server program is that really runs.
 *
 * @param {{ folder: string, explicit?: string, path?: string, extraFolders?: string[] }} options `folder`: holds
 *   `redis`, if one was fetched; `explicit` (REDIS_SERVER_BIN) is the only candidate when given; `path` defaults to PATH
 * @returns {string | undefined}
 */
export function findRedisServer({
  folder: own,
  explicit,
  path = process.env.PATH ?? '',
  extraFolders = EXTRA_FOLDERS,
}) {
  if (explicit !== undefined) return runs(explicit) ? explicit : undefined;
  const folders = [...new Set([...path.split(delimiter), ...extraFolders])].filter(Boolean);
  const candidates = PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program)));
  return [...candidates, join(own, 'redis', 'redis-server')].find(runs);
}

/**
 * Whether a program is there, runs, and is Redis or Valkey.
 *
 * @param {string} program
 */
export function runs(program) {
  if (!existsSync(program)) return false;
  try {
    const out = execFileSync(program, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /redis|valkey/i.test(out);
  } catch {
    return false;
  }
}
