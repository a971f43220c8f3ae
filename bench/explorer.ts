// How many schedules a second the explorer runs once it is compiled, and how many each strategy has with two attempts.
import { Explorer } from '@/explorer/explore';
import { PLAN_DEFAULTS } from '@/plan/catalogue-plans';
import { loadStrategies, loadStrategyInstance } from '@/scenarios/registry';
import { readEnv } from '@/services/env';
import { watchedServices } from '@/services/health';
import { openServices } from '@/services/open-services';
import { openExplorerSessions } from '@/services/postgres/explorer-sessions';
import { createPrisma } from '@/services/postgres/prisma';
import { strategyFolder } from '@/services/process/program';
import { connectRedis } from '@/services/redis/redis-client';
import { describeMachine, printTable } from './support/report';
import { describeStack } from './support/versions';

/** Until Prisma and the explorer are compiled: the first exploration takes five times as long as the tenth. */
const WARM_UP_ROUNDS = 12;
/** For each strategy, with reduction and without, at least one exploration and this long, ms. */
const MEASURED_MS = 1_500;

const strategies = await loadStrategies(strategyFolder);
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const ids = chosen.length > 0 ? chosen : [...strategies.keys()];

const services = await openServices(readEnv(), (message) => console.error(message));
const redis = await connectRedis(services.redisUrl, () => undefined);
const db = createPrisma(services.databaseUrl, { size: 5, name: 'bench' });
const sessions = await openExplorerSessions(services.databaseUrl);
const { monitor, openSession } = sessions;
const loadInstance = (id: string, instance: number) => loadStrategyInstance(strategyFolder, id, instance);
const watched = watchedServices({ db, redis, incident: (service) => services.incident(service) });
const explorer = new Explorer({
  ...{ monitor, openSession, loadInstance, db, redis, strategies, watched },
  owner: 1,
});
try {
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    console.error(`Warming up: ${round + 1} of ${WARM_UP_ROUNDS}`);
    await explorer.explore({ ...PLAN_DEFAULTS, strategy: 'read-then-write', reduction: false });
  }
  const rows: Record<string, string>[] = [];
  for (const strategy of ids) {
    console.error(strategy);
    rows.push(await measure(strategy));
  }
  console.log([describeMachine(), await describeStack({ db, redis })].join('; '));
  printTable(rows);
} finally {
  await explorer.close();
  await sessions.close();
  await db.$disconnect();
  redis.destroy();
  await services.close();
}

async function measure(strategy: string): Promise<Record<string, string>> {
  const full = await measureRounds({ strategy, reduction: false });
  const reduced = await measureRounds({ strategy, reduction: true });
  return {
    strategy,
    schedules: full.possible.toLocaleString('en'),
    'all, s': full.seconds.toFixed(2),
    'schedules/s': Math.round(full.runs / full.seconds).toLocaleString('en'),
    'CPU ms each': (full.cpuMs / full.runs).toFixed(1),
    'run with reduction': String(reduced.runs),
    'reduced, s': reduced.seconds.toFixed(2),
    verdict: reduced.verdict,
  };
}

/** The median by time of as many explorations as fit into a while, at least one. */
async function measureRounds(change: { strategy: string; reduction: boolean }): Promise<Round> {
  const rounds: Round[] = [];
  const end = performance.now() + MEASURED_MS;
  do rounds.push(await measureOnce(change));
  while (performance.now() < end);
  rounds.sort((a, b) => a.seconds - b.seconds);
  const middle = rounds[rounds.length >> 1];
  if (!middle) throw new Error('nothing was measured');
  return middle;
}

interface Round {
  seconds: number;
  cpuMs: number;
  runs: number;
  possible: number;
  verdict: string;
}

async function measureOnce(change: { strategy: string; reduction: boolean }): Promise<Round> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const { coverage, verdict } = await explorer.explore({ ...PLAN_DEFAULTS, ...change });
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds: (performance.now() - start) / 1_000,
    cpuMs: (user + system) / 1_000,
    runs: coverage.run + coverage.abandoned,
    possible: coverage.possible,
    verdict,
  };
}
