import { parentPort, workerData } from 'node:worker_threads';
import type { AttemptBatch } from '../history';
import type { FromWorker, LaneLoad, ToWorker } from './lane-load';
import { Shard } from './shard';

/** Entry of a load thread: connect, say so, wait for the start, run, hand over batches without copying them. */
async function main(load: LaneLoad): Promise<void> {
  const shard = await Shard.open(load);
  parentPort?.on('message', (message: ToWorker) => {
    if (message.type === 'stop') shard.stop();
    else void run(shard);
  });
  send({ type: 'ready' });
}

async function run(shard: Shard): Promise<void> {
  try {
    const report = await shard.run({
      started: (epochUs) => send({ type: 'started', epochUs }),
      batch: (batch, inFlight) => send({ type: 'batch', batch, inFlight }, buffersOf(batch)),
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

main(workerData as LaneLoad).catch(fail);
