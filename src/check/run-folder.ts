import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { ownFolder } from '@/services/env';
import { isAlive, readOwner, takeLock } from '@/services/process/process-lock.mjs';
import { stopLeftover } from './instance';

/** Where one check keeps what its instances print, and which processes they are. */
export interface RunFolder {
  logFile: (index: number) => string;
  identityFile: (index: number) => string;
  /** Deletes it; the instances have to be gone. */
  close: () => void;
}

/** Where the folders of all runs are. */
export const RUN_FOLDERS = join(ownFolder, 'checks');
const OWNER = 'check.lock';
const IDENTITY = /^app-\d+\.json$/;

/**
 * Makes a folder below `base`, and clears those of checks that were killed: their instances, which nothing else would end, and
 * then their files.
 */
export async function openRunFolder(base: string): Promise<RunFolder> {
  await clearRunFolders(base);
  const folder = await mkdtemp(join(base, 'run-'));
  takeLock(join(folder, OWNER));
  return {
    logFile: (index) => join(folder, `app-${index + 1}.log`),
    identityFile: (index) => join(folder, `app-${index + 1}.json`),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Ends what killed checks have left running, and deletes their files. */
export async function clearRunFolders(base: string): Promise<void> {
  mkdirSync(base, { recursive: true });
  for (const name of readdirSync(base)) await clear(join(base, name));
}

async function clear(folder: string): Promise<void> {
  const owner = readOwner(join(folder, OWNER));
  // a folder without an owner is just being made, or its check was killed as it made it
  if (!owner || isAlive(owner)) return;
  for (const name of readdirSync(folder)) if (IDENTITY.test(name)) await stopLeftover(join(folder, name));
  rmSync(folder, { recursive: true, force: true });
}
