import { createHistogram, encodeHistogram, recordLatency, toLatency } from '@/load/measure/latency';
import type { Batch } from '@/model/columns';
import type { Drops, Latency, Sends } from '@/model/race';

/** A send is late when it comes more than this after it was due, µs: five times the precision of a timer. */
const LATE_US = 5_000;

/**
 * The open model's side of a lane: latencies from when attempts were due, and how late they were sent. A buyer whose
 * attempt had to wait for the slow response to another one waited all the same; leaving that out is known as
 * coordinated omission (Gil Tene).
 */
export class SendLag {
  private readonly corrected = createHistogram();
  private readonly lag = createHistogram();
  private late = 0;
  private drops: Drops = { crowded: 0, ended: 0, stopped: 0 };

  add(batch: Pick<Batch, 'count' | 'call' | 'return' | 'due'>): void {
    for (let i = 0; i < batch.count; i += 1) {
      const due = batch.due[i] ?? 0;
      const lagUs = (batch.call[i] ?? 0) - due;
      recordLatency(this.corrected, (batch.return[i] ?? 0) - due);
      recordLatency(this.lag, lagUs);
      if (lagUs > LATE_US) this.late += 1;
    }
  }

  /** Records how many were due and never sent, once the load is over. */
  drop(drops: Drops): void {
    this.drops = drops;
  }

  correctedMs(): Latency {
    return toLatency(this.corrected);
  }

  encodeCorrected(): string {
    return encodeHistogram(this.corrected);
  }

  toSends(): Sends {
    const { late, drops } = this;
    const dropped = drops.crowded + drops.ended + drops.stopped;
    return { late, dropped, drops, lagMs: toLatency(this.lag) };
  }
}
