import type { LaneSummary, Latency } from './race';
import type { StrategyInfo } from './strategy';

/** One line of the interleaving at the top of a strategy's file. */
export interface InterleavingLine {
  /** `T1`, `T2`, …: the transaction that takes the step. */
  who: string;
  does: string;
  /** The step's effect, where the file states it. */
  leads: string;
}

/** The content of the opening comment of a strategy's file. */
export interface Interleaving {
  lines: InterleavingLine[];
  /** The paragraphs after it: what is protected, what is not, what it costs. */
  notes: string[];
}

/** What a strategy cost on this machine, from the stored races: medians over its latest lanes. */
export interface MeasuredPrice {
  lanes: number;
  acceptedPerS: number;
  attemptsPerS: number;
  latencyMs: Pick<Latency, 'p50' | 'p99'>;
  /** Discarded tries for each sale. */
  retriesPerSale: number;
}

/** Everything a strategy's page shows. */
export interface StrategyDetail extends StrategyInfo {
  /** The file itself, not a copy. */
  source: string;
  interleaving: Interleaving;
  /** Null until a stored race has measured it. */
  measured: MeasuredPrice | null;
}

/** Medians over lanes that were measured and not limited by their load generator; null for none. */
export function toMeasuredPrice(all: readonly LaneSummary[]): MeasuredPrice | null {
  const lanes = all.filter(({ bottleneck }) => bottleneck !== null && bottleneck.limitedBy !== 'generator');
  if (lanes.length === 0) return null;
  const over = (read: (lane: LaneSummary) => number) => median(lanes.map(read));
  return {
    lanes: lanes.length,
    acceptedPerS: over(({ throughput }) => throughput.acceptedPerS),
    attemptsPerS: over(({ throughput }) => throughput.attemptsPerS),
    latencyMs: { p50: over(({ latencyMs }) => latencyMs.p50), p99: over(({ latencyMs }) => latencyMs.p99) },
    retriesPerSale: over(({ retries, counts }) => retries / Math.max(1, counts.accepted)),
  };
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
