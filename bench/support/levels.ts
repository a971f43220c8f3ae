import type { PurchaseDeps } from '@/scenarios/inventory/purchase/purchase';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { Services } from '@/services/open-services';
import { createPrisma } from '@/services/postgres/prisma';
import { createPool } from '../peers/node-postgres';
import type { Pgbench } from '../peers/pgbench';
import type { Options } from './arguments';
import { listContestants } from './contestants';
import type { Contestant } from './contestants';
import { sellFromHotRow } from './hot-row';
import type { Level } from './results';
import type { Cell, Sales } from './sales';

export interface Bench {
  services: Services;
  redis: PurchaseDeps['redis'];
  strategies: Map<string, RegisteredStrategy>;
  pgbench: Pgbench | undefined;
  /** Connections of the product's pool. */
  poolSize: number;
  options: Options;
  signal: AbortSignal;
}

/** Connections that PostgreSQL keeps back for its administrators, and some for whoever else is there. */
const SPARE_CONNECTIONS = 10;

/** Everybody at one number in flight: a warm-up, then rounds in which they take turns. */
export async function measureLevel(bench: Bench, inFlight: number): Promise<Level> {
  const { services, redis, strategies, options } = bench;
  const poolSize = Math.min(inFlight, bench.poolSize);
  const db = createPrisma(services.databaseUrl, { size: poolSize, name: 'bench' });
  const pool = createPool(services.databaseUrl, poolSize);
  const deps = { db, redis };
  try {
    const pgbench = (await hasRoom(deps, inFlight, poolSize)) ? bench.pgbench : undefined;
    const contestants = listContestants(deps, strategies, options.strategies, { pool, pgbench });
    return { inFlight, poolSize, rounds: await takeTurns(bench, deps, contestants, inFlight) };
  } finally {
    await Promise.all([db.$disconnect(), pool.end()]);
  }
}

/** Whether pgbench finds a connection for each of its clients beside both pools; says so when it does not. */
async function hasRoom({ db }: PurchaseDeps, inFlight: number, poolSize: number): Promise<boolean> {
  const [row] = await db.$queryRaw<{ most: number }[]>`
    select current_setting('max_connections')::int as most`;
  const needed = inFlight + 2 * poolSize + SPARE_CONNECTIONS;
  if ((row?.most ?? 0) >= needed) return true;
  console.error(
    `pgbench is left out at ${inFlight} in flight: that takes max_connections = ${needed}, here it is ${row?.most ?? 0}`,
  );
  return false;
}

async function takeTurns(
  { options, signal }: Bench,
  deps: PurchaseDeps,
  contestants: Contestant[],
  inFlight: number,
): Promise<Map<string, Sales[]>> {
  const rounds = new Map<string, Sales[]>();
  const sell = (contestant: Contestant, cell: Pick<Cell, 'seconds'>) => {
    signal.throwIfAborted();
    return sellFromHotRow(deps, contestant, { ...cell, inFlight, signal });
  };
  for (const cold of contestants.filter(({ isCold }) => isCold)) await sell(cold, { seconds: 0.3 });
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const [i, contestant] of contestants.entries()) {
      const sales = await sell(contestant, options);
      rounds.set(contestant.name, [...(rounds.get(contestant.name) ?? []), sales]);
      const place = `${inFlight} in flight, round ${round} of ${options.rounds}, ${i + 1} of ${contestants.length}`;
      console.error(`${place}: ${contestant.name}, ${Math.round(sales.perSecond)} orders/s`);
    }
  }
  signal.throwIfAborted();
  return rounds;
}
