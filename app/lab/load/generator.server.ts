import { Worker } from 'node:worker_threads';
import { deferred } from '../deferred';
import type { AttemptBatch } from '../history';
import type { FromWorker, LaneLoad, ToWorker } from './lane-load';
import type { ShardReport } from './shard';

const WORKER = new URL('./load-worker.mjs', import.meta.url);

export interface LoadEvents {
  started: (epochUs: number) => void;
  batch: (batch: AttemptBatch, inFlight: number) => void;
}

/** A lane's load in a worker thread, connected and waiting. */
export interface Load {
  /** Releases the buyers; resolves when the last attempt has come back. Rejects when the thread fails. */
  run: () => Promise<ShardReport>;
  /** Sends nothing more and lets what is in flight come back. */
  stop: () => void;
  /** Ends the thread; what is in flight is lost. */
  close: () => Promise<void>;
}

/**
 * Opens the load of one lane: a worker thread, so that rendering and streaming cannot distort its timing, with every
 * buyer connected. Rejects when the target does not accept the connections.
 */
export async function openLoad(load: LaneLoad, events: LoadEvents): Promise<Load> {
  const worker = new Worker(WORKER, { workerData: load, execArgv: [] });
  const ready = deferred();
  const done = deferred<ShardReport>();
  // either may fail before anybody waits for it
  done.promise.catch(() => undefined);
  const fail = (error: Error) => {
    ready.reject(error);
    done.reject(error);
  };
  worker.on('message', (message: FromWorker) => {
    switch (message.type) {
      case 'ready':
        return ready.resolve();
      case 'started':
        return events.started(message.epochUs);
      case 'batch':
        return events.batch(message.batch, message.inFlight);
      case 'done':
        return done.resolve(message);
      case 'failed':
        return fail(new Error(message.message));
      default:
        message satisfies never;
    }
  });
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`the load thread ended early with code ${code}`)));

  const tell = (message: ToWorker) => worker.postMessage(message);
  const close = async () => void (await worker.terminate());
  try {
    await ready.promise;
  } catch (error) {
    await close();
    throw error;
  }
  return {
    run: () => {
      tell({ type: 'start' });
      return done.promise;
    },
    stop: () => tell({ type: 'stop' }),
    close,
  };
}
