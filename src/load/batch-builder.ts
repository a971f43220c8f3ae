import { allocateBatch, COLUMN_NAMES, emptyBatch, initialOf, specOf } from '@/model/columns';
import type { Batch } from '@/model/columns';
import { OUTCOMES } from '@/model/outcome';
import { accessOf } from '@/model/step-kind';
import type { StepKind } from '@/model/step-kind';
import type { Answer } from './client/answer';

const CAPACITY = 512;
const STEP_NUMBERS = 3;
/** Largest difference between the clocks of one machine, rounding included, µs. */
const CLOCK_SLACK_US = 1_000;
const ACCEPTED = OUTCOMES.indexOf('accepted');
const SOLD_OUT = OUTCOMES.indexOf('sold-out');

/** Collects finished attempts until they are taken as one batch. */
export class BatchBuilder {
  private readonly columns = emptyBatch(CAPACITY);
  private steps = new Int32Array(CAPACITY * STEP_NUMBERS);
  private stepNumbers = 0;
  private count = 0;

  private readonly access: string[];
  private readonly hasLocks: boolean;

  /** `processes`: how many processes serve the attempts, each of which has its own locks in memory. */
  constructor(
    private readonly stepNames: readonly string[],
    private readonly stepKinds: readonly StepKind[],
    private readonly epochUs: number,
    private readonly processes = 1,
  ) {
    this.access = stepKinds.map(accessOf);
    this.hasLocks = this.access.includes('lock');
  }

  get isFull(): boolean {
    return this.count === CAPACITY;
  }

  /** `dueUs`: when it should have been sent, by `nowUs`; NaN where the load model does not say. */
  add(n: number, quantity: number, answer: Answer, dueUs = Number.NaN): void {
    const { columns } = this;
    const i = this.count;
    columns.n[i] = n;
    columns.quantity[i] = quantity;
    columns.call[i] = this.moment(answer.callUs);
    columns.return[i] = this.moment(answer.returnUs);
    columns.due[i] = this.moment(dueUs);
    columns.outcome[i] = answer.outcome;
    columns.status[i] = answer.status;
    columns.retries[i] = answer.retries;
    columns.seenStock[i] = answer.seenStock;
    columns.seenVersion[i] = answer.seenVersion;
    columns.remaining[i] = answer.remaining;
    columns.orderId[i] = answer.orderId;
    columns.token[i] = answer.token;
    const trace = this.isCredible(answer) ? answer.trace : [];
    this.addTrace(i, answer.callUs, trace);
    this.addHold(i, answer.outcome, trace);
    this.addWait(i, trace);
    if (answer.outcome === ACCEPTED) this.addPending(i, trace);
    this.count += 1;
  }

  /** Takes everything since the last call, in memory of exactly its size; `undefined` when there is nothing. */
  take(): Batch | undefined {
    const { columns, count, stepNumbers } = this;
    if (count === 0) return undefined;
    const batch = allocateBatch(count, stepNumbers, this.stepNames);
    for (const name of COLUMN_NAMES) {
      batch[name].set(columns[name].subarray(0, count));
      columns[name].fill(initialOf(specOf(name)), 0, count);
    }
    batch.steps.set(this.steps.subarray(0, stepNumbers));
    batch.stepOffset.set(columns.stepOffset.subarray(0, count + 1));
    this.stepNumbers = 0;
    this.count = 0;
    return batch;
  }

  /**
   * A moment on the lane's clock in whole microseconds, as the log stores them. So this audit and any later one, of the
   * log or an export, read the same numbers.
   */
  private moment(us: number): number {
    return Math.round(us - this.epochUs);
  }

  /**
   * Whether the steps can belong to this attempt: they are known, lie within it, and none ends before it begins. A
   * foreign endpoint may send anything, and count its time from another origin. A step that still ran when the response
   * was sent has no end.
   */
  private isCredible({ trace, callUs, returnUs }: Answer): boolean {
    if (trace.length % STEP_NUMBERS !== 0) return false;
    for (let at = 0; at < trace.length; at += STEP_NUMBERS) {
      const from = trace[at + 1] ?? Number.NaN;
      const to = trace[at + 2] ?? Number.NaN;
      const end = Number.isNaN(to) ? from : to;
      if (this.stepKinds[trace[at] ?? -1] === undefined) return false;
      if (!(from >= callUs - CLOCK_SLACK_US && end >= from && end <= returnUs + CLOCK_SLACK_US)) return false;
    }
    return true;
  }

  private addStep(name: number, start: number, took: number): void {
    const at = this.stepNumbers;
    if (at + STEP_NUMBERS > this.steps.length) {
      const larger = new Int32Array(2 * this.steps.length);
      larger.set(this.steps);
      this.steps = larger;
    }
    this.steps[at] = name;
    this.steps[at + 1] = start;
    this.steps[at + 2] = took;
    this.stepNumbers = at + STEP_NUMBERS;
  }

  /** Keeps the steps, and the read-to-write window of the first try that reached a write. */
  private addTrace(i: number, callUs: number, trace: number[]): void {
    let start = Number.NaN;
    let end = Number.NaN;
    let isComplete = false;
    const call = this.moment(callUs);
    for (let at = 0; at + 2 < trace.length; at += STEP_NUMBERS) {
      const name = trace[at] ?? 0;
      const from = trace[at + 1] ?? 0;
      const to = trace[at + 2] ?? 0;
      this.addStep(name, this.moment(from) - call, this.moment(to) - this.moment(from));
      const kind = this.stepKinds[name];
      // a try that only read has no window; one that tried to write met its competitors there
      if (kind === 'retry' && Number.isNaN(end)) start = Number.NaN;
      else if (kind === 'retry') isComplete = true;
      if (isComplete) continue;
      const access = this.access[name];
      if ((access === 'read' || access === 'lock' || access === 'decide') && Number.isNaN(start))
        start = from;
      if (access === 'write' || access === 'decide') end = to;
    }
    this.columns.stepOffset[i + 1] = this.stepNumbers;
    if (Number.isNaN(start) || Number.isNaN(end)) return;
    this.columns.windowStart[i] = this.moment(start);
    this.columns.windowEnd[i] = this.moment(end);
  }

  /**
   * Keeps the time for which the attempt certainly held a lock, of several in its last try the one that it was granted
   * first. What proves the grant is what ends it: a lock taken inside a transaction is held until that transaction's
   * commit is sent or an `unlock` begins, one of a session until its `unlock`, one in Redis until its `redis unlock`. A
   * transaction that another one follows without a commit was rolled back, and its lock with it. Of several locks that
   * one step may have freed, the last counts, which was held for the shortest time. A lock in memory is granted when its
   * step is over, and held until an `unlock` or the end of the last step, unless several processes have one each. Only
   * for attempts that reached a decision: one that failed may have lost its lock before it noticed.
   */
  private addHold(i: number, outcome: number, trace: number[]): void {
    if (!this.hasLocks || (outcome !== ACCEPTED && outcome !== SOLD_OUT)) return;
    let hold = { start: Number.NaN, end: Number.NaN };
    let inTransaction = false;
    // when each kind of lock was granted that may still be held
    let granted = { row: Number.NaN, session: Number.NaN, redis: Number.NaN, memory: Number.NaN };
    const end = (lock: keyof typeof granted, at: number) => {
      const start = granted[lock];
      granted[lock] = Number.NaN;
      if (!Number.isNaN(start) && !(hold.start <= start)) hold = { start, end: at };
    };
    let over = Number.NaN;
    for (let at = 0; at + 2 < trace.length; at += STEP_NUMBERS) {
      const from = trace[at + 1] ?? 0;
      const to = trace[at + 2] ?? 0;
      over = to;
      switch (this.stepKinds[trace[at] ?? -1]) {
        case 'retry':
          hold = { start: Number.NaN, end: Number.NaN };
          granted = { row: Number.NaN, session: Number.NaN, redis: Number.NaN, memory: Number.NaN };
          inTransaction = false;
          break;
        case 'begin':
          granted.row = Number.NaN;
          inTransaction = true;
          break;
        case 'lock':
          granted[inTransaction ? 'row' : 'session'] = to;
          break;
        case 'redis lock':
          granted.redis = to;
          break;
        case 'memory lock':
          if (this.processes === 1) granted.memory = to;
          break;
        case 'unlock':
          for (const lock of ['row', 'session', 'memory'] as const) end(lock, from);
          break;
        case 'redis unlock':
          end('redis', from);
          break;
        case 'commit':
          end('row', from);
          inTransaction = false;
          break;
        default:
      }
    }
    if (granted.memory !== over) end('memory', over);
    if (Number.isNaN(hold.end)) return;
    this.columns.holdStart[i] = this.moment(hold.start);
    this.columns.holdEnd[i] = this.moment(hold.end);
  }

  /**
   * Keeps the first step that asked for a lock, granted or not. A PostgreSQL lock counts only inside a transaction,
   * which already has its connection: outside one, a step that failed may have waited for a connection and not for a
   * lock. A lock in memory counts only where one process serves all attempts: with several, each has its own.
   */
  private addWait(i: number, trace: number[]): void {
    let inTransaction = false;
    for (let at = 0; at + 2 < trace.length; at += STEP_NUMBERS) {
      const name = trace[at] ?? 0;
      const from = trace[at + 1] ?? 0;
      const to = trace[at + 2] ?? 0;
      const kind = this.stepKinds[name];
      if (kind === 'begin') inTransaction = true;
      else if (kind === 'commit' || kind === 'retry') inTransaction = false;
      else if (this.access[name] !== 'lock' || (kind === 'lock' && !inTransaction)) continue;
      else if (kind === 'memory lock' && this.processes > 1) continue;
      else {
        this.columns.waitStart[i] = this.moment(from);
        this.columns.waitEnd[i] = this.moment(to);
        return;
      }
    }
  }

  /**
   * Keeps the time for which a write of the stock in PostgreSQL was certainly done and not yet committed: in the last
   * transaction of the last try, from the end of its first write to the start of its commit.
   */
  private addPending(i: number, trace: number[]): void {
    let inTransaction = false;
    let written = Number.NaN;
    let start = Number.NaN;
    let end = Number.NaN;
    for (let at = 0; at + 2 < trace.length; at += STEP_NUMBERS) {
      const name = trace[at] ?? 0;
      const from = trace[at + 1] ?? 0;
      const to = trace[at + 2] ?? 0;
      const kind = this.stepKinds[name];
      if (kind === 'begin') {
        inTransaction = true;
        written = Number.NaN;
      } else if (kind === 'retry' || kind === 'commit') {
        inTransaction = false;
        start = kind === 'commit' ? written : Number.NaN;
        end = kind === 'commit' ? from : Number.NaN;
      } else if (inTransaction && (kind === 'write' || kind === 'decide') && Number.isNaN(written)) {
        written = to;
      }
    }
    if (Number.isNaN(start) || Number.isNaN(end)) return;
    this.columns.pendingStart[i] = this.moment(start);
    this.columns.pendingEnd[i] = this.moment(end);
  }
}
