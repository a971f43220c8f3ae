import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { deferred } from '@/lib/deferred';
import type { Deferred } from '@/lib/deferred';
import { withTimeout } from '@/lib/with-timeout';
import type { EventLoopLoad } from '@/model/bottleneck';
import { sumUnderWay } from '@/scenarios/inventory/purchase/purchase-service';
import type { UnderWay } from '@/scenarios/inventory/purchase/purchase-service';
import type { PurchaseServers, StartPurchaseServers } from '@/targets/race-target';
import { projectRoot } from '../env';
import { programArguments } from './program';
import type {
  FromPurchaseServer,
  PurchaseServerSettings,
  ToPurchaseServer,
} from './purchase-server-messages';

/** Timeout of starting, ms: a process that does not listen by then never will. */
const READY_MS = 30_000;
/** Timeout of a response, ms: a process that does not respond by then is stuck. */
const ANSWER_MS = 5_000;
/** Time to close its connections before it is killed, ms. */
const CLOSE_MS = 2_000;

/** Creates the function that starts purchase servers: children of this process, which end with it in every case. */
export function createPurchaseServers(settings: PurchaseServerSettings): StartPurchaseServers {
  return async (count, { signal, onLost }) => {
    const servers = Array.from({ length: count }, () => new PurchaseServer(onLost));
    const close = async () => void (await Promise.all(servers.map((server) => server.close())));
    try {
      const origins = await orAborted(Promise.all(servers.map((server) => server.open(settings))), signal);
      return combine(servers, origins, close);
    } catch (error) {
      await close();
      throw error;
    }
  };
}

function combine(
  servers: PurchaseServer[],
  origins: string[],
  close: PurchaseServers['close'],
): PurchaseServers {
  let measurements = 0;
  return {
    origins,
    underWay: async (sku) => sumUnderWay(await Promise.all(servers.map((server) => server.count(sku)))),
    measureEventLoop: () => {
      const measurement = (measurements += 1);
      for (const server of servers) server.beginStrain(measurement);
      return async () =>
        busiest(await Promise.all(servers.map((server) => server.endMeasuring(measurement))));
    },
    close,
  };
}

/** The worst of each figure: one saturated process delays the clients that are connected to it. */
function busiest(loads: EventLoopLoad[]): EventLoopLoad {
  return {
    cpu: Math.max(...loads.map(({ cpu }) => cpu)),
    delayP99Ms: Math.max(...loads.map(({ delayP99Ms }) => delayP99Ms)),
  };
}

class PurchaseServer {
  private readonly child: ChildProcess;
  private readonly ready = deferred<string>();
  private readonly gone = deferred();
  private readonly asked = new Map<number, Deferred<FromPurchaseServer>>();
  private asks = 0;
  private isClosing = false;
  private isGone = false;

  constructor(private readonly onLost: (reason: Error) => void) {
    this.child = spawn(process.execPath, programArguments('purchase-server'), {
      cwd: projectRoot,
      // a process group of its own: Ctrl-C is for the server, which closes this process when its purchases are over
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    // it may reject before a caller awaits it
    this.ready.promise.catch(() => undefined);
    this.child.on('message', (message: FromPurchaseServer) => this.hear(message));
    this.child.on('error', (error) => this.end(`could not be started: ${error.message}`));
    this.child.once('exit', (code, signal) =>
      this.end(`ended with ${signal === null ? `code ${code}` : `signal ${signal}`}`),
    );
  }

  /** Resolves with the server's address when it listens. */
  async open(settings: PurchaseServerSettings): Promise<string> {
    this.tell({ type: 'open', settings });
    const late = `A purchase server did not start within ${READY_MS / 1_000} s.`;
    return withTimeout(this.ready.promise, READY_MS, late);
  }

  async count(sku: string): Promise<UnderWay> {
    const answer = await this.ask((ask) => ({ type: 'count', ask, sku }));
    if (answer.type !== 'count') throw new Error('a purchase server answered something else than was asked');
    return answer.underWay;
  }

  beginStrain(measurement: number): void {
    this.tell({ type: 'begin-measuring', measurement });
  }

  async endMeasuring(measurement: number): Promise<EventLoopLoad> {
    const answer = await this.ask((ask) => ({ type: 'end-measuring', ask, measurement }));
    if (answer.type !== 'event-loop')
      throw new Error('a purchase server answered something else than was asked');
    return answer.eventLoop;
  }

  /** Asks the process to end, and kills it when it does not. Resolves when it is gone. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.tell({ type: 'close' });
    await withTimeout(this.gone.promise, CLOSE_MS).catch(() => this.child.kill('SIGKILL'));
    await this.gone.promise;
  }

  private ask(question: (ask: number) => ToPurchaseServer): Promise<FromPurchaseServer> {
    const ask = (this.asks += 1);
    const answer = deferred<FromPurchaseServer>();
    this.asked.set(ask, answer);
    if (this.isGone) answer.reject(new Error('a purchase server has ended'));
    else this.tell(question(ask));
    return withTimeout(answer.promise, ANSWER_MS)
      .catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`A purchase server does not answer: ${why}`);
      })
      .finally(() => this.asked.delete(ask));
  }

  private tell(message: ToPurchaseServer): void {
    // a broken channel means that the process is ending, which its `exit` event reports
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private hear(message: FromPurchaseServer): void {
    switch (message.type) {
      case 'ready':
        return this.ready.resolve(message.origin);
      case 'failed':
        return this.ready.reject(new Error(`A purchase server could not be opened: ${message.message}`));
      case 'count':
      case 'event-loop':
        return this.asked.get(message.ask)?.resolve(message);
      default:
        message satisfies never;
    }
  }

  private end(how: string): void {
    if (this.isGone) return;
    this.isGone = true;
    const reason = new Error(`A purchase server ${how} in the middle of the race.`);
    this.ready.reject(reason);
    for (const answer of this.asked.values()) answer.reject(reason);
    this.gone.resolve();
    if (!this.isClosing) this.onLost(reason);
  }
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => undefined);
  signal.throwIfAborted();
  const aborted = deferred<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
