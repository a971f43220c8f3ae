import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { projectRoot } from '@/services/env';
import { commandLineOf } from '@/services/process/command-line';
import { readOwner } from '@/services/process/process-lock.mjs';
import { callApi, type Api } from '../fixtures/server/server-test';
import { whenAddressed, type TestServer } from '../fixtures/server/server';
import { queryOnce, type TestDatabase } from '../fixtures/database/test-database';
import { until } from '../fixtures/server/targets';
import type { TcpGate } from '../fixtures/database/tcp-gate';

/** The file of the data folder that names the process of each part. */
const IDENTITY_FILES = { server: 'owner.json', postgres: 'postgres.pid', redis: 'redis.pid' } as const;

export type Part = keyof typeof IDENTITY_FILES;

/** What a clean stop leaves in no data folder. */
const LOCK_FILES = Object.values(IDENTITY_FILES);

/**
 * Oversell as a user runs it: the start script, the server that it starts, and embedded services in a data folder that
 * no other process uses. After the first start it keeps its port, so that a port still taken fails the next start.
 */
export class Product {
  private readonly folder = mkdtempSync(join(tmpdir(), 'oversell-faults-'));
  readonly dataDir = join(this.folder, 'data');
  private port = '0';
  private running: { script: ChildProcess; server: TestServer; api: Api } | undefined;

  /** @param gate the way to PostgreSQL, instead of an embedded one */
  constructor(readonly gate?: { tcp: TcpGate; database: TestDatabase }) {
    // PostgreSQL may run under another account, which has to be able to get in
    chmodSync(this.folder, 0o755);
  }

  get runs(): boolean {
    return this.running !== undefined;
  }

  get api(): Api {
    return this.current.api;
  }

  get script(): ChildProcess {
    return this.current.script;
  }

  private get current() {
    if (!this.running) throw new Error('the product does not run');
    return this.running;
  }

  /** Runs the start script, or npm which runs it, and waits for nothing. */
  spawn(by: 'npm' | 'node' = 'node'): ChildProcess {
    const [program, ...args] =
      by === 'npm' ? ['npm', 'start'] : [process.execPath, join(projectRoot, 'scripts', 'start.mjs')];
    return spawn(program, args, {
      cwd: projectRoot,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        PORT: this.port,
        HOST: '127.0.0.1',
        DATA_DIR: this.dataDir,
        DATABASE_URL: this.gate?.tcp.url ?? '',
        REDIS_URL: '',
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async start(): Promise<void> {
    const script = this.spawn();
    const server = await whenAddressed(script);
    this.port = new URL(server.url).port;
    this.running = { script, server, api: callApi(server) };
  }

  /** What the server and its script have printed since the last start. */
  output(): string {
    return this.running?.server.output() ?? '';
  }

  /** @throws Error when the part does not run */
  pidOf(part: Part): number {
    const owner = readOwner(join(this.dataDir, IDENTITY_FILES[part]));
    if (!owner) throw new Error(`no process of ${part} is known`);
    return owner.pid;
  }

  /** Resolves when neither the script nor the server runs. */
  async whenEnded(): Promise<void> {
    const { script } = this.current;
    if (script.exitCode === null && script.signalCode === null) await once(script, 'exit');
    await until(() => !this.processes().some((pid) => commandLineOf(pid).includes('server.mjs')));
    this.running = undefined;
  }

  /** Stops it, if it runs, as Ctrl-C does; answers the exit code and what was left behind. */
  async stop(): Promise<string[]> {
    if (!this.running) return [];
    const { script } = this.current;
    script.kill('SIGINT');
    await this.whenEnded();
    const left = this.processes().map((pid) => `process left: ${commandLineOf(pid)}`);
    const locks = LOCK_FILES.filter((file) => existsSync(join(this.dataDir, file)));
    const folders = readdirSync(this.folder).filter((name) => name !== 'data');
    return [
      ...(script.exitCode === 0 ? [] : [`stopped with ${script.exitCode ?? script.signalCode}`]),
      ...left,
      ...locks.map((file) => `lock left: ${file}`),
      ...folders.map((name) => `second data folder: ${name}`),
    ];
  }

  /** Every process that works in the data folder or was given it: script, server, its children, PostgreSQL and Redis. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => belongsTo(pid, this.dataDir));
  }

  /** Ends whatever still runs and removes the data. */
  async destroy(): Promise<void> {
    for (const pid of this.processes()) process.kill(pid, 'SIGKILL');
    await until(() => this.processes().length === 0);
    await this.gate?.tcp.close();
    await this.gate?.database.drop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Of its database, by another way than the server's. */
  async query(sql: string, parameters?: unknown[]): Promise<Record<string, unknown>[]> {
    return queryOnce(this.gate?.database.url ?? this.embeddedDatabaseUrl(), sql, parameters);
  }

  private embeddedDatabaseUrl(): string {
    const port = /\bport=(\d+)/.exec(commandLineOf(this.pidOf('postgres')))?.[1] ?? '';
    const password = readFileSync(join(this.dataDir, 'postgres-password'), 'utf8').trim();
    return `postgresql://oversell:${password}@127.0.0.1:${port}/oversell`;
  }

  /** One command to its Redis. */
  async redis(command: string): Promise<void> {
    const settings = readFileSync(join(this.dataDir, 'redis.conf'), 'utf8');
    const read = (name: string) => new RegExp(`^${name} (\\S+)$`, 'm').exec(settings)?.[1] ?? '';
    const client = createClient({ url: `redis://:${read('requirepass')}@127.0.0.1:${read('port')}` });
    await client.connect();
    await client.sendCommand([command]);
    client.destroy();
  }
}

function belongsTo(pid: number, dataDir: string): boolean {
  try {
    const folder = readlinkSync(`/proc/${pid}/cwd`);
    if (folder.startsWith(dataDir)) return true;
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`DATA_DIR=${dataDir}\0`);
  } catch {
    return false;
  }
}
