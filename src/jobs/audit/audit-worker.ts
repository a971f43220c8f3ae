import { parentPort, workerData } from 'node:worker_threads';
import { decodeBatch } from '@/recording/batch-codec';
import { HistoryBuilder } from '@/recording/history-builder';
import { answerTask } from './audit-task';
import type { AuditWork, FromAuditWorker, ToAuditWorker } from './audit-task';

/** Entry of an audit thread: takes the history in, portion by portion, answers one question about it, and ends. */
function main({ task, attempts, attemptPrefix, final }: AuditWork): void {
  const builder = new HistoryBuilder(attempts, attemptPrefix);

  async function take({ batches }: ToAuditWorker): Promise<void> {
    for (const packed of batches) builder.add(await decodeBatch(packed));
    if (batches.length > 0) return send({ type: 'more' });
    send({ type: 'done', answer: answerTask(task, builder.build(), final) });
    parentPort?.close();
  }

  parentPort?.on('message', (message: ToAuditWorker) => {
    take(message).catch((error: unknown) =>
      send({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
  });
  send({ type: 'more' });
}

function send(message: FromAuditWorker): void {
  parentPort?.postMessage(message);
}

main(workerData as AuditWork);
