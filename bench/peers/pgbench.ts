// PostgreSQL's own load generator: what the server can do when the client costs next to nothing.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createHistogram, recordLatency, toLatency } from '@/load/measure/latency';
import type { Cell, Sales } from '../support/sales';
import type { PgbenchScript } from './pgbench-scripts';

const run = promisify(execFile);

export interface Pgbench {
  /** As it says itself, such as `pgbench (PostgreSQL) 18.1`. */
  version: string;
  /** Whether it can try again after a serialization failure. */
  retries: boolean;
  sell: (script: PgbenchScript, cell: Cell) => Promise<Sales>;
}

/** Looks on the PATH, then where Debian keeps it, newest first; `undefined` when there is none. */
export async function findPgbench(databaseUrl: string): Promise<Pgbench | undefined> {
  const root = '/usr/lib/postgresql';
  const versions = await readdir(root).catch(() => []);
  const debian = versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => path.join(root, version, 'bin', 'pgbench'));
  for (const binary of ['pgbench', ...debian]) {
    const version = await run(binary, ['--version']).catch(() => undefined);
    if (!version) continue;
    const name = version.stdout.trim();
    const retries = Number(/(\d+)/.exec(name)?.[1]) >= 15;
    return { version: name, retries, sell: (script, cell) => sell(binary, databaseUrl, script, cell) };
  }
  return undefined;
}

async function sell(
  binary: string,
  databaseUrl: string,
  { sql, maxTries }: PgbenchScript,
  { sku, inFlight, seconds, signal }: Cell,
): Promise<Sales> {
  const folder = await mkdtemp(path.join(tmpdir(), 'oversell-bench-'));
  try {
    await writeFile(path.join(folder, 'script.sql'), `${sql}\n`);
    const args = [
      ...['--no-vacuum', '--protocol=prepared', '--file=script.sql', '--log'],
      ...[`--client=${inFlight}`, `--jobs=${Math.min(2, inFlight)}`, `--time=${seconds}`],
      ...[`--define=sku=${sku}`, '--define=quantity=1'],
      ...(maxTries === undefined ? [] : [`--max-tries=${maxTries}`]),
    ];
    const env = { ...process.env, ...connectionOf(databaseUrl) };
    const { stdout } = await run(binary, args, { cwd: folder, env, signal }).catch((error: unknown) => {
      // its clients all say the same
      const said = (error as { stderr?: string }).stderr?.split('\n').slice(0, 4).join('\n');
      throw new Error(`pgbench failed: ${said ?? ''}`, { cause: error });
    });
    return { ...readReport(stdout), ...(await readLatencies(folder)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In the environment, because everybody can read the arguments of a process. */
function connectionOf(databaseUrl: string): NodeJS.ProcessEnv {
  const { hostname, port, username, password, pathname, searchParams } = new URL(databaseUrl);
  return {
    PGHOST: hostname,
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGSSLMODE: searchParams.get('sslmode') ?? 'prefer',
  } as unknown as NodeJS.ProcessEnv;
}

function readReport(report: string): Omit<Sales, 'p50Ms' | 'p99Ms'> {
  const find = (pattern: RegExp) => Number(pattern.exec(report)?.[1] ?? Number.NaN);
  const perSecond = find(/^tps = ([\d.]+) \(without initial connection time\)/m);
  const accepted = find(/^number of transactions actually processed: (\d+)/m);
  if (Number.isNaN(perSecond + accepted)) throw new Error(`pgbench says what nobody expected:\n${report}`);
  return {
    perSecond,
    accepted,
    // versions and modes that never try again do not mention it
    retries: find(/^total number of retries: (\d+)/m) || 0,
    conflicts: find(/^number of failed transactions: (\d+)/m) || 0,
  };
}

/** The third column of its logs, one a thread, is the time of a transaction in µs, or a word if it failed. */
async function readLatencies(folder: string): Promise<Pick<Sales, 'p50Ms' | 'p99Ms'>> {
  const histogram = createHistogram();
  const logs = (await readdir(folder)).filter((file) => file.startsWith('pgbench_log.'));
  for (const log of logs) {
    for (const line of (await readFile(path.join(folder, log), 'utf8')).split('\n')) {
      const us = Number(line.split(' ')[2]);
      if (us > 0) recordLatency(histogram, us);
    }
  }
  const { p50, p99 } = toLatency(histogram);
  return { p50Ms: p50, p99Ms: p99 };
}
