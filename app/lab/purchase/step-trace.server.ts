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
    } finally {
      traced.end = nowUs();
    }
  };

  kindOf(name: string): StepKind | undefined {
    return this.kinds[name] ?? IMPLIED_STEPS[name];
  }

  /** The kind of the step taken last: the one that failed, when the attempt failed. */
  lastKind(): StepKind | undefined {
    const last = this.steps.at(-1);
    return last && this.kindOf(last.name);
  }

  /** Whether the attempt has opened a transaction and not yet begun to commit it. */
  inTransaction(): boolean {
    return this.took('begin') && !this.took('commit');
  }

  /** Times the attempt backed off and tried again. */
  retries(): number {
    return this.steps.filter((step) => this.kindOf(step.name) === 'retry').length;
  }

  private took(kind: StepKind): boolean {
    return this.steps.some((step) => this.kindOf(step.name) === kind);
  }
}
