import { weighByControl } from '../audit/positive-control';
import type { AuditResult, Verdict } from '../audit/verdict';
import { deferred } from '../deferred';
import type { StoredBatch } from '../event-batch';
import type { AttemptBatch, AttemptColumns, History } from '../history';
import { joinBatches } from '../history';
import type { LoadPlan } from '../load-plan';
import { COUNT_KEYS, noOutcomes, OUTCOMES } from '../outcome';
import type { LaneStatus, LaneView } from '../race';
import type { RegisteredStrategy } from '../registry.server';
import { fromStoredBatch, toStoredBatch } from './batch-codec.server';
import type { BatchStore } from './event-log.server';
import { EventLog } from './event-log.server';
import { createHistogram, LogDistribution, recordLatency, toLatency, toMs } from './latency';
import { SeriesBuilder } from './series';
import { TimeAccount } from './time-account';

export const LIVE_BUCKETS = 120;
export const FINAL_BUCKETS = 300;

const ACCEPTED = OUTCOMES.indexOf('accepted');

const NOT_JUDGED: Verdict = { status: 'inconclusive', reason: 'Not judged yet.', findings: [] };

/** Everything known of one lane while it runs: its log, its aggregates, and in the end its verdict. */
export class LaneRecorder {
  readonly log: EventLog;
  readonly attemptPrefix: string;
  status: LaneStatus = 'pending';
  inFlight = 0;
  /** Where the lane's clock starts, by `nowUs`; NaN before the load does. */
  epochUs = Number.NaN;

  role: LaneView['role'] = 'contestant';
  /** The lane that shows whether this load breaks anything, if the plan asks for one. */
  control: LaneRecorder | undefined;
  /** Resolves when the lane is over, judged or not. */
  readonly over = deferred();

  private readonly batches: AttemptColumns[] = [];
  private readonly counts = noOutcomes();
  private readonly latency = createHistogram();
  private readonly distribution = new LogDistribution();
  private readonly series = new SeriesBuilder(FINAL_BUCKETS);
  readonly time: TimeAccount;
  private retries = 0;
  private soldUnits = 0;
  private lastReturnUs = 0;
  private peakInFlight = 0;
  private generated = 0;
  private arrivalSpreadMs: number | null = null;
  private stock: number | null = null;
  private lostSoFar = 0;
  private audited: AuditResult | undefined;
  private verdict = NOT_JUDGED;
  private finalView: LaneView | undefined;

  constructor(
    readonly raceId: string,
    readonly index: number,
    readonly strategy: RegisteredStrategy,
    readonly sku: string,
    private readonly plan: LoadPlan,
    store: BatchStore,
  ) {
    this.attemptPrefix = `${raceId}.${index}.`;
    this.log = new EventLog(store);
    this.time = new TimeAccount(strategy.stepKinds);
  }

  /** Units that buyers have been told they bought. */
  get sold(): number {
    return this.soldUnits;
  }

  record(batch: AttemptBatch, inFlight: number): void {
    this.inFlight = inFlight;
    this.peakInFlight = Math.max(this.peakInFlight, inFlight);
    const place = { raceId: this.raceId, lane: this.index, seq: this.log.next };
    this.log.append(toStoredBatch(place, batch, this.strategy.stepNames));
    this.time.add(batch);
    const { steps: _steps, stepOffset: _stepOffset, ...columns } = batch;
    this.absorb(columns);
  }

  /** Takes over attempts that are in the stored log already. */
  restore(batch: StoredBatch): void {
    this.log.restore(batch);
    this.absorb(fromStoredBatch(batch));
    this.generated += batch.count;
  }

  /**
   * A sample of the item's row. `soldBefore` is what had been sold when the query was sent: units accepted by then
   * must be missing from the stock, so any that are not have been lost. Never an alarm about a safe strategy.
   */
  sampleStock(stock: number, soldBefore: number, atMs: number): void {
    this.stock = stock;
    this.series.addStock(atMs, stock);
    this.lostSoFar = Math.max(0, soldBefore - (this.plan.stock - stock));
  }

  /** The load is over: how much of it there was, by the generator's own count. */
  finishLoad(report: { generated: number; arrivalSpreadUs: number | null }): void {
    this.inFlight = 0;
    this.generated = report.generated;
    this.arrivalSpreadMs = report.arrivalSpreadUs === null ? null : toMs(report.arrivalSpreadUs);
  }

  /** The lane's history for the audit. */
  history(): History {
    return joinBatches(this.batches, this.attemptPrefix);
  }

  /** Judges the lane. Its control, if it has one, is over by then. */
  finish(audited: AuditResult, finalStock: number): void {
    this.audited = audited;
    this.verdict = weighByControl(audited.verdict, this.controlResult());
    this.stock = finalStock;
    this.series.addStock(toMs(this.lastReturnUs), finalStock);
    this.status = 'finished';
    this.over.resolve();
  }

  /** The lane ends without an audit. */
  cancel(reason: string): void {
    this.verdict = { status: 'inconclusive', reason, findings: [] };
    this.inFlight = 0;
    this.status = 'cancelled';
    this.over.resolve();
  }

  /** Time that the rest of the load will take at the rate so far, ms. */
  remainingMs(elapsedMs: number): number | null {
    const { attempts } = this.counts;
    if (attempts === 0) return null;
    return Math.round(((this.plan.attempts - attempts) / attempts) * elapsedMs);
  }

  /** The lane as shown. Once it is finished it never changes, and building it again would cost as much each time. */
  view(): LaneView {
    if (this.status !== 'finished') return this.buildView();
    this.finalView ??= this.buildView();
    return this.finalView;
  }

  private buildView(): LaneView {
    const { audited, counts, plan, strategy } = this;
    const isOver = this.status === 'finished' || this.status === 'cancelled';
    const seconds = this.lastReturnUs / 1_000_000;
    const rate = (count: number) => (seconds > 0 ? Math.round((count / seconds) * 10) / 10 : 0);
    return {
      index: this.index,
      strategy: strategy.id,
      strategyName: strategy.name,
      expected: strategy.expected,
      status: this.status,
      sku: this.sku,
      counts: { ...counts },
      stock: { initial: plan.stock, final: this.stock },
      orders: audited?.orders ?? { count: counts.accepted, quantity: this.soldUnits },
      oversold: audited?.oversold ?? Math.max(0, this.soldUnits - plan.stock),
      lostUpdates: audited?.lostUpdates ?? this.lostSoFar,
      verdict: this.verdict,
      role: this.role,
      control: this.controlResult(),
      overlap: audited?.overlap ?? { peakInFlight: this.peakInFlight, overlappingWindows: 0 },
      latencyMs: toLatency(this.latency),
      throughput: { attemptsPerS: rate(counts.attempts), acceptedPerS: rate(counts.accepted) },
      durationMs: toMs(this.lastReturnUs),
      retries: this.retries,
      arrivalSpreadMs: this.arrivalSpreadMs,
      time: this.time.toTimeSpent(),
      honesty: {
        generated: isOver ? this.generated : counts.attempts,
        recorded: counts.attempts,
        stored: this.log.stored,
      },
      series: this.series.build(isOver ? FINAL_BUCKETS : LIVE_BUCKETS),
      distribution: this.distribution.toDistribution(),
    };
  }

  /** What the control has shown; null without one, and while it is not over. */
  private controlResult(): LaneView['control'] {
    const { control } = this;
    if (control?.status !== 'finished') return null;
    const broke = control.verdict.status === 'violated';
    return { lane: control.index, strategy: control.strategy.id, broke };
  }

  private absorb(batch: AttemptColumns): void {
    for (let i = 0; i < batch.count; i += 1) this.absorbAttempt(batch, i);
    this.batches.push(batch);
  }

  private absorbAttempt(batch: AttemptColumns, i: number): void {
    const outcome = batch.outcome[i] ?? 0;
    const returnUs = batch.return[i] ?? 0;
    const latencyUs = returnUs - (batch.call[i] ?? 0);
    const key = COUNT_KEYS[outcome];
    if (!key) throw new Error(`attempt ${batch.n[i]} has the unknown outcome ${outcome}`);
    const units = outcome === ACCEPTED ? (batch.quantity[i] ?? 0) : 0;
    this.counts.attempts += 1;
    this.counts[key] += 1;
    this.soldUnits += units;
    this.retries += batch.retries[i] ?? 0;
    this.lastReturnUs = Math.max(this.lastReturnUs, returnUs);
    recordLatency(this.latency, latencyUs);
    this.distribution.record(latencyUs);
    this.series.addAttempt(returnUs, outcome, latencyUs, units);
  }
}
