// What the proxy before PostgreSQL costs a statement: pgbench straight to the server, through a relay that does nothing
// but copy bytes, through the wire while everything passes, and while every group is held and released at once.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readEnv } from '@/services/env';
import { openServices } from '@/services/open-services';
import { startChild, type ChildServer } from './support/child-server';
import { describeMachine, median, printTable } from './support/report';

const run = promisify(execFile);
const ROUNDS = Number(process.argv[2]?.replace('--rounds=', '') ?? 5);
const STATEMENTS = 20_000;
const MANY_CLIENTS = 8;
const PROTOCOLS = ['simple', 'prepared'] as const;
const WAYS = ['direct', 'relay', 'passing', 'holding'] as const;

interface Round {
  latencyMs: number;
  perSecond: number;
  cpuUs: number;
}

/** The server's address by way of one of the children, if there is one. */
function addressBy(databaseUrl: string, child: ChildServer | undefined): string {
  const url = new URL(databaseUrl);
  if (child) url.host = new URL(child.url).host;
  url.searchParams.set('sslmode', 'disable');
  return url.href;
}

/** Some thousand times `select 1`. What it says of time leaves out connecting. */
async function runPgbench(url: string, script: string, protocol: string, clients: number): Promise<Round> {
  const { stdout } = await run('pgbench', [
    ...['--no-vacuum', `--file=${script}`, `--protocol=${protocol}`],
    ...[`--client=${clients}`, `--transactions=${STATEMENTS / clients}`, url],
  ]);
  const find = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1]);
  return { latencyMs: find(/latency average = ([\d.]+)/), perSecond: find(/tps = ([\d.]+)/), cpuUs: NaN };
}

async function measure(url: string, script: string, protocol: string, child: ChildServer | undefined) {
  const one = await runPgbench(url, script, protocol, 1);
  const before = child?.cpuSeconds() ?? NaN;
  const many = await runPgbench(url, script, protocol, MANY_CLIENTS);
  const cpuUs = (((child?.cpuSeconds() ?? NaN) - before) * 1e6) / STATEMENTS;
  return { latencyMs: one.latencyMs, perSecond: many.perSecond, cpuUs };
}

const services = await openServices(readEnv(), (message) => console.error(message));
const folder = await mkdtemp(join(tmpdir(), 'oversell-bench-'));
const children = new Map<string, ChildServer>();
try {
  const { stdout: version } = await run('pgbench', ['--version']).catch(() => {
    throw new Error('This bench needs pgbench on the PATH.');
  });
  const script = join(folder, 'script.sql');
  await writeFile(script, 'select 1;\n');
  for (const way of WAYS.slice(1)) {
    const env = { DATABASE_URL: services.databaseUrl, WIRE_WAY: way };
    children.set(way, await startChild('bench/peers/wire-proxy.ts', env));
  }
  console.log(
    `${describeMachine()}; ${version.trim()}; medians of ${ROUNDS} rounds of ${STATEMENTS} statements`,
  );
  for (const protocol of PROTOCOLS) {
    const rounds = new Map<string, Round[]>(WAYS.map((way) => [way, []]));
    // one way after the other within a round: whatever else the machine does meets all of them
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const way of WAYS) {
        const child = children.get(way);
        const url = addressBy(services.databaseUrl, child);
        const measured = await measure(url, script, protocol, child);
        // the first round warms up
        if (round > 0) rounds.get(way)?.push(measured);
      }
    }
    const of = (way: string, key: keyof Round) => median((rounds.get(way) ?? []).map((round) => round[key]));
    const rows = WAYS.map((way) => ({
      [`select 1, ${protocol}`]: way,
      'ms, 1 client': of(way, 'latencyMs'),
      'added ms': of(way, 'latencyMs') - of('direct', 'latencyMs'),
      [`statements/s, ${MANY_CLIENTS} clients`]: of(way, 'perSecond'),
      "proxy's CPU, µs a statement": way === 'direct' ? '' : of(way, 'cpuUs'),
    }));
    printTable(rows);
  }
} finally {
  for (const child of children.values()) await child.stop();
  await rm(folder, { recursive: true });
  await services.close();
}
