import { nowUs } from '../clock.server';
import type { Step, StepKind } from '../strategy';

/** One step that an attempt took; times from `nowUs`, `end` is NaN while it runs. */
export interface TracedStep {
  name: string;
  start: number;
  end: number;
}

/** Steps that every strategy may take without declaring them: the ends of `transaction`. */
export const IMPLIED_STEPS: Record<string, StepKind> = { begin: 'begin', commit: 'commit' };

/** Decides when a step may be taken: it starts when this resolves, and fails instead of starting when it rejects. */
export type Gate = (step: string) => Promise<void>;

/** Records when each step of one attempt started and ended, behind a gate if there is one. */
export class StepTrace {
  readonly steps: TracedStep[] = [];
  /** The step that each error came out of first. */
  private readonly origins = new Map<unknown, string>();

  constructor(
    private readonly kinds: Record<string, StepKind>,
    private readonly gate?: Gate,
  ) {}

  readonly step: Step = async (name, fn) => {
    if (!this.kindOf(name)) throw new Error(`the strategy takes the step "${name}" without declaring it`);
    if (this.gate) await this.gate(name);
    const traced = { name, start: nowUs(), end: Number.NaN };
    this.steps.push(traced);
    try {
      return await fn();
    } catch (error) {
      if (!this.origins.has(error)) this.origins.set(error, name);
      throw error;
    } finally {
      traced.end = nowUs();
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

  /** Place of the last step of a kind; -1 if none was taken. */
  private lastOf(kind: StepKind): number {
    return this.steps.findLastIndex((step) => this.kindOf(step.name) === kind);
  }
}
