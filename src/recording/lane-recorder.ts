import { weighByControl } from '@/audit/positive-control';
import { deferred } from '@/lib/deferred';
import type { ShardReport } from '@/load/lane-load';
import type { RecordedBatch } from '@/load/packed-batch';
import { toMs } from '@/load/measure/latency';
import { findBottleneck } from '@/model/bottleneck';
import type { Bottleneck, EventLoopLoad } from '@/model/bottleneck';
import type { Batch } from '@/model/columns';
import type { FinalState } from '@/model/final-state';
import { attemptPrefixOf } from '@/model/history';
import { lastOrderId } from '@/model/order-columns';
import { isLaneOver, mayFollow } from '@/model/lane-status';
import type { LaneStatus } from '@/model/lane-status';
import type { OutcomeCounts } from '@/model/outcome';
import type { FinalRows, LaneView } from '@/model/race';
import type { AuditResult, Overlap, Verdict } from '@/model/verdict';
import type { LoadPlan } from '@/plan/load-plan';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { BatchStore } from './event-log';
import { EventLog } from './event-log';
import { SendLag } from './send-lag';
import { LatencyAccount } from './latency-account';
import { LaneStatistics } from './lane-statistics';

const NO_OVERLAP: Overlap = {
  peakInFlight: 0,
  overlappingWindows: 0,
  knownWindows: 0,
  waited: 0,
  metWrites: 0,
  raced: 0,
};
const NOT_JUDGED: Verdict = { status: 'inconclusive', reason: 'Not judged yet.', findings: [] };

/**
 * Everything known about one lane while it runs: its log, its aggregates, and in the end its verdict. It keeps no
 * attempts, since the log does, so memory stays the same however many there are.
 */
export class LaneRecorder {
  readonly log: EventLog;
  readonly attemptPrefix: string;
  inFlight = 0;
  /** Where the lane's clock starts, by `nowUs`; NaN before the load does. */
  epochUs = Number.NaN;

  role: LaneView['role'] = 'contestant';
  /** The lane that shows whether this load breaks an unsafe strategy, if the plan asks for one. */
  control: LaneRecorder | undefined;
  /** Resolves when the lane is over, judged or not. */
  readonly over = deferred();

  /** Called after each change of the status. */
  onEnter: () => void = () => undefined;

  private current: LaneStatus = 'pending';
  private readonly statistics = new LaneStatistics();
  /** How the open model kept to its schedule; undefined for the other models. */
  private readonly schedule: SendLag | undefined;
  readonly time: LatencyAccount;
  private peakInFlight = 0;
  private generated = 0;
  private arrivalSpreadMs: number | null = null;
  private bottleneck: Bottleneck | null = null;
  private stock: number | null = null;
  private lostSoFar = 0;
  private audited: AuditResult | undefined;
  private finalRows: FinalRows | null = null;
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
    this.attemptPrefix = attemptPrefixOf(raceId, index);
    this.log = new EventLog(store, { raceId, lane: index });
    this.time = new LatencyAccount(strategy.stepKinds);
    if (plan.model === 'open') this.schedule = new SendLag();
  }

  get status(): LaneStatus {
    return this.current;
  }

  /** Moves to a status that may follow the current one. Only this method writes the status. */
  enter(status: LaneStatus): void {
    if (!mayFollow(this.current, status))
      throw new Error(`lane ${this.index} is ${this.current} and cannot be ${status} next`);
    this.current = status;
    if (isLaneOver(status)) this.over.resolve();
    this.onEnter();
  }

  /** Units that buyers have been told they bought. */
  get sold(): number {
    return this.statistics.soldUnits;
  }

  record(recorded: RecordedBatch, inFlight: number): void {
    this.inFlight = inFlight;
    this.peakInFlight = Math.max(this.peakInFlight, inFlight);
    this.log.append(recorded);
    this.time.add(recorded.batch);
    this.absorb(recorded.batch);
  }

  /** Takes over attempts that are already in the stored log. */
  restore(batch: Batch): void {
    this.log.restore(batch);
    this.absorb(batch);
    this.generated += batch.count;
  }

  /**
   * A sample of the item's row. `soldBefore` is what had been sold when the query was sent: units accepted by then must
   * be missing from the stock, so any that are not have been lost. Never raises an alarm about a safe strategy: one
   * that writes after its response is not judged by what it has not written yet.
   */
  sampleStock(stock: number, soldBefore: number, atMs: number): void {
    this.stock = stock;
    this.statistics.series.addStock(atMs, stock);
    if (!this.strategy.storage?.drain) this.lostSoFar = Math.max(0, soldBefore - (this.plan.stock - stock));
  }

  /** Ends the load, with its numbers by the generator's own count. */
  finishLoad(report: ShardReport, server: EventLoopLoad): void {
    this.inFlight = 0;
    this.bottleneck = findBottleneck(report.eventLoop, server, { shared: this.plan.target === 'direct' });
    if (report.drops) this.schedule?.drop(report.drops);
    this.generated = report.generated;
    this.arrivalSpreadMs = report.arrivalSpreadUs === null ? null : toMs(report.arrivalSpreadUs);
  }

  /**
   * Takes over the audit of the lane, and weighs its verdict by the control, which is over by then. `stopped`: why the lane
   * ended early, if it did.
   */
  finish(audited: AuditResult, { orders, ...rows }: FinalState, stopped?: string): void {
    this.audited = audited;
    this.finalRows = { ...rows, lastOrderId: lastOrderId(orders), stopped };
    this.verdict = weighByControl(audited.verdict, this.controlResult());
    this.stock = rows.finalStock;
    this.statistics.series.addStock(toMs(this.statistics.lastReturnUs), rows.finalStock);
    this.enter('finished');
  }

  /** Ends the lane without an audit. */
  cancel(reason: string): void {
    this.verdict = { status: 'inconclusive', reason, findings: [] };
    this.inFlight = 0;
    this.enter('cancelled');
  }

  /** Time that the rest of the load will take at the rate so far, ms. */
  remainingMs(elapsedMs: number): number | null {
    const { attempts } = this.statistics.counts;
    const { durationS } = this.plan;
    if (durationS !== undefined) return Math.max(0, Math.round(durationS * 1_000 - elapsedMs));
    if (attempts === 0) return null;
    return Math.round(((this.plan.attempts - attempts) / attempts) * elapsedMs);
  }

  /** Attempts so far, by outcome. */
  get counts(): Readonly<OutcomeCounts> {
    return this.statistics.counts;
  }

  /** The lane as shown. A finished lane never changes, so its view is built only once. */
  view(): LaneView {
    if (this.status !== 'finished') return this.buildView();
    this.finalView ??= this.buildView();
    return this.finalView;
  }

  private buildView(): LaneView {
    const { audited, plan, strategy } = this;
    const { counts, soldUnits } = this.statistics;
    const isOver = isLaneOver(this.status);
    const time = this.time.toTimeSpent();
    const { histogram, ...measured } = this.statistics.measure(isOver);
    return {
      index: this.index,
      strategy: strategy.id,
      strategyName: strategy.name,
      expected: strategy.expected,
      condition: strategy.condition ?? null,
      status: this.status,
      sku: this.sku,
      ...measured,
      stock: { initial: plan.stock, final: this.stock },
      orders: audited?.orders ?? { count: counts.accepted, quantity: soldUnits },
      oversold: audited?.oversold ?? Math.max(0, soldUnits - plan.stock),
      lostUpdates: audited?.lostUpdates ?? this.lostSoFar,
      verdict: this.verdict,
      role: this.role,
      control: this.controlResult(),
      recovered: audited?.recovered ?? 0,
      oversoldRange: audited?.oversoldRange ?? null,
      lostUpdatesRange: audited?.lostUpdatesRange ?? null,
      overlap: {
        ...(audited?.overlap ?? { ...NO_OVERLAP, peakInFlight: this.peakInFlight }),
        lockWaits: time?.sampled?.waitingForLock ?? null,
      },
      correctedMs: this.schedule?.correctedMs() ?? null,
      sends: this.schedule?.toSends() ?? null,
      bottleneck: this.bottleneck,
      arrivalSpreadMs: this.arrivalSpreadMs,
      time,
      honesty: {
        generated: isOver ? this.generated : counts.attempts,
        recorded: counts.attempts,
        stored: this.log.stored,
      },
      checks: audited?.checks ?? null,
      liveness: audited?.liveness ?? null,
      ledger: audited?.ledger ?? null,
      finalRows: this.finalRows,
      histograms:
        histogram === null
          ? null
          : { latency: histogram, corrected: this.schedule?.encodeCorrected() ?? null },
    };
  }

  /** The result of the control; null without one, and while it is not over. */
  private controlResult(): LaneView['control'] {
    const { control } = this;
    if (control?.status !== 'finished') return null;
    const broke = control.verdict.status === 'violated';
    return { lane: control.index, strategy: control.strategy.id, broke };
  }

  private absorb(batch: Batch): void {
    this.statistics.add(batch);
    this.schedule?.add(batch);
  }
}
