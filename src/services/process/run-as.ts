import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';

/** The account a service runs under. `ids` is empty for "the same as this process". */
export interface RunAs {
  readonly user: string | undefined;
  readonly ids: { readonly uid?: number; readonly gid?: number };
}

export const sameUser: RunAs = { user: undefined, ids: {} };

/**
 * PostgreSQL refuses to run as root. Root therefore lends it the `postgres` account, or `nobody`, which every
 * system has: no account is ever created.
 *
 * @throws when this is root and there is neither
 */
export function chooseRunAs(): RunAs {
  if (process.getuid?.() !== 0) return sameUser;
  for (const user of ['postgres', 'nobody']) {
    const uid = numericId('-u', user);
    const gid = numericId('-g', user);
    if (uid !== undefined && gid !== undefined && uid !== 0) return { user, ids: { uid, gid } };
  }
  throw new Error(
    'PostgreSQL cannot run as root, and there is no account "postgres" or "nobody" to run it as',
  );
}

function numericId(flag: '-u' | '-g', user: string): number | undefined {
  try {
    return Number(
      execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return undefined;
  }
}

/** Gives a file or folder to that account; does nothing when it is the current one. */
export function giveTo(runAs: RunAs, path: string): void {
  const { uid, gid } = runAs.ids;
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** Whether that account can reach the folder and write in it. Asks the system, which knows about ACLs. */
export function canWriteIn(runAs: RunAs, folder: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'test -x "$1" && test -w "$1"', 'sh', folder], {
      cwd: '/',
      stdio: 'ignore',
      ...runAs.ids,
    });
    return true;
  } catch {
    return false;
  }
}
