import type { StepKind } from '@/model/step-kind';
import type { Gate } from './step-trace';

/** Kinds of steps that may take as long as they like: they wait for nothing outside of this process. */
const OWN_TIME: ReadonlySet<StepKind | undefined> = new Set<StepKind>(['think', 'retry', 'memory lock']);

/**
 * Notices an attempt whose dependency neither answers nor refuses: one that has stood in a step for `ms`, or between
 * two of them. Thinking, backing off, waiting for another attempt of this process and being held at a gate do not count.
 */
export class Watchdog {
  /** Resolves when it has lasted too long, and otherwise never. */
  readonly tooLong: Promise<void>;
  private readonly notice: () => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ms: number) {
    let notice!: () => void;
    this.tooLong = new Promise((resolve) => (notice = resolve));
    this.notice = notice;
    this.listen();
  }

  entered(kind: StepKind | undefined): void {
    if (OWN_TIME.has(kind)) this.end();
    else this.listen();
  }

  left(): void {
    this.listen();
  }

  /** The same gate, which holds an attempt for as long as it likes. */
  behind(gate: Gate): Gate {
    return async (step) => {
      this.end();
      try {
        await gate(step);
      } finally {
        this.listen();
      }
    };
  }

  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private listen(): void {
    if (this.timer) this.timer.refresh();
    else this.timer = setTimeout(this.notice, this.ms);
  }
}
