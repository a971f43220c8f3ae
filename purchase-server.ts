import { createServer } from 'node:http';
import type { ServerBuild } from '@remix-run/node';
import { measureEventLoop } from '@/load/measure/event-loop';
import type { EventLoopLoad } from '@/model/bottleneck';
import { createPurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import type { PurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import { loadStrategies } from '@/scenarios/registry';
import { createPurchaseHttp, importBuild } from '@/server/http/create-http';
import { listen } from '@/server/http/listen';
import { openVite } from '@/server/http/vite';
import { readEnv } from '@/services/env';
import { createLog } from '@/services/log';
import { createObservedPrisma } from '@/services/postgres/prisma';
import { buildFolder, strategyFolder } from '@/services/process/program';
import type {
  FromPurchaseServer,
  PurchaseServerSettings,
  ToPurchaseServer,
} from '@/services/process/purchase-server-messages';
import { connectRedis } from '@/services/redis/redis-client';

// the parent's terminal accepts no output once it is closed
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** Closing does not take longer, ms. */
const CLOSE_MS = 1_500;

/**
 * A server process that only serves purchases, for races against several processes. It is a child of `server.ts`, which
 * tells it what to open and when to end; it ends by itself when its parent is gone.
 */
async function open(
  settings: PurchaseServerSettings,
): Promise<{ purchaseService: PurchaseService; close: () => Promise<void> }> {
  const { databaseUrl, redisUrl, poolSize, applicationName, loadKey } = settings;
  const env = readEnv();
  const log = createLog(env);
  const { db, takeWait } = createObservedPrisma(databaseUrl, { size: poolSize, name: applicationName });
  const redis = await connectRedis(redisUrl, (error) => log.warn({ reason: error.message }, 'Redis'));
  const strategies = await loadStrategies(strategyFolder);
  const purchaseService = createPurchaseService({ db, takeWait, redis }, strategies, loadKey);

  const http = createServer();
  const build =
    env.nodeEnv === 'development'
      ? ((await (await openVite()).ssrLoadModule('virtual:remix/server-build')) as ServerBuild)
      : await importBuild(buildFolder);
  const reportError = (error: unknown) => log.error({ error }, 'a purchase failed');
  http.on('request', createPurchaseHttp({ build, purchaseService, reportError, log }));
  send({ type: 'ready', origin: await listen(http, { host: '127.0.0.1', port: 0 }) });

  return {
    purchaseService,
    close: async () => {
      http.closeAllConnections();
      redis.destroy();
      await db.$disconnect();
    },
  };
}

function send(message: FromPurchaseServer): void {
  process.send?.(message, undefined, {}, () => undefined);
}

// the parent has died, or has closed the channel: there are no clients left to serve or to wait for
process.once('disconnect', () => process.exit(0));
if (!process.connected) process.exit(2);

let opened: ReturnType<typeof open> | undefined;
const measurements = new Map<number, () => EventLoopLoad>();

process.on('message', (message: ToPurchaseServer) => {
  hear(message).catch((error: unknown) => {
    send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});

async function hear(message: ToPurchaseServer): Promise<void> {
  switch (message.type) {
    case 'open':
      await (opened = open(message.settings));
      return;
    case 'count': {
      const underWay = (await opened)?.purchaseService.underWay(message.sku) ?? { left: 0, moved: 0 };
      return send({ type: 'count', ask: message.ask, underWay });
    }
    case 'begin-measuring':
      return void measurements.set(message.measurement, measureEventLoop());
    case 'end-measuring': {
      const eventLoop = measurements.get(message.measurement)?.() ?? { cpu: 0, delayP99Ms: 0 };
      measurements.delete(message.measurement);
      return send({ type: 'event-loop', ask: message.ask, eventLoop });
    }
    case 'close':
      setTimeout(() => process.exit(0), CLOSE_MS);
      await opened?.then(({ close }) => close()).catch(() => undefined);
      return process.exit(0);
    default:
      message satisfies never;
  }
}
