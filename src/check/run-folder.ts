import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, readOwner, takeLock } from '@/services/process/process-lock.mjs';
import { stopLeftover } from './instance';

/** Where one check keeps what its instances print, and which processes they are. */
export interface RunFolder {
  logFile: (index: number) => string;
  identityFile: (index: number) => string;
  /** Deletes it; the instances have to be gone. */
  close: () => void;
}

const OWNER = 'check.lock';
const IDENTITY = /^app-\d+\.json$/;

/**
 * Makes a folder below `base`, and clears those of checks that were killed: their instances, which nothing else would end, and
 * then their files.
 */
export async function openRunFolder(base: string): Promise<RunFolder> {
  mkdirSync(base, { recursive: true });
  for (const name of readdirSync(base)) await clear(join(base, name));
  const folder = await mkdtemp(join(base, 'run-'));
  takeLock(join(folder, OWNER));
  return {
    logFile: (index) => join(folder, `app-${index + 1}.log`),
    identityFile: (index) => join(folder, `app-${index + 1}.json`),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function clear(folder: string): Promise<void> {
  const owner = readOwner(join(folder, OWNER));
  // a folder without an owner is just being made, or its check was killed as it made it
  if (!owner || isAlive(owner)) return;
  for (const name of readdirSync(folder)) if (IDENTITY.test(name)) await stopLeftover(join(folder, name));
  rmSync(folder, { recursive: true, force: true });
}
