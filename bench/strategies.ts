// What every safe strategy sells from one hot row, beside pgbench and node-postgres with the same SQL, in turns.
import { writeFile } from 'node:fs/promises';
import { loadStrategies } from '@/scenarios/registry';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { readEnv } from '@/services/env';
import { openServices } from '@/services/open-services';
import { createPrisma } from '@/services/postgres/prisma';
import { strategyFolder } from '@/services/process/program';
import { connectRedis } from '@/services/redis/redis-client';
import { findPgbench } from './peers/pgbench';
import { readOptions, UsageError } from './support/arguments';
import type { Options } from './support/arguments';
import { measureLevel } from './support/levels';
import type { Bench } from './support/levels';
import { describeMachine, printTable } from './support/report';
import { compare, toTable } from './support/results';
import type { Level } from './support/results';
import { describeStack } from './support/versions';

async function main(strategies: Map<string, RegisteredStrategy>, options: Options, signal: AbortSignal) {
  const env = readEnv();
  const services = await openServices(env, (message) => console.error(message));
  try {
    const redis = await connectRedis(services.redisUrl, () => undefined);
    try {
      const pgbench = await findPgbench(services.databaseUrl);
      if (!pgbench)
        console.error(
          'There is no pgbench, so its rows are missing. Debian: apt install postgresql; macOS: brew install postgresql.',
        );
      await measure({ services, redis, strategies, pgbench, poolSize: env.poolSize, options, signal });
    } finally {
      redis.destroy();
    }
  } finally {
    await services.close();
  }
}

async function measure(bench: Bench): Promise<void> {
  const { options } = bench;
  const description = await describe(bench);
  const levels: Level[] = [];
  for (const inFlight of options.inFlight) levels.push(await measureLevel(bench, inFlight));
  console.log(description);
  for (const level of levels) {
    console.log(`\n${level.inFlight} in flight, pools of ${level.poolSize}`);
    printTable(toTable(level));
  }
  const comparisons = compare(levels);
  if (comparisons.length > 0) printTable(comparisons);
  if (options.json === undefined) return;
  const results = levels.map(({ rounds, ...level }) => ({ ...level, rounds: Object.fromEntries(rounds) }));
  await writeFile(options.json, JSON.stringify({ description, options, results, comparisons }, null, 2));
}

async function describe({ services, redis, pgbench, options }: Bench): Promise<string> {
  const db = createPrisma(services.databaseUrl, { size: 1, name: 'bench' });
  const stack = await describeStack({ db, redis }).finally(() => db.$disconnect());
  const settings = `medians of ${options.rounds} rounds of ${options.seconds} s`;
  const today = new Date().toISOString().slice(0, 10);
  return [describeMachine(), stack, pgbench?.version ?? 'no pgbench', settings, today].join('; ');
}

const safe = [...(await loadStrategies(strategyFolder))].filter(([, { expected }]) => expected === 'safe');
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
try {
  const known = safe.map(([id]) => id);
  await main(new Map(safe), readOptions(process.argv.slice(2), known), stop.signal);
} catch (error) {
  // whatever else failed while everything was being stopped, failed for that
  if (stop.signal.aborted) process.exitCode = 130;
  else if (error instanceof UsageError) {
    console.error(error.message);
    process.exitCode = 2;
  } else throw error;
}
