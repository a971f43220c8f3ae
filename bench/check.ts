// What `oversell check` takes for the Express example: the whole command, from Enter to the verdict, with both
// instances started and a database given; and how many orders a second it runs.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { toAppPlan } from '@/check/check-file';
import { runCheck } from '@/check/run-check';
import { appClients, openEmptyServices } from '@/services/open-services';
import { projectRoot, readDataDir } from '@/services/env';
import { serverProgram } from '../scripts/bundle.mjs';
import { describeMachine, median, printTable } from './support/report';

const ROUNDS = Number(process.argv[2]?.replace('--rounds=', '') ?? 5);
const CWD = join(projectRoot, 'examples', 'express-pg');
const ROUTES = ['/buy', '/buy-guarded', '/buy-locked'];

const data = { sku: 'last-one', buyer: '{{buyer}}' };

/** The command as a person gives it. Returns seconds. */
async function runCommand(route: string, databaseUrl: string): Promise<number> {
  const program = join(dirname(serverProgram), 'oversell.mjs');
  const flags = ['--start', 'node shop.js', '--post', route, '--data', JSON.stringify(data), '--no-keep'];
  const begun = performance.now();
  const child = spawn(process.execPath, [program, 'check', '--quiet', ...flags], {
    cwd: CWD,
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== (route === '/buy' ? 10 : 0)) throw new Error(`oversell check ended with ${String(code)}`);
  return (performance.now() - begun) / 1_000;
}

/** Orders of three requests that are counted: two requests have too few of them. */
const COUNTED = 400;

/** Orders a second, of three requests and without reduction. */
async function countOrders(route: string, databaseUrl: string): Promise<number> {
  const file = { start: 'node shop.js', requests: [{ path: route, data }], reduction: false, copies: 3 };
  const plan = toAppPlan(file, { cwd: CWD, databaseUrl, schedule: null });
  const enough = new AbortController();
  const seen: { run: number; at: number }[] = [];
  const progress = ({ run }: { run: number }): void => {
    seen.push({ run, at: performance.now() });
    if (run >= COUNTED) enough.abort();
  };
  const events = { progress, signal: enough.signal };
  await runCheck({ ...plan, maxSchedules: Infinity }, appClients, events, (id) => id);
  const [first, last] = [seen[0], seen.at(-1)];
  if (!first || !last || last.run === first.run) throw new Error('too few orders to tell');
  return ((last.run - first.run) * 1_000) / (last.at - first.at);
}

const services = await openEmptyServices(readDataDir(), { postgres: true, redis: false });
const databaseUrl = services.databaseUrl ?? '';
try {
  console.log(`${describeMachine()}; medians of ${ROUNDS} rounds`);
  const rows = [];
  for (const route of ROUTES) {
    const seconds: number[] = [];
    const rates: number[] = [];
    // the first round warms up
    for (let round = 0; round <= ROUNDS; round += 1) {
      const took = await runCommand(route, databaseUrl);
      const rate = await countOrders(route, databaseUrl);
      if (round === 0) continue;
      seconds.push(took);
      rates.push(rate);
    }
    rows.push({
      route,
      'Enter to verdict, s': median(seconds),
      'orders/s': median(rates),
      'ms an order': 1_000 / median(rates),
    });
  }
  printTable(rows);
} finally {
  await services.close();
}
