import { Worker } from 'node:worker_threads';
import { deferred } from '@/lib/deferred';
import type { Deferred } from '@/lib/deferred';
import { withTimeout } from '@/lib/with-timeout';
import type { ShardEvents } from './attempt-runner';
import type { FromWorker, LaneLoad, ShardReport, ToWorker } from './lane-load';

/** Timeout of compiling and connecting, ms: a thread that takes longer never finishes. */
const READY_MS = 30_000;
/** Timeout of a killed thread, ms: it has nothing left to wait for. */
const KILLED_MS = 5_000;

const WORKER = new URL('./load-worker.mjs', import.meta.url);

/** A lane's load in a worker thread, connected and waiting. */
export interface Load {
  /** Releases the clients; resolves when the last attempt has come back. Rejects when the thread fails. */
  run: () => Promise<ShardReport>;
  /** Sends nothing more and lets what is in flight come back. */
  stop: () => void;
  /** Stops waiting: what is in flight becomes indeterminate at once. */
  kill: () => void;
  /** Returns the thread to the pool, or, when the load is not over, terminates it with what is in flight. */
  close: () => Promise<void>;
}

/**
 * Worker threads that generate load, so that rendering and streaming cannot distort its timing. A thread that has
 * finished its load waits for the next, because a new one takes longer to start than a small lane takes to run, and its
 * code is not compiled yet. An idle thread keeps no process alive.
 */
export class LoadThreads {
  private idle: LoadThread | undefined;
  private isClosed = false;

  /** Opens one lane's load with every client connected. Rejects when the target does not accept the connections. */
  async openLoad(load: LaneLoad, events: ShardEvents): Promise<Load> {
    const thread = this.idle?.isUsable === true ? this.idle : new LoadThread();
    this.idle = undefined;
    let killed: NodeJS.Timeout | undefined;
    const close = async () => {
      clearTimeout(killed);
      await this.giveBack(thread);
    };
    try {
      const { done } = await thread.open(load, events);
      return {
        run: () => {
          thread.tell({ type: 'start' });
          return done;
        },
        stop: () => thread.tell({ type: 'stop' }),
        kill: () => {
          thread.tell({ type: 'kill' });
          killed ??= setTimeout(() => thread.fail(new Error('the load thread did not stop')), KILLED_MS);
        },
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Terminates the idle thread. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.idle?.end();
    this.idle = undefined;
  }

  private async giveBack(thread: LoadThread): Promise<void> {
    if (!thread.isUsable || this.idle || this.isClosed) return thread.end();
    this.idle = thread;
  }
}

/** The work that a thread is doing. */
interface Work {
  events: ShardEvents;
  ready: Deferred<void>;
  done: Deferred<ShardReport>;
}

class LoadThread {
  private readonly worker = new Worker(WORKER, { execArgv: [] });
  private work: Work | undefined;
  private failure: Error | undefined;

  constructor() {
    this.worker.unref();
    this.worker.on('message', (message: FromWorker) => this.hear(message));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', (code) => this.fail(new Error(`the load thread ended early with code ${code}`)));
  }

  /** Whether the thread is idle and has not failed. */
  get isUsable(): boolean {
    return this.work === undefined && this.failure === undefined;
  }

  /** Resolves when the clients are connected; `done` is the promise of the report. */
  async open(load: LaneLoad, events: ShardEvents): Promise<{ done: Promise<ShardReport> }> {
    const work: Work = { events, ready: deferred(), done: deferred() };
    this.work = work;
    this.worker.ref();
    // it may reject before a caller awaits it
    work.done.promise.catch(() => undefined);
    this.tell({ type: 'open', load });
    await withTimeout(work.ready.promise, READY_MS);
    return { done: work.done.promise };
  }

  tell(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.work?.ready.reject(error);
    this.work?.done.reject(error);
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private hear(message: FromWorker): void {
    const { work } = this;
    if (!work) return;
    switch (message.type) {
      case 'ready':
        return work.ready.resolve();
      case 'started':
        return work.events.started(message.epochUs);
      case 'batch':
        return work.events.batch(message.recorded, message.inFlight);
      case 'in-flight':
        return work.events.inFlight(message.inFlight);
      case 'done':
        this.work = undefined;
        this.worker.unref();
        return work.done.resolve(message);
      case 'failed':
        return this.fail(new Error(message.message));
      default:
        message satisfies never;
    }
  }
}
