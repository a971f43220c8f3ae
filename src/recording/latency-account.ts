import { toMs } from '@/load/measure/latency';
import type { Batch } from '@/model/columns';
import { TIME_PARTS } from '@/model/race';
import type { TimePart, LatencyBreakdown } from '@/model/race';
import { accessOf } from '@/model/step-kind';
import type { StepKind } from '@/model/step-kind';

const STEP_NUMBERS = 3;

/** The part of the latency that a step of each kind counts towards. */
function partOf(kind: StepKind): TimePart {
  if (kind === 'connection' || kind === 'commit' || kind === 'think') return kind;
  if (kind === 'retry') return 'backOff';
  if (accessOf(kind) === 'lock' || accessOf(kind) === 'unlock') return 'lock';
  return accessOf(kind) === kind && kind !== 'redis' ? 'statements' : 'redis';
}

/** Adds up the parts of the attempts' latencies in a lane. The parts exclude each other: their sum is the latency. */
export class LatencyAccount {
  private readonly sums = new Float64Array(TIME_PARTS.length);
  private readonly partOfStep: number[];
  private readonly isRetry: boolean[];
  private attempts = 0;
  private sampled: LatencyBreakdown['sampled'] = null;

  constructor(stepKinds: readonly StepKind[]) {
    this.partOfStep = stepKinds.map((kind) => TIME_PARTS.indexOf(partOf(kind)));
    this.isRetry = stepKinds.map((kind) => kind === 'retry');
  }

  add(batch: Pick<Batch, 'count' | 'call' | 'return' | 'steps' | 'stepOffset'>): void {
    for (let i = 0; i < batch.count; i += 1) {
      const latencyUs = (batch.return[i] ?? 0) - (batch.call[i] ?? 0);
      this.addAttempt(latencyUs, batch.steps, batch.stepOffset[i] ?? 0, batch.stepOffset[i + 1] ?? 0);
    }
  }

  /** Adds one sample of the server's statements. */
  sample(found: { active: number; waitingForLock: number }): void {
    this.sampled ??= { active: 0, waitingForLock: 0 };
    this.sampled.active += found.active;
    this.sampled.waitingForLock += found.waitingForLock;
  }

  /** Means per attempt, ms; `null` without attempts. */
  toTimeSpent(): LatencyBreakdown | null {
    if (this.attempts === 0) return null;
    const mean = (part: TimePart) => toMs((this.sums[TIME_PARTS.indexOf(part)] ?? 0) / this.attempts);
    const meanMs = Object.fromEntries(
      TIME_PARTS.map((part) => [part, mean(part)]),
    ) as LatencyBreakdown['meanMs'];
    return { meanMs, sampled: this.sampled };
  }

  private addAttempt(latencyUs: number, steps: Int32Array, from: number, to: number): void {
    this.attempts += 1;
    if (from === to) return this.spend('untraced', latencyUs);
    const first = steps[from + 1] ?? 0;
    const lastRetry = this.lastRetry(steps, from, to);
    let end = first;
    for (let at = from; at < to; at += STEP_NUMBERS) {
      const [name, start, took] = [steps[at] ?? 0, steps[at + 1] ?? 0, steps[at + 2] ?? 0];
      // two steps at once would be counted twice: the later one counts from the end of the earlier
      const counted = Math.max(0, start + took - Math.max(start, end));
      this.spend('application', Math.max(0, start - end));
      this.spend(at < lastRetry ? this.partOfFailedTry(name) : (this.partOfStep[name] ?? 0), counted);
      end = Math.max(end, start + took);
    }
    this.spend('request', latencyUs - (end - first));
  }

  /** A statement of a discarded try does not count as a statement; waiting is waiting in any try. */
  private partOfFailedTry(name: number): TimePart | number {
    const part = this.partOfStep[name] ?? 0;
    return WAITING.has(part) ? part : 'failedTries';
  }

  private spend(part: TimePart | number, us: number): void {
    const i = typeof part === 'number' ? part : TIME_PARTS.indexOf(part);
    this.sums[i] = (this.sums[i] ?? 0) + us;
  }

  private lastRetry(steps: Int32Array, from: number, to: number): number {
    for (let at = to - STEP_NUMBERS; at >= from; at -= STEP_NUMBERS) {
      if (this.isRetry[steps[at] ?? 0]) return at;
    }
    return -1;
  }
}

const WAITING = new Set<number>((['connection', 'backOff'] as const).map((part) => TIME_PARTS.indexOf(part)));
