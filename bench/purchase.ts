// What the purchase route costs: Remix beside a bare Express handler of the same lab, on a sold-out item, in turns.
import autocannon from 'autocannon';
import { readEnv } from '~/env.server';
import { openServices } from '~/services/open-services.server';
import { startChild } from './support/child-server';
import type { ChildServer } from './support/child-server';
import { describeMachine, median, printTable } from './support/report';

const ROUNDS = 5;
const SECONDS = 3;
const CONNECTIONS = 64;

interface Round {
  perSecond: number;
  /** Requests per second of CPU time that the server spent. */
  perCpuSecond: number;
  p99Ms: number;
}

async function fire(server: ChildServer, body: object): Promise<Round> {
  const cpuBefore = server.cpuSeconds();
  const result = await autocannon({
    url: `${server.url}/api/buy/conditional-update`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    connections: CONNECTIONS,
    duration: SECONDS,
  });
  if (result.errors > 0 || result['4xx'] !== result.requests.total) {
    throw new Error(`expected sold-out answers only, got ${JSON.stringify(result.statusCodeStats)}`);
  }
  return {
    perSecond: result.requests.total / result.duration,
    perCpuSecond: result.requests.total / (server.cpuSeconds() - cpuBefore),
    p99Ms: result.latency.p99,
  };
}

const env = readEnv();
const services = await openServices(env, (message) => console.error(message));
const urls = { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl };
const remix = await startChild('server.ts', urls);
const express = await startChild('bench/peers/bare-express.ts', urls);
try {
  const created = await fetch(`${remix.url}/api/create-inventory-key?sku=bench-empty&stock=0`);
  if (!created.ok) throw new Error(await created.text());
  const sku = 'bench-empty';
  const contestants = [
    { name: 'Remix route', server: remix, body: { sku }, rounds: [] as Round[] },
    { name: 'Remix route, steps recorded', server: remix, body: { sku, trace: true }, rounds: [] as Round[] },
    { name: 'bare Express', server: express, body: { sku }, rounds: [] as Round[] },
  ];
  // the first round warms both up and is not counted
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { server, body, rounds } of contestants) {
      const result = await fire(server, body);
      if (round > 0) rounds.push(result);
    }
  }
  const [base] = contestants;
  const perCpu = (rounds: Round[]) => median(rounds.map(({ perCpuSecond }) => perCpuSecond));
  console.log(
    `${describeMachine()}; ${CONNECTIONS} connections, medians of ${ROUNDS} rounds of ${SECONDS} s`,
  );
  printTable(
    contestants.map(({ name, rounds }) => ({
      'sold-out purchases': name,
      'requests/s': median(rounds.map(({ perSecond }) => perSecond)),
      'per CPU second': perCpu(rounds),
      'p99 ms': median(rounds.map(({ p99Ms }) => p99Ms)),
      'CPU beside the Remix route': perCpu(base?.rounds ?? []) / perCpu(rounds),
    })),
  );
} finally {
  await Promise.all([remix.stop(), express.stop()]);
  await services.close();
}
