import type { LoadPlan } from '@/plan/load-plan';
import type { FinalState } from './final-state';
import type { CheckSummary, Liveness, LossLedger, Overlap, Range, Verdict } from './verdict';
import type { Bottleneck } from './bottleneck';
import type { LaneStatus } from './lane-status';
import type { OutcomeCounts } from './outcome';
import type { Expected } from './strategy';

export const RACE_STATUSES = [
  'queued',
  'preparing',
  'running',
  'stopping',
  'finished',
  'failed',
  'aborted',
  'interrupted',
] as const;

export type RaceStatus = (typeof RACE_STATUSES)[number];

/** The possible results of an audit. */
export const VERDICTS = ['violated', 'ok', 'inconclusive'] as const satisfies readonly Verdict['status'][];

/**
 * `drain` waits for the attempts in flight; `kill` calls them indeterminate and waits for nothing. `next` drains on the
 * first request, and kills on later ones.
 */
export type StopHow = 'drain' | 'kill' | 'next';

/** The origin of the request for a race. */
export type RaceOrigin = 'dashboard' | 'api' | 'api-test' | 'command-line';

/** Which trial of which experiment a race is. */
export interface TrialOf {
  id: string;
  /** Number of the trial, from 1. */
  trial: number;
  /** Number of planned trials; null in a bisection, where it is not known in advance. */
  trials: number | null;
}

/** Units of updates that were lost; `lostUpdates` is negative where stock leaked instead. */
export function unitsLost({ lostUpdates }: Pick<LaneView, 'lostUpdates'>): number {
  return Math.max(0, lostUpdates);
}

/** Latency in milliseconds. All zero while nothing was recorded. */
export interface Latency {
  min: number;
  mean: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  p999: number;
  p9999: number;
  max: number;
}

/** Purchases that were due and never sent, by the reason. */
export interface Drops {
  /** As many purchases as may wait for a free connection were waiting already. */
  crowded: number;
  /** The load's time was up while they waited. */
  ended: number;
  /** The load was stopped while they waited. */
  stopped: number;
}

/** How the open model kept to its schedule. */
export interface Sends {
  /** Sent more than 5 ms after they were due: the generator was late, or every connection busy. */
  late: number;
  /** Due and never sent. Not attempts. */
  dropped: number;
  /** The same by the reason; absent in lanes that were stored before reasons were counted. */
  drops?: Drops;
  /** Delay of the sends after they were due. */
  lagMs: Latency;
}

/** Latency histograms as hdr-histogram stores them (V2, deflated, base64), in µs: merging them is exact. */
export interface Histograms {
  /** Of `latencyMs`. */
  latency: string;
  /** Of `correctedMs`. */
  corrected: string | null;
}

/**
 * A lane over time, in buckets of equal width: at most 120 while it runs, 300 once finished. Sums are per bucket;
 * `stock` and `sold` are the state at the bucket's end, `null` where nothing was sampled yet.
 */
export interface LaneSeries {
  bucketMs: number;
  /** Number of buckets; every array below has this length. Bucket i covers [i, i + 1) x bucketMs. */
  length: number;
  accepted: number[];
  soldOut: number[];
  conflict: number[];
  error: number[];
  indeterminate: number[];
  /** Latency percentiles in ms of the attempts that returned in the bucket; null for an empty bucket. */
  p50: (number | null)[];
  p95: (number | null)[];
  p99: (number | null)[];
  /** Units left according to the item's row in PostgreSQL. */
  stock: (number | null)[];
  /** Units that buyers were told they bought, cumulative. */
  sold: number[];
}

/** Latency distribution: `counts[i]` attempts took from `edgesMs[i]` up to `edgesMs[i + 1]`. */
export interface Distribution {
  edgesMs: number[];
  counts: number[];
}

/**
 * The parts of an attempt's time. `request`: HTTP, and waiting for the server to start; `connection`: waiting for one
 * of the pool; `lock`: steps that take a lock; `statements`: everything else in PostgreSQL, with the row locks that
 * statements wait for; `failedTries`: work that was discarded and repeated; `application`: between steps; `untraced`:
 * attempts without a response.
 */
export const TIME_PARTS = [
  'request',
  'connection',
  'lock',
  'statements',
  'commit',
  'redis',
  'think',
  'failedTries',
  'backOff',
  'application',
  'untraced',
] as const;

export type TimePart = (typeof TIME_PARTS)[number];

/** How the attempts of a lane spent their time. */
export interface LatencyBreakdown {
  /** Per attempt, ms. The parts exclude each other, and their sum is the mean latency. */
  meanMs: Record<TimePart, number>;
  /**
   * Statements of the pool under test that were active when the server was sampled, in total, and how many of those
   * waited for a lock: the only way to see into a statement. Null where the server was not sampled.
   */
  sampled: { active: number; waitingForLock: number } | null;
}

/** The number of attempts at each stage. All must be equal; a difference is a fault of the lab, and shown. */
export interface DeliveryCheck {
  generated: number;
  recorded: number;
  stored: number;
}

/**
 * The final rows that a lane was judged by, except its orders, which stay in their table, up to `lastOrderId`. Also why
 * the lane had ended early by then, if it had.
 */
export type FinalRows = Omit<FinalState, 'orders'> & { lastOrderId: string | null; stopped?: string };

/**
 * The part that only a lane's own page needs. Null before the audit, and in lanes of versions that did not record it.
 */
export interface LaneDetails {
  series: LaneSeries;
  distribution: Distribution;
  /** The thirteen checks behind the verdict. */
  checks: CheckSummary[] | null;
  ledger: LossLedger | null;
  finalRows: FinalRows | null;
  /** Null before the lane is over. */
  histograms: Histograms | null;
}

/** A lane as stored and shown. While it runs, everything but `counts` and `series` is provisional. */
export interface LaneView extends LaneDetails {
  index: number;
  strategy: string;
  strategyName: string;
  expected: Expected;
  /** The condition under which a conditional strategy is safe; null for the others. */
  condition: string | null;
  status: LaneStatus;
  sku: string;
  counts: OutcomeCounts;
  stock: { initial: number; final: number | null };
  orders: { count: number; quantity: number };
  oversold: number;
  lostUpdates: number;
  verdict: Verdict;
  /** How buyers were served; null before the audit, and in lanes of versions that did not record it. */
  liveness: Liveness | null;
  /** `control`: not requested, but run to see whether this load breaks an unsafe strategy. */
  role: 'contestant' | 'control';
  /**
   * The control that this lane's verdict depends on, if the plan has one, and whether it broke; null before it is over.
   */
  control: { lane: number; strategy: string; broke: boolean } | null;
  /** Attempts without a response whose order exists. */
  recovered: number;
  /** The range of `oversold` and `lostUpdates` if purchases still ran when the rows were read; else null. */
  oversoldRange: Range | null;
  lostUpdatesRange: Range | null;
  /** Proof that it raced. `lockWaits`: statements found waiting for a lock; null where the server was not sampled. */
  overlap: Overlap & { lockWaits: number | null };
  latencyMs: Latency;
  /** Latency from when an attempt was due, not from when it was sent; only in the open model. */
  correctedMs: Latency | null;
  sends: Sends | null;
  /** What limited the pace; null before the load is over, and in races of versions that did not measure it. */
  bottleneck: Bottleneck | null;
  throughput: { attemptsPerS: number; acceptedPerS: number };
  durationMs: number;
  retries: number;
  /** Time from the first to the last send of the first release, in ms; only for the burst model. */
  arrivalSpreadMs: number | null;
  /** Null before the first attempt has come back, and in races of versions that did not record it. */
  time: LatencyBreakdown | null;
  honesty: DeliveryCheck;
}

/** A race as the lab returns it and the race page shows it. The API adds addresses. */
export interface RaceView {
  id: string;
  status: RaceStatus;
  origin: RaceOrigin;
  /** Why it ended `failed`, `aborted` or `interrupted`. */
  reason: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  plan: LoadPlan;
  /** Connections in the pool under test. */
  poolSize: number;
  /** Time over which the buyers of the closed model arrived, as measured before the first lane; ms. */
  rampMs: number;
  /** Null for a race outside an experiment. */
  experiment: TrialOf | null;
  lanes: LaneView[];
}

/** A race in the list of races: the same without the details that only its own page needs. */
export type RaceSummary = Omit<RaceView, 'lanes'> & { lanes: LaneSummary[] };
export type LaneSummary = Omit<LaneView, keyof LaneDetails>;

/** A lane of a race that runs now, for live viewers. */
export interface LaneSnapshot {
  lane: LaneView;
  inFlight: number;
  /** Expected time until the lane's load is done, ms; null when unknown. */
  remainingMs: number | null;
}

/** A race as live viewers start to watch it. */
export interface RaceState {
  status: RaceStatus;
  reason: string | null;
  /** Number of lanes. */
  lanes: number;
  experiment: TrialOf | null;
}

/** Races, newest first; `nextCursor` asks for the ones after these, null at the end. */
export interface RacePage {
  races: RaceSummary[];
  nextCursor: string | null;
}

/** A lane in two parts: what lists of races need, and the rest. */
export function splitLane(lane: LaneView): { summary: LaneSummary; details: LaneDetails } {
  const { series, distribution, checks, ledger, finalRows, histograms, ...summary } = lane;
  return { summary, details: { series, distribution, checks, ledger, finalRows, histograms } };
}

/** A race without the details of its lanes: what lists and summaries return. */
export function toSummary(race: RaceView): RaceSummary {
  return { ...race, lanes: race.lanes.map((lane) => splitLane(lane).summary) };
}

/**
 * A race as lists return it: each finding has only its first piece of evidence, since twenty make a page of races 1.7
 * MB. The finding's `pieces` says how many there are.
 */
export function toListed(race: RaceSummary): RaceSummary {
  const lanes = race.lanes.map((lane) => {
    const findings = lane.verdict.findings.map((finding) => ({
      ...finding,
      evidence: finding.evidence.slice(0, 1),
    }));
    return { ...lane, verdict: { ...lane.verdict, findings } };
  });
  return { ...race, lanes };
}
