import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EnvError } from '../env';
import { PortTakenError, startOnFreePort } from '../process/free-port';
import { keepRunning } from '../process/keep-running';
import type { KeptProcess, Launch } from '../process/keep-running';
import { canWriteIn, chooseRunAs, giveTo, type RunAs } from '../process/run-as';
import {
  cleanEnvironment,
  startServiceProcess,
  stopIdentified,
  stopOrphan,
  type ServiceProcess,
} from '../process/service-process';
import { describeProcess } from '@/services/process/process-lock.mjs';
import { commandLineOf } from '../process/command-line';
import { createPgClient } from './pg-connections';
import { findPostgresBinaries, sharedRoot, type PostgresBinaries } from './postgres-binaries';

export interface EmbeddedPostgresOptions {
  /** A folder of this service alone. The cluster is made here on first use and kept. */
  dir: string;
  log: (message: string) => void;
  /** Extra settings, such as `{ fsync: 'off' }` for tests. */
  settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres extends KeptProcess {
  /** Address of the database `oversell` with the password. */
  readonly url: string;
  /** Such as "18.4". */
  readonly version: string;
}

/** SIGINT is PostgreSQL's "fast" shutdown (end sessions, checkpoint), SIGQUIT the one that recovers at next start. */
const stopSignals = [
  { signal: 'SIGINT', waitMs: 5_000 },
  { signal: 'SIGQUIT', waitMs: 1_500 },
] as const;

/** Crash recovery after a SIGKILL replays the log first, so a start may take a while. */
const START_TIMEOUT_MS = 60_000;

const SUPERUSER = 'oversell';
const DATABASE = 'oversell';

/** Measured costs assume durable commits, so fsync and synchronous_commit keep their default: on. */
const baseSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const;

interface Cluster {
  binaries: PostgresBinaries;
  runAs: RunAs;
  dataDir: string;
  password: string;
}

/**
 * Starts the PostgreSQL that npm installed, on a free loopback port, and again on that port whenever it dies.
 *
 * @throws Error with PostgreSQL's own last words when it cannot be initialised or does not start
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  mkdirSync(options.dir, { recursive: true });
  const identityFile = join(options.dir, 'postgres.pid');
  const runAs = chooseRunAs();
  const binaries = findPostgresBinaries(runAs);
  const dataDir = join(chooseDataParent(options, runAs), 'postgres');
  await stopOrphan(identityFile, stopSignals);
  refuseForeign(dataDir, options.dir);
  await stopOwnerOfDataDir(dataDir);
  const cluster = { binaries, runAs, dataDir, password: readOrMakePassword(options.dir) };
  if (!existsSync(join(dataDir, 'PG_VERSION'))) initialise(cluster, options.log);

  let port = 0;
  const urlOf = () => `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${DATABASE}`;
  const launch: Launch = async (onEnd) => {
    let ready = false;
    const server = await startServiceProcess({
      binary: binaries.postgres,
      args: ['-D', dataDir, ...settingArgs({ ...baseSettings, ...options.settings, port: String(port) })],
      cwd: dataDir,
      runAs,
      logFile: join(options.dir, 'postgres.log'),
      identityFile,
      stopSignals,
      onUnexpectedExit: (how) => ready && onEnd(how),
    });
    try {
      await waitUntilReady(server, urlOf());
    } catch (error) {
      await server.stop();
      throw error;
    }
    ready = true;
    return server;
  };
  const launchFirst: Launch = (onEnd) =>
    startOnFreePort((free) => {
      port = free;
      return launch(onEnd);
    });
  const server = await keepRunning('PostgreSQL', launchFirst, launch, options.log);
  return Object.assign(server, { url: urlOf(), version: binaries.version });
}

function settingArgs(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * Normally the service's own folder. When PostgreSQL's account cannot enter that (a clone below /root), a
 * folder of its own outside; its name is remembered in the service's folder, so that a new clone at the same
 * place starts empty.
 */
function chooseDataParent(options: EmbeddedPostgresOptions, runAs: RunAs): string {
  if (runAs.user === undefined) return options.dir;
  const note = join(options.dir, 'postgres-data-is-in');
  if (existsSync(note)) {
    const known = readFileSync(note, 'utf8').trim();
    if (existsSync(known)) return known;
  }
  const inside = join(options.dir, 'pg');
  mkdirSync(inside, { recursive: true, mode: 0o700 });
  giveTo(runAs, inside);
  if (canWriteIn(runAs, inside)) return inside;

  mkdirSync(sharedRoot, { recursive: true, mode: 0o755 });
  const outside = mkdtempSync(join(sharedRoot, 'data-'));
  giveTo(runAs, outside);
  writeFileSync(note, `${outside}\n`);
  options.log(`User ${runAs.user} cannot enter ${options.dir}: PostgreSQL keeps its data in ${outside}`);
  return outside;
}

const PASSWORD_FILE = 'postgres-password';

/** Refuses to touch a folder that this program has not created: it may be the user's own database. */
function refuseForeign(dataDir: string, dir: string): void {
  const isEmpty = !existsSync(dataDir) || readdirSync(dataDir).length === 0;
  const isOurs = existsSync(join(dir, PASSWORD_FILE)) && existsSync(join(dataDir, 'PG_VERSION'));
  if (isEmpty || isOurs) return;
  throw new EnvError(
    `${dataDir} is in the way: it was not made by this program. Move it, or set DATA_DIR to another folder.`,
  );
}

function readOrMakePassword(dir: string): string {
  const file = join(dir, PASSWORD_FILE);
  if (!existsSync(file)) {
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, randomBytes(18).toString('base64url'), { mode: 0o600 });
    renameSync(partial, file);
  }
  return readFileSync(file, 'utf8').trim();
}

/** Made beside its final place and renamed, so that an interrupted initialisation is simply done again. */
function initialise({ binaries, runAs, dataDir, password }: Cluster, log: (message: string) => void): void {
  log('Initialising the database');
  const partial = `${dataDir}.partial`;
  const passwordFile = `${dataDir}.password`;
  rmSync(partial, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(runAs, passwordFile);
  try {
    execFileSync(
      binaries.initdb,
      [
        `--pgdata=${partial}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The same collation on every system, independent of its locales.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { cwd: '/', stdio: 'pipe', env: cleanEnvironment, ...runAs.ids },
    );
    chmodSync(partial, 0o700);
    renameSync(partial, dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** A cluster runs at most once. Its own pid file covers the moment before ours was written. */
async function stopOwnerOfDataDir(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const owner = describeProcess(pid);
  if (commandLineOf(pid).includes(dataDir)) await stopIdentified(owner, stopSignals);
}

async function waitUntilReady(server: ServiceProcess, url: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const exit = server.exit();
    if (exit !== undefined) {
      const said = server.logTail();
      if (/could not bind|Address already in use/.test(said)) throw new PortTakenError(said);
      throw new Error(`PostgreSQL did not start (${exit}):\n${said}`);
    }
    const failure = await tryCreateDatabase(url);
    if (failure === undefined) return;
    if (performance.now() > deadline)
      throw new Error(`PostgreSQL is not ready after 60 s: ${failure}\n${server.logTail()}`);
    await delay(25);
  }
}

/** A successful connection proves readiness, and a new cluster still lacks its database. */
async function tryCreateDatabase(url: string): Promise<string | undefined> {
  const admin = new URL(url);
  admin.pathname = '/postgres';
  const client = createPgClient({ connectionString: admin.href, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const found = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end().catch(() => undefined);
  }
}
