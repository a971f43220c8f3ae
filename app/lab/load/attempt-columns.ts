import { emptyColumns } from '../history';
import type { AttemptBatch } from '../history';
import { accessOf } from '../step-kind';
import type { StepKind } from '../step-kind';
import type { Answer } from './buyer';

const CAPACITY = 512;
const STEP_NUMBERS = 3;

/** Collects finished attempts as columns until they are taken as one batch. */
export class AttemptColumns {
  private columns = emptyColumns(CAPACITY);
  private steps: number[] = [];
  private stepOffset = new Uint32Array(CAPACITY + 1);
  private count = 0;

  private readonly access: string[];

  constructor(
    private readonly stepKinds: StepKind[],
    private readonly epochUs: number,
  ) {
    this.access = stepKinds.map(accessOf);
  }

  get isFull(): boolean {
    return this.count === CAPACITY;
  }

  add(n: number, quantity: number, answer: Answer): void {
    const { columns, epochUs } = this;
    const i = this.count;
    columns.n[i] = n;
    columns.quantity[i] = quantity;
    columns.call[i] = answer.callUs - epochUs;
    columns.return[i] = answer.returnUs - epochUs;
    columns.outcome[i] = answer.outcome;
    columns.status[i] = answer.status;
    columns.retries[i] = answer.retries;
    columns.seenStock[i] = answer.seenStock;
    columns.seenVersion[i] = answer.seenVersion;
    columns.remaining[i] = answer.remaining;
    columns.orderId[i] = answer.orderId;
    this.addTrace(i, answer);
    this.count += 1;
  }

  /** Everything since the last time, or `undefined` when there is nothing. */
  take(): AttemptBatch | undefined {
    if (this.count === 0) return undefined;
    const batch = {
      ...this.columns,
      count: this.count,
      steps: Int32Array.from(this.steps),
      stepOffset: this.stepOffset,
    };
    this.columns = emptyColumns(CAPACITY);
    this.steps = [];
    this.stepOffset = new Uint32Array(CAPACITY + 1);
    this.count = 0;
    return batch;
  }

  /** Keeps the steps, and the read-to-write window of the first try that came as far as writing. */
  private addTrace(i: number, answer: Answer): void {
    let start = Number.NaN;
    let end = Number.NaN;
    let isComplete = false;
    const { trace } = answer;
    for (let at = 0; at + 2 < trace.length; at += STEP_NUMBERS) {
      const [name, from, to] = [trace[at] ?? 0, trace[at + 1] ?? 0, trace[at + 2] ?? 0];
      this.steps.push(name, Math.round(from - answer.callUs), Math.round(to - from));
      const kind = this.stepKinds[name];
      // a try that only read has no window; one that tried to write met its rivals there
      if (kind === 'retry' && Number.isNaN(end)) start = Number.NaN;
      else if (kind === 'retry') isComplete = true;
      if (isComplete) continue;
      const access = this.access[name];
      if ((access === 'read' || access === 'lock' || access === 'decide') && Number.isNaN(start))
        start = from;
      if (access === 'write' || access === 'decide') end = to;
    }
    this.stepOffset[i + 1] = this.steps.length;
    if (Number.isNaN(start) || Number.isNaN(end)) return;
    this.columns.windowStart[i] = start - this.epochUs;
    this.columns.windowEnd[i] = end - this.epochUs;
  }
}
