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

/** What became of a step that an attempt started. */
export interface TakenStep {
  name: string;
  kind: StepKind;
  /** Whether a transaction was open whose COMMIT had not been sent, so that a rollback undoes the step. */
  inTransaction: boolean;
  /** What it failed with; absent while it runs and after it succeeded. */
  failure?: { error: unknown };
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
  private readonly taken: TakenStep[] = [];
  /** The step that each error came out of first. */
  private readonly origins = new Map<unknown, TakenStep>();
  private isTransactionOpen = false;
  private readonly now: () => number;

  constructor(
    private readonly kinds: Record<string, StepKind>,
    private readonly watch: StepWatch = {},
  ) {
    this.now = watch.now ?? nowUs;
  }

  readonly step: Step = async (name, fn) => {
    const kind = this.kindOf(name);
    if (!kind) throw new Error(`the strategy takes the step "${name}" without declaring it`);
    const { gate, entered, left } = this.watch;
    if (gate) await gate(name);
    entered?.(kind);
    const traced = { name, start: this.now(), end: Number.NaN };
    this.steps.push(traced);
    if (kind === 'commit') this.isTransactionOpen = false;
    const taken: TakenStep = { name, kind, inTransaction: this.isTransactionOpen };
    this.taken.push(taken);
    try {
      const value = await fn();
      if (kind === 'begin') this.isTransactionOpen = true;
      return value;
    } catch (error) {
      taken.failure = { error };
      if (!this.origins.has(error)) this.origins.set(error, taken);
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

  /** Records that the open transaction has ended, in COMMIT or ROLLBACK: later steps are not part of it. */
  transactionEnded(): void {
    this.isTransactionOpen = false;
  }

  /**
   * The step that an error came from; the last one taken if it came from none. Not simply the last: a strategy frees its
   * lock after a write that broke off, and freeing it says nothing about that write.
   */
  stepOfFailure(error: unknown): TakenStep | undefined {
    return this.origins.get(error) ?? this.taken.at(-1);
  }

  /**
   * The steps that may have sold as far as the strategy can know. It starts the purchase again, from its first step and
   * after a back-off, once it has seen that a try did nothing; the steps before that count no more. After a failure they
   * do, since the failure may have hidden what an earlier step did, and a back-off alone does not end a try, since it
   * may repeat only a part, such as reading the order after the sale.
   */
  stepsOfTry(): readonly TakenStep[] {
    const [first] = this.taken;
    const firstFailure = this.taken.findIndex(({ failure }) => failure);
    const start = this.taken.findLastIndex(
      ({ name }, i) =>
        name === first?.name &&
        this.taken[i - 1]?.kind === 'retry' &&
        (firstFailure === -1 || i <= firstFailure),
    );
    return this.taken.slice(Math.max(start, 0));
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
}
