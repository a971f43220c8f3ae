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

/** Returns, once, how long the connection that responded last had been waited for. */
export type TakeWait = () => ConnectionWait | undefined;

/** Handing over a free connection takes less, µs. */
const SHORTEST_WAIT_US = 100;

/** Decides when a step may be taken: it starts when this resolves, and fails instead of starting when it rejects. */
export type Gate = (step: string) => Promise<void>;

/** An observer of an attempt's steps, which may also decide over them. */
export interface StepWatch {
  gate?: Gate;
  /** Called when a step starts. */
  entered?: (kind: StepKind | undefined) => void;
  /** Called when a step has ended, in success or failure. */
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
      // then the step was all waiting, and sent nothing to the database
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
   * The kind of the step that an error came from; of the last one taken if it came from none. Not simply the last: a
   * strategy frees its lock after a write that broke off, and freeing it says nothing about that write.
   */
  kindOfFailure(error: unknown): StepKind | undefined {
    const step = this.origins.get(error) ?? this.steps.at(-1)?.name;
    return step === undefined ? undefined : this.kindOf(step);
  }

  /** Whether the attempt has opened a transaction (its last, if it tried again) and not yet begun to commit it. */
  inTransaction(): boolean {
    return this.lastOf('begin') > this.lastOf('commit');
  }

  /** How often the attempt backed off and tried again. */
  retries(): number {
    return this.steps.filter((step) => this.kindOf(step.name) === 'retry').length;
  }

  /** Three numbers per step: its index in `stepNames`, and its start and end in whole µs. */
  flatten(stepNames: readonly string[]): number[] {
    return this.steps.flatMap(({ name, start, end }) => [
      stepNames.indexOf(name),
      Math.round(start),
      Math.round(end),
    ]);
  }

  /**
   * Subtracts from a step the time that it waited for its connection: two attempts that queue together for the pool
   * have not met. The wait becomes a step of its own, unless it is too short to record.
   */
  private splitOffWait(traced: TracedStep): void {
    const kind = this.kindOf(traced.name);
    const wait = kind && sendsSql(kind) ? this.watch.takeWait?.() : undefined;
    // a wait requested earlier belongs to another attempt
    if (!wait || wait.asked < traced.start) return;
    const { asked, granted } = wait;
    traced.start = granted;
    if (granted - asked < SHORTEST_WAIT_US) return;
    this.steps.splice(this.steps.lastIndexOf(traced), 0, { name: WAIT_STEP, start: asked, end: granted });
  }

  /** Index of the last step of a kind; -1 if none was taken. */
  private lastOf(kind: StepKind): number {
    return this.steps.findLastIndex((step) => this.kindOf(step.name) === kind);
  }
}
