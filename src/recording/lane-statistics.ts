import {
  createHistogram,
  encodeHistogram,
  LogDistribution,
  recordLatency,
  toLatency,
  toMs,
} from '@/load/measure/latency';
import type { HistoryColumns } from '@/model/columns';
import { COUNT_KEYS, noOutcomes, OUTCOMES } from '@/model/outcome';
import type { LaneView } from '@/model/race';
import { SeriesBuilder } from './series';

export const LIVE_BUCKETS = 120;
export const FINAL_BUCKETS = 300;

const ACCEPTED = OUTCOMES.indexOf('accepted');

/** The figures of a lane that come from its attempts alone. */
type MeasuredLane = Pick<
  LaneView,
  'counts' | 'latencyMs' | 'throughput' | 'durationMs' | 'retries' | 'series' | 'distribution'
>;

/** Adds up what the attempts of a lane come to, and keeps none of them. */
export class LaneStatistics {
  readonly counts = noOutcomes();
  readonly series = new SeriesBuilder(FINAL_BUCKETS);
  private readonly latency = createHistogram();
  private readonly distribution = new LogDistribution();
  private retries = 0;
  private sold = 0;
  private lastReturn = 0;

  /** Units that buyers were told they bought. */
  get soldUnits(): number {
    return this.sold;
  }

  /** When the last outcome was known. */
  get lastReturnUs(): number {
    return this.lastReturn;
  }

  /** @throws Error for an outcome that does not exist */
  add({
    count,
    call,
    return: returned,
    outcome,
    quantity,
    retries,
  }: Pick<HistoryColumns, 'count' | 'call' | 'return' | 'outcome' | 'quantity' | 'retries'>): void {
    for (let i = 0; i < count; i += 1) {
      const code = outcome[i] ?? 0;
      const returnUs = returned[i] ?? 0;
      const latencyUs = returnUs - (call[i] ?? 0);
      const key = COUNT_KEYS[code];
      if (!key) throw new Error(`attempt ${i} of a batch has the unknown outcome ${code}`);
      const units = code === ACCEPTED ? (quantity[i] ?? 0) : 0;
      this.counts.attempts += 1;
      this.counts[key] += 1;
      this.sold += units;
      this.retries += retries[i] ?? 0;
      this.lastReturn = Math.max(this.lastReturn, returnUs);
      recordLatency(this.latency, latencyUs);
      this.distribution.record(latencyUs);
      this.series.addAttempt(returnUs, code, latencyUs, units);
    }
  }

  /** The figures so far; once the lane is over, in more detail and with the encoded histogram of its latencies. */
  measure(isOver: boolean): MeasuredLane & { histogram: string | null } {
    const { counts, latency, lastReturn, retries } = this;
    const seconds = lastReturn / 1_000_000;
    const rate = (count: number) => (seconds > 0 ? Math.round((count / seconds) * 10) / 10 : 0);
    return {
      counts: { ...counts },
      latencyMs: toLatency(latency),
      throughput: { attemptsPerS: rate(counts.attempts), acceptedPerS: rate(counts.accepted) },
      durationMs: toMs(lastReturn),
      retries,
      series: this.series.build(isOver ? FINAL_BUCKETS : LIVE_BUCKETS),
      distribution: this.distribution.toDistribution(),
      histogram: isOver ? encodeHistogram(latency) : null,
    };
  }
}
