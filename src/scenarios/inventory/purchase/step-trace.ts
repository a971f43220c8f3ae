import { nowUs } from '@/lib/clock';
import { IMPLIED_STEPS, sendsSql, WAIT_STEP } from '@/model/step-kind';
import type { StepKind } from '@/model/step-kind';
import type { Step } from '@/model/strategy';

/** One step that an attempt took; times from `nowUs`, `end` is NaN while it runs. */
export interface TracedStep {
  name: string;
  start: number;
  end: number;
}

/** A wait for a connection of the pool under test; times from `nowUs`. */
export interface ConnectionWait {
  asked: number;
  granted: number;
}

/** Tells of the connection that was answered last how long it had been waited for, once. */
export type TakeWait = () => ConnectionWait | undefined;

/** Handing over a connection that is free takes less, µs. */
const SHORTEST_WAIT_US = 100;

/** Decides when a step may be taken: it starts when this resolves, and fails instead of starting when it rejects. */
export type Gate = (step: string) => Promise<void>;

/** Whoever watches an attempt take its steps, or decides over it. */
export interface StepWatch {
  gate?: Gate;
  /** Told when a step starts. */
  entered?: (kind: StepKind | undefined) => void;
  /** Told when a step has ended, however it did. */
  left?: (step: string) => void;
  takeWait?: TakeWait;
  /** Whether a step failed because no connection of the pool was free in time. */
  hadNoConnection?: (error: unknown) => boolean;
  /** Microseconds; the machine's clock unless given. */
  now?: () => number;
}

/** Records when each step of one attempt started and ended, behind a gate if there is one. */
export class StepTrace {
  readonly steps: TracedStep[] = [];
  /** The step that each error came out of first. */
  private readonly origins = new Map<unknown, string>();
  private readonly now: () => number;

  constructor(
    private readonly kinds: Record<string, StepKind>,
    private readonly watch: StepWatch = {},
  ) {
    this.now = watch.now ?? nowUs;
  }

  readonly step: Step = async (name, fn) => {
    if (!this.kindOf(name)) throw new Error(`the strategy takes the step "${name}" without declaring it`);
    const { gate, entered, left } = this.watch;
    if (gate) await gate(name);
    entered?.(this.kindOf(name));
    const traced = { name, start: this.now(), end: Number.NaN };
    this.steps.push(traced);
    try {
      return await fn();
    } catch (error) {
      if (!this.origins.has(error)) this.origins.set(error, name);
      // then all of it was the wait, and nothing was asked of the database
      if (this.watch.hadNoConnection?.(error)) traced.name = WAIT_STEP;
      throw error;
    } finally {
      this.splitOffWait(traced);
      traced.end = this.now();
      left?.(name);
    }
  };

  kindOf(name: string): StepKind | undefined {
    return this.kinds[name] ?? IMPLIED_STEPS[name];
  }

  /**
   * The kind of the step that an error came out of; of the last one taken if it came out of none. Not simply the
   * last: a strategy frees its lock after a write that broke off, and freeing it says nothing about that write.
   */
  kindOfFailure(error: unknown): StepKind | undefined {
    const step = this.origins.get(error) ?? this.steps.at(-1)?.name;
    return step === undefined ? undefined : this.kindOf(step);
  }

  /** Whether the attempt has opened a transaction, its last if it tried again, and not yet begun to commit it. */
  inTransaction(): boolean {
    return this.lastOf('begin') > this.lastOf('commit');
  }

  /** Times the attempt backed off and tried again. */
  retries(): number {
    return this.steps.filter((step) => this.kindOf(step.name) === 'retry').length;
  }

  /** Three numbers a step: its index in `stepNames`, and when it started and ended in whole µs. */
  flatten(stepNames: readonly string[]): number[] {
    return this.steps.flatMap(({ name, start, end }) => [
      stepNames.indexOf(name),
      Math.round(start),
      Math.round(end),
    ]);
  }

  /**
   * Takes the time that a step has waited for its connection out of it, whatever came of it: together in a queue for the
   * pool, no two attempts have met. A step of its own makes it, unless it is too short to be told.
   */
  private splitOffWait(traced: TracedStep): void {
    const kind = this.kindOf(traced.name);
    const wait = kind && sendsSql(kind) ? this.watch.takeWait?.() : undefined;
    // one that was asked for earlier is somebody else's
    if (!wait || wait.asked < traced.start) return;
    const { asked, granted } = wait;
    traced.start = granted;
    if (granted - asked < SHORTEST_WAIT_US) return;
    this.steps.splice(this.steps.lastIndexOf(traced), 0, { name: WAIT_STEP, start: asked, end: granted });
  }

  /** Place of the last step of a kind; -1 if none was taken. */
  private lastOf(kind: StepKind): number {
    return this.steps.findLastIndex((step) => this.kindOf(step.name) === kind);
  }
}
