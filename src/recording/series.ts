import type { Histogram } from 'hdr-histogram-js';
import { createSmallHistogram, recordLatency, toMs } from '@/load/measure/latency';
import { COUNT_KEYS } from '@/model/outcome';
import type { LaneSeries } from '@/model/race';

const FIRST_BUCKET_MS = 25;

interface Bucket {
  outcomes: number[];
  /** Units sold in this bucket. */
  sold: number;
  /** Last stock sampled in this bucket. */
  stock: number | null;
  latency: Histogram | undefined;
}

/**
 * A lane over time in at most `maxBuckets` equal buckets. When time runs past the last one, neighbours merge and
 * buckets double in width: sums stay exact, which no sampling would guarantee (a single oversold unit must show).
 */
export class SeriesBuilder {
  private bucketMs = FIRST_BUCKET_MS;
  private buckets: Bucket[] = [];

  constructor(private readonly maxBuckets: number) {}

  /** One attempt that returned at `returnUs` after the lane's start. */
  addAttempt(returnUs: number, outcome: number, latencyUs: number, soldUnits: number): void {
    const bucket = this.bucketAt(returnUs / 1_000);
    bucket.outcomes[outcome] = (bucket.outcomes[outcome] ?? 0) + 1;
    bucket.sold += soldUnits;
    bucket.latency ??= createSmallHistogram();
    recordLatency(bucket.latency, latencyUs);
  }

  addStock(atMs: number, stock: number): void {
    this.bucketAt(atMs).stock = stock;
  }

  /** The series in at most `limit` buckets. */
  build(limit: number): LaneSeries {
    let { buckets, bucketMs } = this;
    while (buckets.length > limit) {
      buckets = mergePairs(buckets);
      bucketMs *= 2;
    }
    let sold = 0;
    const percentile = (p: number) =>
      buckets.map(({ latency }) => (latency ? toMs(latency.getValueAtPercentile(p)) : null));
    const outcomes = COUNT_KEYS.map((_, code) => buckets.map((bucket) => bucket.outcomes[code] ?? 0));
    const [accepted = [], soldOut = [], conflict = [], error = [], indeterminate = []] = outcomes;
    return {
      bucketMs,
      length: buckets.length,
      accepted,
      soldOut,
      conflict,
      error,
      indeterminate,
      p50: percentile(50),
      p95: percentile(95),
      p99: percentile(99),
      stock: buckets.map((bucket) => bucket.stock),
      sold: buckets.map((bucket) => (sold += bucket.sold)),
    };
  }

  private bucketAt(ms: number): Bucket {
    let index = Math.floor(Math.max(0, ms) / this.bucketMs);
    while (index >= this.maxBuckets) {
      this.buckets = mergePairs(this.buckets);
      this.bucketMs *= 2;
      index = Math.floor(ms / this.bucketMs);
    }
    while (this.buckets.length <= index) this.buckets.push(emptyBucket());
    return this.buckets[index] as Bucket;
  }
}

function emptyBucket(): Bucket {
  return { outcomes: COUNT_KEYS.map(() => 0), sold: 0, stock: null, latency: undefined };
}

function mergePairs(buckets: Bucket[]): Bucket[] {
  const merged: Bucket[] = [];
  for (let i = 0; i < buckets.length; i += 2) {
    merged.push([buckets[i], buckets[i + 1]].reduce<Bucket>(merge, emptyBucket()));
  }
  return merged;
}

function merge(into: Bucket, from: Bucket | undefined): Bucket {
  if (!from) return into;
  let { latency } = into;
  if (from.latency) {
    latency ??= createSmallHistogram();
    latency.add(from.latency);
  }
  return {
    outcomes: into.outcomes.map((count, code) => count + (from.outcomes[code] ?? 0)),
    sold: into.sold + from.sold,
    stock: from.stock ?? into.stock,
    latency,
  };
}
