import { Worker } from 'node:worker_threads';
import PQueue from 'p-queue';
import { deferred } from '@/lib/deferred';
import { withTimeout } from '@/lib/with-timeout';
import { unpackBatch } from '@/load/packed-batch';
import type { FinalState } from '@/model/final-state';
import { attemptPrefixOf } from '@/model/history';
import type { BatchRow } from '@/recording/event-log';
import { HistoryBuilder } from '@/recording/history-builder';
import type { Scenario, ScenarioLocation } from '@/scenarios/scenario';
import type { StoredBatches } from '@/store/batch-store';
import { answerTask } from './audit-task';
import type { AuditAnswers, AuditTask, AuditWork, FromAuditWorker, ToAuditWorker } from './audit-task';

/** A stored lane with the rows that decide its verdict. */
export interface AuditedLane {
  raceId: string;
  lane: number;
  /** Attempts that its event log must hold. */
  attempts: number;
  final: FinalState;
}

/**
 * Up to this many attempts are audited in this thread, in 10 to 50 ms; another thread would need longer to start. More
 * would block the server, and leave their memory behind in its heap.
 */
const AUDITED_IN_PLACE = 50_000;
/** Searching all the evidence for one attempt takes up to a tenth of a millisecond per piece. */
const SEARCHED_IN_PLACE = 2_000;
/** Batches in flight to a thread at a time: some 16,000 attempts in about a megabyte. */
const BATCHES_AT_ONCE = 32;
/** A million attempts take some seconds; a thread that has not finished by then never will, ms. */
const ANSWER_MS = 300_000;

const WORKER = new URL('./audit-worker.mjs', import.meta.url);

/** Audits stored lanes from their event logs alone, one large lane at a time. */
export class Audits {
  private readonly large = new PQueue({ concurrency: 1 });

  constructor(
    private readonly batches: Pick<StoredBatches, 'readPacked'>,
    /** What was raced, and where threads find it. */
    private readonly judged: { scenario: Scenario; location: Pick<ScenarioLocation, 'module'> },
    private readonly auditedInPlace = AUDITED_IN_PLACE,
  ) {}

  /**
   * @param signal aborts the work under way
   * @throws Error when the event log is incomplete or cannot be read
   */
  async answer<K extends AuditTask['kind']>(
    lane: AuditedLane,
    task: Extract<AuditTask, { kind: K }>,
    signal?: AbortSignal,
  ): Promise<AuditAnswers[K]> {
    const { raceId, lane: index, attempts, final } = lane;
    const attemptPrefix = attemptPrefixOf(raceId, index);
    const { scenario, location } = this.judged;
    const work: AuditWork = { scenario: location.module, task, attempts, attemptPrefix, final };
    const portions = this.portionsOf(lane);
    const answer =
      attempts <= (task.kind === 'naming' ? SEARCHED_IN_PLACE : this.auditedInPlace)
        ? answerInPlace(scenario, work, portions)
        : this.large.add(() => answerInThread(work, portions, signal));
    // the task's kind determines its result type
    return (await answer) as AuditAnswers[K];
  }

  private async *portionsOf({ raceId, lane }: AuditedLane): AsyncGenerator<BatchRow[]> {
    for (let next = 0; ;) {
      const portion = await this.batches.readPacked(raceId, lane, next, BATCHES_AT_ONCE);
      const last = portion.at(-1);
      if (!last) return;
      yield portion;
      next = last.seq + last.count;
    }
  }
}

async function answerInPlace(
  scenario: Scenario,
  { task, attempts, attemptPrefix, final }: AuditWork,
  portions: AsyncGenerator<BatchRow[]>,
) {
  const builder = new HistoryBuilder(attempts, attemptPrefix);
  for await (const portion of portions) {
    for (const { columns, seq } of portion) builder.add(unpackBatch(columns, seq));
  }
  return answerTask(task, scenario, builder.build(), final);
}

/** Sends a portion each time the thread asks for one after taking the last, so that only one is in flight. */
async function answerInThread(work: AuditWork, portions: AsyncGenerator<BatchRow[]>, signal?: AbortSignal) {
  signal?.throwIfAborted();
  const worker = new Worker(WORKER, { workerData: work, execArgv: [] });
  const done = deferred<AuditAnswers[keyof AuditAnswers]>();
  const abandon = () => done.reject(signal?.reason);
  const sendPortion = async () => {
    const { value = [] } = (await portions.next()) as IteratorResult<BatchRow[], undefined>;
    worker.postMessage({ batches: value } satisfies ToAuditWorker);
  };
  worker.on('message', (message: FromAuditWorker) => {
    switch (message.type) {
      case 'more':
        return void sendPortion().catch(done.reject);
      case 'done':
        return done.resolve(message.answer);
      case 'failed':
        return done.reject(new Error(message.message));
      default:
        message satisfies never;
    }
  });
  worker.on('error', done.reject);
  worker.on('exit', (code) => done.reject(new Error(`the audit thread ended early with code ${code}`)));
  signal?.addEventListener('abort', abandon, { once: true });
  try {
    return await withTimeout(done.promise, ANSWER_MS);
  } finally {
    signal?.removeEventListener('abort', abandon);
    await worker.terminate();
  }
}
