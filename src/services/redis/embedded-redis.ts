import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PortTakenError, startOnFreePort } from '../process/free-port';
import { keepRunning } from '../process/keep-running';
import type { KeptProcess, Launch } from '../process/keep-running';
import { sameUser } from '../process/run-as';
import { startServiceProcess, stopOrphan, type ServiceProcess } from '../process/service-process';
import { createRedisClient } from './redis-client';

export interface EmbeddedRedisOptions {
  /** A redis-server or valkey-server program. */
  binary: string;
  /** A folder of this service alone. */
  dir: string;
  log: (message: string) => void;
}

export interface EmbeddedRedis extends KeptProcess {
  /** With this run's password. */
  readonly url: string;
}

const stopSignals = [{ signal: 'SIGTERM', waitMs: 2_000 }] as const;
const START_TIMEOUT_MS = 15_000;

/**
 * Starts Redis on a free loopback port, and again on that port whenever it dies. It stores nothing on disk: everything
 * that must last is in PostgreSQL.
 *
 * @throws Error with Redis' own last words when it does not start
 */
export async function startEmbeddedRedis({ binary, dir, log }: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  mkdirSync(dir, { recursive: true });
  const identityFile = join(dir, 'redis.pid');
  await stopOrphan(identityFile, stopSignals);
  const password = randomBytes(18).toString('base64url');

  let port = 0;
  const urlOf = () => `redis://:${password}@127.0.0.1:${port}`;
  const launch: Launch = async (onEnd) => {
    let ready = false;
    const configFile = join(dir, 'redis.conf');
    writeFileSync(configFile, configuration(port, password), { mode: 0o600 });
    const server = await startServiceProcess({
      binary,
      args: [configFile],
      cwd: dir,
      runAs: sameUser,
      logFile: join(dir, 'redis.log'),
      identityFile,
      stopSignals,
      onUnexpectedExit: (how) => ready && onEnd(how),
    });
    try {
      await waitUntilReady(server, urlOf());
    } catch (error) {
      await server.stop();
      throw error;
    }
    ready = true;
    return server;
  };
  const launchFirst: Launch = (onEnd) =>
    startOnFreePort((free) => {
      port = free;
      return launch(onEnd);
    });
  return Object.assign(await keepRunning('Redis', launchFirst, launch, log), { url: urlOf() });
}

/**
 * A file rather than arguments, since every user of the machine can read those. Without a password any of them could
 * make Redis write files with the rights of this process.
 */
function configuration(port: number, password: string): string {
  return ['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, 'save ""', 'appendonly no', ''].join(
    '\n',
  );
}

async function waitUntilReady(server: ServiceProcess, url: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const exit = server.exit();
    if (exit !== undefined) {
      const said = server.logTail();
      if (/Address already in use|Failed listening/.test(said)) throw new PortTakenError(said);
      throw new Error(`Redis did not start (${exit}):\n${said}`);
    }
    if (await answersPing(url)) return;
    if (performance.now() > deadline) throw new Error(`Redis is not ready after 15 s:\n${server.logTail()}`);
    await delay(20);
  }
}

async function answersPing(url: string): Promise<boolean> {
  const client = createRedisClient({ url, socket: { reconnectStrategy: false, connectTimeout: 2_000 } });
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    if (client.isOpen) client.destroy();
  }
}
