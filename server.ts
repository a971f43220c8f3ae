import { createServer } from 'node:http';
import path from 'node:path';
import type { ServerBuild } from '@remix-run/node';
import { DRAIN_MS, openLab } from '@/lab/open-lab';
import { BuildMissingError, createHttp, importBuild } from '@/server/http/create-http';
import { namesOf } from '@/server/http/cross-site';
import { describeReach, listen, ListenError } from '@/server/http/listen';
import { openVite } from '@/server/http/vite';
import { createMetrics } from '@/server/metrics/metrics';
import { openLive } from '@/server/live/live';
import { EnvError, readEnv } from '@/services/env';
import type { Env } from '@/services/env';
import { createLog } from '@/services/log';
import { MigrationError, ServiceUnreachableError } from '@/services/open-services';
import { PoolSizeError } from '@/services/postgres/pools';
import { boundGarbage } from '@/services/process/heap';
import { buildFolder } from '@/services/process/program';
import { Shutdown } from '@/services/process/shutdown';
import { CheckStore } from '@/store/check-store';

// a closed terminal accepts no output, which must not interrupt the shutdown
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** Composition root: lab, HTTP and live channel. Races drain before HTTP closes, as their purchases pass through it. */
async function main(env: Env, shutdown: Shutdown): Promise<void> {
  const log = createLog(env);
  const opened = await openLab(env, { log, say });
  shutdown.add('the lab', () => opened.close());
  const { lab, purchaseService, checkHealth, poolUsage, version } = opened;

  const http = createServer();
  const names = namesOf(env.host, env.allowedHosts);
  const vite = env.nodeEnv === 'development' ? await openVite(http) : undefined;
  const build = vite
    ? () => vite.ssrLoadModule('virtual:remix/server-build') as Promise<ServerBuild>
    : await importBuild(buildFolder);
  const clientFolder = path.join(buildFolder, 'client');
  const reportError = (error: unknown) => log.error({ error }, 'a page or an endpoint failed');
  const checks = new CheckStore(env.dataDir);
  const context = { lab, purchaseService, checks, checkHealth, version, reportError };
  // development loads its routes anew with each change, so it counts all requests as one route
  const routes = typeof build === 'function' ? {} : build.routes;
  const metrics = createMetrics({ lab, poolUsage, viewers: () => live.viewers(), routes });
  http.on(
    'request',
    createHttp({ build, vite: vite?.middlewares, clientFolder, context, metrics, names, log }),
  );
  const live = openLive(http, lab, names, log);
  const address = await listen(http, env);
  opened.setOrigin(address);

  shutdown.add('HTTP and live channel', async () => {
    const closed = live.close();
    http.closeAllConnections();
    await closed;
  });
  shutdown.add('races', () => lab.close(DRAIN_MS));
  if (vite) shutdown.add('Vite', () => vite.close());
  // not earlier: while modules are loaded, hardly anything is garbage
  boundGarbage();
  say(`Oversell is ready at ${address}`);
  say(describeReach(env.host, names));
}

function say(message: string): void {
  process.stdout.write(`  ${message}\n`);
}

/** Why the start failed, as one line where the user can fix it, and the matching exit code. */
function explain(error: unknown): { message: string; code: number } {
  const isUsage = [EnvError, ListenError, PoolSizeError].some((kind) => error instanceof kind);
  if (isUsage && error instanceof Error) return { message: error.message, code: 2 };
  if (error instanceof ServiceUnreachableError) return { message: error.message, code: 3 };
  if (error instanceof MigrationError || error instanceof BuildMissingError)
    return { message: error.message, code: 1 };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), code: 1 };
}

const shutdown = new Shutdown();
const started = Promise.resolve().then(() => main(readEnv(), shutdown));
shutdown.onSignals(started);
started.catch(async (error: unknown) => {
  const { message, code } = explain(error);
  process.stderr.write(`${message}\n`);
  await shutdown.closeAll();
  process.exit(code);
});
