import { parentPort } from 'node:worker_threads';
import type { AttemptBatch } from '@/model/history';
import type { FromWorker, LaneLoad, ToWorker } from './lane-load';
import { connectBuyers, Shard } from './shard';

let shard: Shard | undefined;

/** Entry of a load thread: one load after another, each told to it when the one before is over. */
parentPort?.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'open':
      return void open(message.load).catch(fail);
    case 'start':
      return void (shard && run(shard));
    case 'stop':
      return shard?.stop();
    case 'force':
      return shard?.force();
    default:
      message satisfies never;
  }
});

async function open(load: LaneLoad): Promise<void> {
  shard = undefined;
  shard = await Shard.open(load, connectBuyers);
  send({ type: 'ready' });
}

/** Hands over batches without copying them. */
async function run(shard: Shard): Promise<void> {
  try {
    const report = await shard.run({
      started: (epochUs) => send({ type: 'started', epochUs }),
      batch: (batch, inFlight) => send({ type: 'batch', batch, inFlight }, buffersOf(batch)),
      inFlight: (inFlight) => send({ type: 'in-flight', inFlight }),
    });
    send({ type: 'done', ...report });
  } catch (error) {
    fail(error);
  }
}

function buffersOf(batch: AttemptBatch): ArrayBuffer[] {
  return Object.values(batch).flatMap((column: unknown) =>
    ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : [],
  );
}

function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

function fail(error: unknown): void {
  send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}
