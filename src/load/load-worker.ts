import { parentPort } from 'node:worker_threads';
import type { FromWorker, LaneLoad, ToWorker } from './lane-load';
import type { RecordedBatch } from './packed-batch';
import { connectBuyers, Shard } from './shard';

let shard: Shard | undefined;

/** Entry of a load thread: runs one load after another, each requested when the one before is over. */
parentPort?.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'open':
      return void open(message.load).catch(fail);
    case 'start':
      return void (shard && run(shard));
    case 'stop':
      return shard?.stop();
    case 'kill':
      return shard?.kill();
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
      batch: (recorded, inFlight) => send({ type: 'batch', recorded, inFlight }, buffersOf(recorded)),
      inFlight: (inFlight) => send({ type: 'in-flight', inFlight }),
    });
    send({ type: 'done', ...report });
  } catch (error) {
    fail(error);
  }
}

/** The columns share one block of memory; the packed batch is another. */
function buffersOf({ batch, packed }: RecordedBatch): ArrayBuffer[] {
  return [batch.n.buffer as ArrayBuffer, packed.buffer];
}

function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

function fail(error: unknown): void {
  send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}
