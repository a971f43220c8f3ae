import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../clock.server';
import type { AttemptBatch } from '../history';
import { AttemptColumns } from './attempt-columns';
import { Buyer } from './buyer';
import type { LaneLoad } from './lane-load';
import { arrivalTime, thinkTime } from './think-time';

/** How often finished attempts are handed over, ms. */
const FLUSH_MS = 50;

export interface ShardReport {
  generated: number;
  /** From the first to the last send of the first release, µs; null outside the burst model. */
  arrivalSpreadUs: number | null;
}

export interface ShardEvents {
  started: (epochUs: number) => void;
  batch: (batch: AttemptBatch, inFlight: number) => void;
}

/** One worker's part of a lane: buyers that are connected, wait for the start and then purchase until told to stop. */
export class Shard {
  private next = 0;
  private inFlight = 0;
  private generated = 0;
  private stopped = false;

  private constructor(
    private readonly load: LaneLoad,
    private readonly buyers: Buyer[],
  ) {}

  /** Connects every buyer: the barrier is complete when this resolves. */
  static async open(load: LaneLoad): Promise<Shard> {
    const url = new URL(load.url);
    const opening = Array.from({ length: load.concurrency }, () => Buyer.open(url, load.timeoutMs));
    const opened = await Promise.allSettled(opening);
    const buyers = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = opened.find((result) => result.status === 'rejected');
    if (!failed) return new Shard(load, buyers);
    await Promise.all(buyers.map((buyer) => buyer.close()));
    throw failed.reason;
  }

  /** Runs the load to its end, or until `stop` and everything in flight has come back. */
  async run(events: ShardEvents): Promise<ShardReport> {
    const epochUs = nowUs();
    const columns = new AttemptColumns(this.load.stepKinds, epochUs);
    const flush = () => {
      const batch = columns.take();
      if (batch) events.batch(batch, this.inFlight);
    };
    const timer = setInterval(flush, FLUSH_MS);
    events.started(epochUs);
    const attempt = (buyer: Buyer) => this.attempt(buyer, columns, flush);
    let arrivalSpreadUs: number | null = null;
    try {
      if (this.load.model === 'burst') arrivalSpreadUs = await this.burst(attempt);
      else await this.closed(attempt);
    } finally {
      clearInterval(timer);
      await Promise.all(this.buyers.map((buyer) => buyer.close()));
    }
    flush();
    return { generated: this.generated, arrivalSpreadUs };
  }

  /** Starts nothing more; what is in flight runs to its end. */
  stop(): void {
    this.stopped = true;
  }

  /** Closed model: buyers arrive one after another, and each starts its next purchase when the last is answered. */
  private async closed(attempt: (buyer: Buyer) => Promise<number>): Promise<void> {
    const { seed, shard, rampMs } = this.load;
    await Promise.all(
      this.buyers.map(async (buyer, i) => {
        await sleep(arrivalTime(seed, shard.index + i * shard.of, rampMs));
        while (this.hasNext()) await attempt(buyer);
      }),
    );
  }

  /** Burst model: all buyers are released in one turn of the event loop, and the next release waits for them all. */
  private async burst(attempt: (buyer: Buyer) => Promise<number>): Promise<number | null> {
    let spread: number | null = null;
    while (this.hasNext()) {
      const released: Promise<number>[] = [];
      for (const buyer of this.buyers) if (this.hasNext()) released.push(attempt(buyer));
      const calls = await Promise.all(released);
      spread ??= Math.max(...calls) - Math.min(...calls);
    }
    return spread;
  }

  private hasNext(): boolean {
    return !this.stopped && this.number(this.next) < this.load.attempts;
  }

  private number(k: number): number {
    return this.load.shard.index + k * this.load.shard.of;
  }

  /** One purchase, recorded; resolves with the time it was sent. */
  private async attempt(buyer: Buyer, columns: AttemptColumns, flush: () => void): Promise<number> {
    const { load } = this;
    const n = this.number(this.next);
    this.next += 1;
    this.inFlight += 1;
    const answer = await buyer.purchase(
      JSON.stringify({
        sku: load.sku,
        quantity: load.quantity,
        attemptId: load.attemptPrefix + n,
        thinkMs: thinkTime(load.seed, n, load.thinkMs),
        trace: true,
      }),
    );
    this.inFlight -= 1;
    this.generated += 1;
    columns.add(n, load.quantity, answer);
    if (columns.isFull) flush();
    return answer.callUs;
  }
}
