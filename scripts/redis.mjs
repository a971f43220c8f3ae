// Finds a Redis server program, or on Debian and Ubuntu unpacks the distribution's into the project.
import {
  chmodSync,
  readFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { findRedisServer, PROGRAMS, runs } from '../src/services/redis/find-redis-server.mjs';
import { cacheDir, root, readSetting } from './project.mjs';
import { SetupError, mustRun, run, showProgress } from './run.mjs';

const ELSEWHERE =
  'Install one (`brew install redis`, or your package manager), start PostgreSQL and Redis with ' +
  '`docker compose up -d postgres redis`, or set REDIS_URL to a Redis of yours (see .env.example).';

/**
 * Finds or installs a Redis server program; does nothing when REDIS_URL names a server.
 *
 * @returns {Promise<string | undefined>} its path, or undefined when none is needed
 * @throws SetupError saying what to do where none can be installed
 */
export async function ensureRedis() {
  if (readSetting('REDIS_URL') !== undefined) return undefined;
  return ensureRedisServer();
}

/** Like `ensureRedis`, for tests, which always run a server of their own. */
export async function ensureRedisServer() {
  const explicit = readSetting('REDIS_SERVER_BIN');
  const found = findRedisServer({ root, explicit });
  if (found !== undefined) return found;
  if (explicit !== undefined) throw new SetupError(`REDIS_SERVER_BIN is ${explicit}, which cannot be run.`);
  if (!hasApt()) throw new SetupError(`There is no Redis server on this machine. ${ELSEWHERE}`);
  return showProgress('Fetching Redis from the Debian packages into .oversell/redis', () =>
    installWithApt(cacheDir),
  );
}

function hasApt() {
  return (
    process.platform === 'linux' && ['/usr/bin/apt-get', '/usr/bin/dpkg'].every((file) => existsSync(file))
  );
}

/**
 * Downloads and unpacks, without root and without touching the system: apt gets lists, cache and status of its
 * own. The folder appears under its final name only when the program in it runs.
 *
 * @param {string} parent gets a folder `redis`
 */
export async function installWithApt(parent) {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    if (name.startsWith('redis.partial-')) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const partial = mkdtempSync(join(parent, 'redis.partial-'));
  try {
    await download(join(partial, 'apt'));
    await unpack(partial);
    rmSync(join(partial, 'apt'), { recursive: true, force: true });
    await verify(partial);
    // A temporary folder is closed to other accounts, which may share this checkout.
    chmodSync(partial, 0o755);
    const target = join(parent, 'redis');
    rmSync(target, { recursive: true, force: true });
    renameSync(partial, target);
    return join(target, 'redis-server');
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function download(apt) {
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(apt, folder), { recursive: true });
  const installed = readFileSync('/var/lib/dpkg/status', 'utf8');
  writeFileSync(join(apt, 'status'), forgetPrograms(installed));
  const config = join(apt, 'apt.conf');
  writeFileSync(config, aptConfig(apt));
  // A source in the list may be unreachable; what counts is whether the package is found afterwards.
  const update = await run('apt-get', ['-c', config, '-q', 'update']);
  const install = ['-c', config, '-q', '-y', '--no-install-recommends', '--download-only', 'install'];
  for (const program of PROGRAMS) {
    const { code } = await run('apt-get', [...install, program]);
    if (code === 0) return;
  }
  const lines = update.output.trimEnd().split('\n').slice(-10).join('\n');
  throw new SetupError(`${lines}\n\napt-get cannot download a Redis server. ${ELSEWHERE}`);
}

/**
 * The list of installed packages without those that hold a server program: `redis-server` is a link into `redis-tools`,
 * which would not be fetched where it is installed.
 */
export function forgetPrograms(status) {
  const holdsOne = /^Package: (redis|valkey)-(server|tools)$/m;
  return status
    .split('\n\n')
    .filter((entry) => !holdsOne.test(entry))
    .join('\n\n');
}

/** Clears the hooks that images add, such as one that empties the system's package cache after an update. */
function aptConfig(apt) {
  return [
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear DPkg::Post-Invoke;',
    '#clear DPkg::Pre-Install-Pkgs;',
    `Dir::State "${apt}";`,
    `Dir::State::lists "${apt}/lists";`,
    `Dir::State::status "${apt}/status";`,
    `Dir::Cache "${apt}/cache";`,
    'Dir::Log "/dev/null";',
    'Debug::NoLocking "true";',
    // The folder belongs to the current user, and the account `_apt` could not write there.
    'APT::Sandbox::User "";',
    'Binary::apt-get::APT::Keep-Downloaded-Packages "true";',
    'APT::Keep-Downloaded-Packages "true";',
    '',
  ].join('\n');
}

async function unpack(folder) {
  const archives = join(folder, 'apt', 'cache', 'archives');
  for (const name of readdirSync(archives).filter((file) => file.endsWith('.deb'))) {
    await mustRun('dpkg', ['-x', join(archives, name), join(folder, 'root')], {}, ELSEWHERE);
  }
  const program = PROGRAMS.find((name) => existsSync(join(folder, 'root', 'usr', 'bin', name)));
  if (program === undefined) throw new SetupError(`The Debian package has no server program. ${ELSEWHERE}`);
  writeFileSync(join(folder, 'redis-server'), launcher(program, libraryFolders(join(folder, 'root'))));
  chmodSync(join(folder, 'redis-server'), 0o755);
}

/** @returns {string[]} relative to `packageRoot` */
function libraryFolders(packageRoot) {
  return ['lib', 'usr/lib'].flatMap((lib) => {
    const folder = join(packageRoot, lib);
    if (!existsSync(folder)) return [];
    const inside = readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory());
    return [lib, ...inside.map((name) => `${lib}/${name}`)];
  });
}

/** Finds its libraries beside itself, so the folder can be renamed; `exec` keeps the process id. */
function launcher(program, libraries) {
  return [
    '#!/bin/sh',
    'here=$(cd "${0%/*}" && pwd)',
    `LD_LIBRARY_PATH="${libraries.map((lib) => `$here/root/${lib}`).join(':')}"`,
    'export LD_LIBRARY_PATH',
    `exec "$here/root/usr/bin/${program}" "$@"`,
    '',
  ].join('\n');
}

async function verify(folder) {
  if (!runs(join(folder, 'redis-server'))) {
    const { output } = await run(join(folder, 'redis-server'), ['--version']);
    throw new SetupError(`${output}\n\nThe Redis of the Debian packages does not run here. ${ELSEWHERE}`);
  }
}
