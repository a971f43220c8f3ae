import { parentPort, workerData } from 'node:worker_threads';
import { unpackBatch } from '@/load/packed-batch';
import { HistoryBuilder } from '@/recording/history-builder';
import { loadScenario } from '@/scenarios/scenario';
import { answerTask } from './audit-task';
import type { AuditWork, FromAuditWorker, ToAuditWorker } from './audit-task';

/** Entry of an audit thread: reads the history portion by portion, returns the result of one task, and ends. */
async function main({ scenario: module, task, attempts, attemptPrefix, final }: AuditWork): Promise<void> {
  const scenario = await loadScenario({ module });
  const builder = new HistoryBuilder(attempts, attemptPrefix);

  function take({ batches }: ToAuditWorker): void {
    for (const { columns, seq } of batches) builder.add(unpackBatch(columns, seq));
    if (batches.length > 0) return send({ type: 'more' });
    send({ type: 'done', answer: answerTask(task, scenario, builder.build(), final) });
    parentPort?.close();
  }

  parentPort?.on('message', (message: ToAuditWorker) => {
    try {
      take(message);
    } catch (error) {
      send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  });
  send({ type: 'more' });
}

function send(message: FromAuditWorker): void {
  parentPort?.postMessage(message);
}

await main(workerData as AuditWork);
