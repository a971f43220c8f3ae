// Where things are. Every script works from any current folder.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

/** The folder that holds package.json. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything that can be made again, apart from node_modules and build. */
export const cacheDir = join(root, '.oversell');

/**
 * A variable of the environment, else of `.env`. As in src/services/env.ts, an empty one counts as unset and hides
 * the one in `.env`.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function readSetting(name, folder = root) {
  const value = process.env[name] ?? readDotEnv(folder)[name];
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function readDotEnv(folder) {
  try {
    return parseEnv(readFileSync(join(folder, '.env'), 'utf8'));
  } catch {
    return {};
  }
}
