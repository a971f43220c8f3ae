// The purchase routes of a server process, where every strategy has a twin whose steps nobody records.
import { createServer } from 'node:http';
import type { Step } from '@/model/strategy';
import { createPurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import { createTransaction } from '@/scenarios/inventory/purchase/transaction';
import { loadStrategies } from '@/scenarios/registry';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { createPurchaseHttp, importBuild } from '@/server/http/create-http';
import { listen } from '@/server/http/listen';
import { readEnv } from '@/services/env';
import { createLog } from '@/services/log';
import { createObservedPrisma } from '@/services/postgres/prisma';
import { buildFolder, strategyFolder } from '@/services/process/program';
import { connectRedis } from '@/services/redis/redis-client';
import { twinOf } from '../support/step-cost';

const runOnly: Step = (_name, fn) => fn();

/** The same purchase through the same code, but for its steps, which are run and nothing else. */
function withoutSteps(strategy: RegisteredStrategy): RegisteredStrategy {
  return {
    ...strategy,
    id: twinOf(strategy.id),
    purchase: (context, request) =>
      strategy.purchase(
        { ...context, step: runOnly, transaction: createTransaction(context.db, runOnly) },
        request,
      ),
  };
}

const env = readEnv();
const { databaseUrl = '', redisUrl = '', poolSize } = env;
const { db, takeWait } = createObservedPrisma(databaseUrl, { size: poolSize, name: 'step server' });
const redis = await connectRedis(redisUrl, () => undefined);
const strategies = await loadStrategies(strategyFolder);
for (const strategy of [...strategies.values()]) strategies.set(twinOf(strategy.id), withoutSteps(strategy));

const http = createServer();
http.on(
  'request',
  createPurchaseHttp({
    build: await importBuild(buildFolder),
    purchaseService: createPurchaseService({ db, takeWait, redis }, strategies),
    reportError: (error) => console.error(error),
    log: createLog(env),
  }),
);
console.log(`ready at ${await listen(http, { host: '127.0.0.1', port: 0 })}`);
