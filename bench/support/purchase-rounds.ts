import autocannon from 'autocannon';
import type { ChildServer } from './child-server';
import { median } from './report';

export const CONNECTIONS = 64;

export interface Round {
  perSecond: number;
  /** CPU time that the server spent on one request, µs. */
  cpuUs: number;
  p99Ms: number;
}

export interface Contestant {
  name: string;
  server: ChildServer;
  /** Strategy of the route that is asked. */
  strategy: string;
  body: object;
}

export interface RoundOptions {
  rounds: number;
  seconds: number;
}

/** Rounds that compile what will be measured, in either order of the contestants, and are not counted. */
const WARM_UP = 2;

/** Lets the contestants purchase in turns. */
export async function takeTurns(
  contestants: readonly Contestant[],
  { rounds, seconds }: RoundOptions,
): Promise<Map<string, Round[]>> {
  const results = new Map<string, Round[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 1 - WARM_UP; round <= rounds; round += 1) {
    // who comes first in one round comes last in the next: a machine that grows slower is fair to all
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const result = await fire(contestant, seconds);
      if (round > 0) results.get(contestant.name)?.push(result);
    }
  }
  return results;
}

/** Medians of the rounds, and of the rounds' ratios of CPU time to that of `base`. */
export function toRow(
  name: string,
  results: Map<string, Round[]>,
  base: string,
): Record<string, string | number> {
  const rounds = results.get(name) ?? [];
  const beside = results.get(base) ?? [];
  return {
    'sold-out purchases': name,
    'requests/s': median(rounds.map(({ perSecond }) => perSecond)),
    'CPU µs a purchase': median(rounds.map(({ cpuUs }) => cpuUs)),
    'p99 ms': median(rounds.map(({ p99Ms }) => p99Ms)),
    [`CPU beside ${base}`]: median(rounds.map(({ cpuUs }, i) => cpuUs / (beside[i]?.cpuUs ?? Number.NaN))),
  };
}

async function fire({ server, strategy, body }: Contestant, seconds: number): Promise<Round> {
  const cpuBefore = server.cpuSeconds();
  const result = await autocannon({
    url: `${server.url}/api/buy/${strategy}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    connections: CONNECTIONS,
    duration: seconds,
  });
  if (result.errors > 0 || result['4xx'] !== result.requests.total) {
    throw new Error(`expected sold-out answers only, got ${JSON.stringify(result.statusCodeStats)}`);
  }
  return {
    perSecond: result.requests.total / result.duration,
    cpuUs: ((server.cpuSeconds() - cpuBefore) * 1e6) / result.requests.total,
    p99Ms: result.latency.p99,
  };
}
