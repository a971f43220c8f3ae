import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '@/lib/clock';
import { BatchBuilder } from './batch-builder';
import type { Answer } from './client/answer';
import type { Client } from './client/client';
import type { LaneLoad } from './lane-load';
import { packBatch } from './packed-batch';
import type { RecordedBatch } from './packed-batch';
import { bodiesOf } from './purchase-body';

/** How often finished attempts are handed over, ms. */
const FLUSH_MS = 50;

export interface ShardEvents {
  started: (epochUs: number) => void;
  batch: (recorded: RecordedBatch, inFlight: number) => void;
  /** No attempt has come back since the last event, but the number in flight has changed. */
  inFlight: (inFlight: number) => void;
}

/** Shared by the load models: numbers and bodies of attempts, their recording, the end of the load, and stopping. */
export class AttemptRunner {
  /** Where the lane's clock starts, by `nowUs`. */
  readonly epochUs = nowUs();
  private readonly builder: BatchBuilder;
  private readonly bodyOf: (n: number) => string;
  private readonly stopping = new AbortController();
  /** Aborted when there is nothing left to start: the load was stopped, or the last number given out. */
  private readonly exhausted = new AbortController();
  private readonly flushing: NodeJS.Timeout;
  private next = 0;
  private inFlight = 0;
  private told = 0;
  private finished = 0;

  constructor(
    readonly load: LaneLoad,
    private readonly events: ShardEvents,
  ) {
    // every client that pauses listens to it
    setMaxListeners(0, this.exhausted.signal);
    this.onStop(() => this.exhausted.abort());
    const processes = Math.max(1, load.urls.length);
    this.builder = new BatchBuilder(load.stepNames, load.stepKinds, this.epochUs, processes);
    this.bodyOf = bodiesOf(load);
    this.flushing = setInterval(() => this.flush(), FLUSH_MS);
    events.started(this.epochUs);
  }

  /** Attempts that have come back. */
  get generated(): number {
    return this.finished;
  }

  get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Whether another attempt may be started now: numbers are left, time is left, and the load was not stopped. */
  get hasNext(): boolean {
    const { attempts, durationMs = Infinity } = this.load;
    if (this.isStopped || this.numberAt(this.next) >= attempts) return false;
    return durationMs === Infinity || (nowUs() - this.epochUs) / 1_000 < durationMs;
  }

  /** Takes the number of the next attempt; each is given out once. */
  takeNumber(): number {
    this.next += 1;
    if (this.numberAt(this.next) >= this.load.attempts) this.exhausted.abort();
    return this.numberAt(this.next - 1);
  }

  /** The shard's attempt `k` by its number in the lane. */
  numberAt(k: number): number {
    const { shard } = this.load;
    return shard.index + k * shard.of;
  }

  /**
   * Makes and records one purchase; resolves with the time it was sent. `dueUs` is when it should have been, by
   * `nowUs`.
   */
  attempt(buyer: Client, n: number, dueUs = Number.NaN): Promise<number> {
    this.inFlight += 1;
    return buyer.purchase(this.idOf(n), this.bodyOf(n)).then((answer) => this.record(n, answer, dueUs));
  }

  /** Holds one purchase until `release` sends its last byte. */
  hold(buyer: Client, n: number): { written: Promise<void>; release: () => void; done: Promise<number> } {
    this.inFlight += 1;
    const { written, release, answer } = buyer.hold(this.idOf(n), this.bodyOf(n));
    return { written, release, done: answer.then((answered) => this.record(n, answered, Number.NaN)) };
  }

  /** Waits before the next attempt. Resolves with false, as early as possible, when there will be none. */
  async pause(ms: number): Promise<boolean> {
    const { signal } = this.exhausted;
    if (signal.aborted) return false;
    if (ms <= 0) return true;
    const { durationMs = Infinity } = this.load;
    const left = Math.max(0, durationMs - (nowUs() - this.epochUs) / 1_000);
    await sleep(Math.min(ms, left), undefined, { signal }).catch(() => undefined);
    return ms < left && !signal.aborted;
  }

  /** Calls `then` when the load is stopped. */
  onStop(then: () => void): void {
    if (this.isStopped) then();
    else this.stopping.signal.addEventListener('abort', then, { once: true });
  }

  stop(): void {
    this.stopping.abort();
  }

  /** Hands over the attempts that remain. */
  close(): void {
    clearInterval(this.flushing);
    this.flush();
  }

  private flush(): void {
    const batch = this.builder.take();
    // packed at once, so that batches leave in their order and the last of them before the load is over
    if (batch) this.events.batch({ batch, packed: packBatch(batch) }, this.inFlight);
    else if (this.inFlight !== this.told) this.events.inFlight(this.inFlight);
    this.told = this.inFlight;
  }

  private record(n: number, answer: Answer, dueUs: number): number {
    this.inFlight -= 1;
    this.finished += 1;
    this.builder.add(n, this.load.quantity, answer, dueUs);
    if (this.builder.isFull) this.flush();
    return answer.callUs;
  }

  private idOf(n: number): string {
    return this.load.attemptPrefix + n;
  }
}
