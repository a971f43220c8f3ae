import { appEnv } from '@/services/env';
import { findFreePort } from '@/services/process/free-port';
import type { AppPlan } from './app-plan';
import { startInstance } from './instance';
import type { Instance } from './instance';
import type { RunFolder } from './run-folder';

interface Whereabouts {
  index: number;
  /** Where it finds its database on this machine; undefined: where the database is. */
  proxyPort?: number;
  /** Where it finds its Redis; undefined: where that is. */
  redisUrl?: string | null;
  signal?: AbortSignal | undefined;
}

/**
 * Starts an instance of the app that listens on a port of its own.
 *
 * @throws AppStartError
 */
export async function startApp(
  plan: AppPlan,
  folder: RunFolder,
  { index, proxyPort, redisUrl = plan.redisUrl, signal }: Whereabouts,
): Promise<Instance> {
  const port = await findFreePort();
  const url = new URL(plan.databaseUrl);
  if (proxyPort !== undefined) {
    url.hostname = '127.0.0.1';
    url.port = String(proxyPort);
  }
  const command = { command: plan.start, cwd: plan.cwd, port, portEnv: plan.portEnv, startMs: plan.startMs };
  const env = {
    ...appEnv(),
    ...plan.env,
    [plan.databaseEnv]: url.href,
    ...(redisUrl !== null && { [plan.redisEnv]: redisUrl }),
    [plan.portEnv]: String(port),
    ...libpqVariables(url),
  };
  const files = { logFile: folder.logFile(index), identityFile: folder.identityFile(index) };
  return startInstance({ ...command, ...files, env }, signal);
}

/** For apps that read no address: the variables of PostgreSQL's own client library. */
function libpqVariables(url: URL): Record<string, string> {
  return {
    PGHOST: url.hostname,
    PGPORT: url.port === '' ? '5432' : url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
  };
}
