// Unpacks the Redis of Debian's or Ubuntu's packages, without root and without touching the system. Plain JavaScript, like
// the finder: `npm start` runs it before anything is installed.
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS, runs } from './find-redis-server.mjs';

const ELSEWHERE =
  'Install one (`brew install redis`, or your package manager), start PostgreSQL and Redis with ' +
  '`docker compose up -d postgres redis`, or set REDIS_URL to a Redis of yours (see .env.example).';

/** Redis cannot be fetched. The message says what to do instead. */
export class RedisFetchError extends Error {
  name = 'RedisFetchError';
}

/** @type {import('./fetch-redis-server.mjs').Run} */
const runQuietly = (command, args) =>
  new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: `${stdout}${stderr}${error?.message ?? ''}` });
    });
  });

function hasApt() {
  return (
    process.platform === 'linux' && ['/usr/bin/apt-get', '/usr/bin/dpkg'].every((file) => existsSync(file))
  );
}

/**
 * Downloads and unpacks: apt gets lists, cache and status of its own. The folder appears under its final name only when
 * the program in it runs, so several processes may fetch at once.
 *
 * @param {string} parent gets a folder `redis`
 * @param {import('./fetch-redis-server.mjs').Run} [run] runs a program to its end
 * @returns {Promise<string>} the program
 * @throws RedisFetchError
 */
export async function fetchRedisServer(parent, run = runQuietly) {
  if (!hasApt()) throw new RedisFetchError(`There is no Redis server on this machine. ${ELSEWHERE}`);
  mkdirSync(parent, { recursive: true });
  const partial = mkdtempSync(join(parent, 'redis.partial-'));
  try {
    await download(join(partial, 'apt'), run);
    await unpack(partial, run);
    rmSync(join(partial, 'apt'), { recursive: true, force: true });
    await verify(partial, run);
    // A temporary folder is closed to other accounts, which may share this checkout.
    chmodSync(partial, 0o755);
    const target = join(parent, 'redis');
    const program = join(target, 'redis-server');
    if (!runs(program)) {
      rmSync(target, { recursive: true, force: true });
      renameSync(partial, target);
    }
    return program;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function download(apt, run) {
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
  throw new RedisFetchError(`${lines}\n\napt-get cannot download a Redis server. ${ELSEWHERE}`);
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

async function unpack(folder, run) {
  const archives = join(folder, 'apt', 'cache', 'archives');
  for (const name of readdirSync(archives).filter((file) => file.endsWith('.deb'))) {
    const { code, output } = await run('dpkg', ['-x', join(archives, name), join(folder, 'root')]);
    if (code !== 0) throw new RedisFetchError(`${output}\n\ndpkg cannot unpack ${name}. ${ELSEWHERE}`);
  }
  const program = PROGRAMS.find((name) => existsSync(join(folder, 'root', 'usr', 'bin', name)));
  if (program === undefined)
    throw new RedisFetchError(`The Debian package has no server program. ${ELSEWHERE}`);
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

async function verify(folder, run) {
  if (!runs(join(folder, 'redis-server'))) {
    const { output } = await run(join(folder, 'redis-server'), ['--version']);
    throw new RedisFetchError(
      `${output}\n\nThe Redis of the Debian packages does not run here. ${ELSEWHERE}`,
    );
  }
}
