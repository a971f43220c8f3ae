// What the purchase route costs on a sold-out item: Remix beside a bare Express handler of the same lab, and purchases
// whose steps are recorded beside the same ones whose steps are only run.
import { parseArgs } from 'node:util';
import { readEnv } from '@/services/env';
import { openServices } from '@/services/open-services';
import { UsageError, wholeNumber } from './support/arguments';
import { startChild } from './support/child-server';
import { CONNECTIONS, takeTurns, toRow } from './support/purchase-rounds';
import type { RoundOptions } from './support/purchase-rounds';
import { describeMachine, printTable } from './support/report';
import { measureSteps, STEP_CONTESTANTS } from './support/step-cost';

const SKU = 'bench-empty';
/** One statement, and a transaction of three steps. */
const STEPPED = ['conditional-update', 'select-for-update'];

async function main(options: RoundOptions): Promise<void> {
  const services = await openServices(readEnv(), (message) => console.error(message));
  const urls = { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl };
  const [remix, express, stepped] = await Promise.all(
    ['server.ts', 'bench/peers/bare-express.ts', 'bench/peers/step-server.ts'].map((file) =>
      startChild(file, urls),
    ),
  );
  if (!remix || !express || !stepped) throw new Error('three servers were started');
  try {
    const created = await fetch(`${remix.url}/api/create-inventory-key?sku=${SKU}&stock=0`);
    if (!created.ok) throw new Error(await created.text());
    const settings = `medians of ${options.rounds} rounds of ${options.seconds} s`;
    console.log(`${describeMachine()}; ${CONNECTIONS} connections, ${settings}`);
    const strategy = 'conditional-update';
    const contestants = [
      { name: 'the Remix route', server: remix, strategy, body: { sku: SKU } },
      { name: 'bare Express', server: express, strategy, body: { sku: SKU } },
    ];
    const routes = await takeTurns(contestants, options);
    printTable(contestants.map(({ name }) => toRow(name, routes, 'the Remix route')));
    for (const strategy of STEPPED) {
      const steps = await measureSteps(stepped, strategy, SKU, options);
      console.log(strategy);
      const names = Object.values(STEP_CONTESTANTS);
      printTable(names.map((name) => toRow(name, steps, STEP_CONTESTANTS.without)));
    }
  } finally {
    await Promise.all([remix.stop(), express.stop(), stepped.stop()]);
    await services.close();
  }
}

function readOptions(args: string[]): RoundOptions {
  const text = { type: 'string' } as const;
  const options = { rounds: { ...text, default: '5' }, seconds: { ...text, default: '3' } };
  try {
    const { values } = parseArgs({ args, options });
    return {
      rounds: wholeNumber('--rounds', values.rounds, 100),
      seconds: wholeNumber('--seconds', values.seconds, 60),
    };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
