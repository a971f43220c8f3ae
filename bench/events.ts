// The event path: attempts fed where a load thread hands them over, through recorder, stored log and live channel to
// viewers in another process that take them in as the page does; and what a viewer that reads nothing costs.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readEnv } from '@/services/env';
import { openServices } from '@/services/open-services';
import { startChild } from './support/child-server';
import type { Fed } from './support/fed-race';
import { describeMachine, printTable } from './support/report';

const PER_SECOND = 20_000;
const SECONDS = Number(process.argv[2]?.replace('--seconds=', '') ?? 10);
const VIEWERS = 10;
const SLOW_VIEWERS = 10;
const MIB = 2 ** 20;

interface Seen {
  attempts: number;
  gaps: number;
  returnedUs: number[];
  arrivedUs: number[];
}

/** Starts viewers and waits until all of them watch. */
async function startViewers(args: string[], count: number) {
  const file = fileURLToPath(new URL('./peers/event-viewers.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(output)));
  let errors = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
      if (errors.split('watching\n').length > count) resolve();
    });
    void ended.then(() => reject(new Error(`the viewers ended early:\n${errors}`)));
  });
  return { ended, stop: () => child.kill('SIGTERM') };
}

function percentile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

const services = await openServices(readEnv(), (message) => console.error(message));
const server = await startChild('bench/peers/event-server.ts', { DATABASE_URL: services.databaseUrl });
const ask = async <T>(path: string): Promise<T> => {
  const response = await fetch(server.url + path);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
};
const feed = (seconds: number) => ask<Fed>(`/bench/feed?perSecond=${PER_SECOND}&seconds=${seconds}`);

/** One measurement with so many viewers, or none: what the log alone costs. */
async function measurePath(viewers: number) {
  const { raceId } = await ask<{ raceId: string }>('/bench/race');
  const args = [server.url, raceId, String(PER_SECOND * SECONDS), String(viewers)];
  const watching = viewers > 0 ? await startViewers(args, viewers) : undefined;
  const fed = await feed(SECONDS);
  const { epochUs } = await ask<{ epochUs: number }>('/bench/memory');
  const seen = watching ? (JSON.parse(await watching.ended) as Seen[]) : [];
  const latencies = seen.flatMap(({ returnedUs, arrivedUs }) =>
    returnedUs.map((returned, i) => ((arrivedUs[i] ?? 0) - epochUs - returned) / 1_000),
  );
  return {
    viewers,
    'attempts/s': fed.fed / fed.fedS,
    stored: fed.stored === fed.fed ? 'all' : fed.stored,
    'seen by each': seen.every(({ attempts }) => attempts === fed.fed) ? 'all' : 'not all',
    gaps: seen.reduce((sum, { gaps }) => sum + gaps, 0),
    'server, cores': fed.cores,
    'p50 to a viewer, ms': percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    'most unstored': fed.mostUnstored,
    'server grew, MiB': fed.grownMib,
  };
}

/** Bytes in use with viewers that read nothing, less those without, after as many attempts. */
async function measureSlowViewers() {
  const inUse = async (viewers: number) => {
    const { raceId } = await ask<{ raceId: string }>('/bench/race');
    const args = [server.url, raceId, '0', String(viewers), 'slow'];
    const watching = viewers > 0 ? await startViewers(args, viewers) : undefined;
    await feed(SECONDS);
    const { bytes } = await ask<{ bytes: number }>('/bench/memory');
    watching?.stop();
    await watching?.ended;
    return bytes;
  };
  await inUse(0);
  const [without, withSlow] = [await inUse(0), await inUse(SLOW_VIEWERS)];
  return { 'slow viewers': SLOW_VIEWERS, 'MiB each': (withSlow - without) / SLOW_VIEWERS / MIB };
}

try {
  console.log(`${describeMachine()}; ${PER_SECOND} attempts/s for ${SECONDS} s`);
  await measurePath(1);
  printTable([await measurePath(0), await measurePath(VIEWERS)]);
  printTable([await measureSlowViewers()]);
} finally {
  await server.stop();
  await services.close();
}
