import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EnvError } from '../env';
import { releaseLock, takeLock } from './process-lock.mjs';

export interface DataSlot {
  /** The folder that this process owns until it releases it or dies. */
  readonly dir: string;
  /** 1 for the data folder itself, 2 for `<folder>-2`, and so on. */
  readonly number: number;
  /** A former owner died without releasing it: its servers may still run. */
  readonly stale: boolean;
  release(): void;
}

const MAX_SLOTS = 50;

/**
 * Takes the first data folder that no living process owns: `dataDir`, else `dataDir-2`, `dataDir-3`, …, so
 * that a second server in the same checkout neither fails nor shares a cluster with the first.
 *
 * @throws EnvError when the folder cannot be used, or fifty servers run already
 */
export function claimDataSlot(dataDir: string): DataSlot {
  for (let number = 1; number <= MAX_SLOTS; number++) {
    const dir = number === 1 ? dataDir : `${dataDir}-${number}`;
    const lockFile = join(dir, 'owner.json');
    const lock = lockFolder(dir, lockFile);
    if (lock.taken) return { dir, number, stale: lock.stale, release: () => releaseLock(lockFile) };
  }
  throw new EnvError(`${MAX_SLOTS} servers already use ${dataDir} and the folders beside it.`);
}

function lockFolder(dir: string, lockFile: string): ReturnType<typeof takeLock> {
  try {
    makeFolder(dir);
    return takeLock(lockFile);
  } catch (error) {
    const { code, lockFile: unreadable } = error as NodeJS.ErrnoException & { lockFile?: string };
    if (code === undefined) throw error;
    if (unreadable !== undefined)
      throw new EnvError(
        `${unreadable} cannot be read (${code}), so that nothing tells whether a server uses DATA_DIR. Delete it when none does.`,
      );
    const isFile = code === 'EEXIST' || code === 'ENOTDIR';
    const why = isFile ? 'which is not a folder' : `where nothing can be written (${code})`;
    throw new EnvError(`DATA_DIR leads to ${dir}, ${why}. Set it to a folder that this user may write to.`);
  }
}

/**
 * Creates a folder, and with `make` its parents. Node's own `recursive` never returns if a missing folder cannot be
 * created, as in /proc.
 */
function makeFolder(dir: string, parents: 'make' | 'are there' = 'make'): void {
  try {
    mkdirSync(dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(dir).isDirectory()) return;
    if (code !== 'ENOENT' || parents === 'are there') throw error;
    makeFolder(dirname(dir));
    makeFolder(dir, 'are there');
  }
}
