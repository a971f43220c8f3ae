// What the wire before Redis costs: round trips of one command, and commands a second of pipelines, beside the direct
// connection in the same run. The proxy runs in a separate process, as it does for an app.
import { parseArgs } from 'node:util';
import { readEnv } from '@/services/env';
import { openServices } from '@/services/open-services';
import { UsageError, wholeNumber } from './support/arguments';
import { startChild } from './support/child-server';
import { openRedisLoad } from './support/redis-load';
import { describeMachine, median, printTable } from './support/report';

const CONNECTIONS = 8;
const PIPELINES = [1, 16];
const COMMAND = ['SET', 'oversell:bench:wire', 'x'.repeat(100)];

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '1' } },
});

async function main(rounds: number, seconds: number): Promise<void> {
  const services = await openServices(readEnv(), (message) => console.error(message));
  const env = { REDIS_URL: services.redisUrl };
  const [idle, holding] = await Promise.all([
    startChild('bench/peers/wire-redis-proxy.ts', env),
    startChild('bench/peers/wire-redis-proxy.ts', { ...env, WIRE_HOLDS: '1' }),
  ]);
  const contestants = [
    { name: 'direct', url: services.redisUrl },
    { name: 'idle wire', url: through(services.redisUrl, idle.url) },
    { name: 'held, and released at once', url: through(services.redisUrl, holding.url) },
  ];
  try {
    console.log(`${describeMachine()}; medians of ${rounds} rounds of ${seconds} s, in turns`);
    const trips = contestants.map(() => [] as number[]);
    const rates = PIPELINES.map(() => contestants.map(() => [] as number[]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [i, { url }] of contestants.entries()) {
        trips[i]?.push(await roundTrip(url, seconds));
        for (const [p, pipeline] of PIPELINES.entries()) {
          rates[p]?.[i]?.push(await commandsPerSecond(url, seconds, pipeline));
        }
      }
    }
    const direct = trips[0] ?? [];
    const added = (own: number[]) => median(own.map((ms, round) => ms - (direct[round] ?? NaN)));
    printTable(
      contestants.map(({ name }, i) => ({
        '': name,
        'round trip, ms': median(trips[i] ?? []),
        'added, ms': added(trips[i] ?? []),
        ...Object.fromEntries(
          PIPELINES.map((pipeline, p) => [
            `commands/s, ${CONNECTIONS} x ${pipeline}`,
            Math.round(median(rates[p]?.[i] ?? [])),
          ]),
        ),
      })),
    );
  } finally {
    const cleaner = await openRedisLoad(services.redisUrl, ['DEL', COMMAND[1] ?? '']);
    await cleaner.send(1);
    cleaner.close();
    await Promise.all([idle.stop(), holding.stop()]);
    await services.close();
  }
}

function through(redisUrl: string, address: string): string {
  const url = new URL(redisUrl);
  url.host = new URL(address).host;
  return url.href;
}

/** The median of one command after the other, milliseconds. */
async function roundTrip(url: string, seconds: number): Promise<number> {
  const load = await openRedisLoad(url, COMMAND);
  const times: number[] = [];
  for (const end = performance.now() + seconds * 1_000; performance.now() < end;) {
    const start = performance.now();
    await load.send(1);
    times.push(performance.now() - start);
  }
  load.close();
  return median(times);
}

async function commandsPerSecond(url: string, seconds: number, pipeline: number): Promise<number> {
  const loads = await Promise.all(Array.from({ length: CONNECTIONS }, () => openRedisLoad(url, COMMAND)));
  const start = performance.now();
  const end = start + seconds * 1_000;
  let sent = 0;
  await Promise.all(
    loads.map(async (load) => {
      for (; performance.now() < end; sent += pipeline) await load.send(pipeline);
    }),
  );
  const took = (performance.now() - start) / 1_000;
  for (const load of loads) load.close();
  return sent / took;
}

try {
  await main(wholeNumber('--rounds', values.rounds, 100), wholeNumber('--seconds', values.seconds, 60));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
