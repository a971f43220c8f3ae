// Files that say "this process owns this folder". They outlive a SIGKILL, so a reader has to be able to tell a living
// owner from a dead one whose process id the system has reused since.
import { execFileSync } from 'node:child_process';
import { linkSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

let nextTemporary = 0;

/**
 * When a process began, as text that can only be compared for equality. Together with the process id it names
 * one process for ever, also across reboots.
 *
 * @param {number} pid
 * @returns {string | undefined} undefined when there is no such process (a zombie counts as gone)
 */
export function processStartedAt(pid) {
  return process.platform === 'linux' ? startedAtFromProc(pid) : startedAtFromPs(pid);
}

function startedAtFromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${bootId}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function startedAtFromPs(pid) {
  try {
    const out = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // the time that it prints is to be the same wherever this runs
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    }).trim();
    return out === '' || out.startsWith('Z') ? undefined : out.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

/**
 * @param {number} [pid] default: this process
 * @returns {{ pid: number, startedAt: string | undefined }}
 */
export function describeProcess(pid = process.pid) {
  return { pid, startedAt: processStartedAt(pid) };
}

/**
 * Is the described process still running, and still the same one?
 *
 * @param {{ pid: number, startedAt?: string } | undefined} owner
 */
export function isAlive(owner) {
  if (owner === undefined || owner.startedAt === undefined) return false;
  return processStartedAt(owner.pid) === owner.startedAt;
}

/**
 * @param {string} path
 * @returns {{ pid: number, startedAt?: string } | undefined} undefined when there is none or it is unreadable
 */
export function readOwner(path) {
  return parseOwner(readText(path));
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parseOwner(text) {
  try {
    const value = JSON.parse(text ?? '');
    return typeof value?.pid === 'number' ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes a lock file for this process, also from a dead owner. Never waits.
 *
 * @param {string} path
 * @returns {{ taken: true, stale: boolean } | { taken: false, owner: { pid: number } | undefined }}
 *   `stale`: a former owner died without releasing it
 * @throws {Error & { code: string }} when nothing can be written there, and with `lockFile` when what is there cannot be read
 */
export function takeLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  // Linking a finished file creates it and names its owner in one step, so no process ever reads half a lock.
  const own = `${path}.${process.pid}.${nextTemporary++}`;
  writeFileSync(own, JSON.stringify(describeProcess()));
  try {
    let stale = false;
    for (;;) {
      if (tryLink(own, path)) return { taken: true, stale };
      const text = readHolder(path);
      if (text === undefined) continue;
      const owner = parseOwner(text);
      if (isAlive(owner)) return { taken: false, owner };
      if (removeStale(path, text)) stale = true;
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * The text of a lock file; undefined when it has gone meanwhile.
 *
 * @throws {Error & { code: string, lockFile: string }} when something is there that cannot be read
 */
function readHolder(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // a link that leads nowhere is there, and cannot be read either
    if (error.code === 'ENOENT' && lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    throw Object.assign(new Error(`${path} cannot be read (${error.code}).`), {
      code: error.code,
      lockFile: path,
    });
  }
}

function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead owner's file away, and restores it when another process has replaced it meanwhile. */
function removeStale(path, expected) {
  const aside = `${path}.stale.${process.pid}.${nextTemporary++}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
  const isTheStaleOne = readText(aside) === expected;
  if (!isTheStaleOne) tryLink(aside, path);
  rmSync(aside, { force: true });
  return isTheStaleOne;
}

/**
 * Gives a lock back. Harmless when this process does not hold it.
 *
 * @param {string} path
 */
export function releaseLock(path) {
  const owner = readOwner(path);
  if (owner?.pid === process.pid && isAlive(owner)) rmSync(path, { force: true });
}
