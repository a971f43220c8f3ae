import type { StepKind } from '@/model/step-kind';
import type { Gate } from './step-trace';

/** Kinds of steps that may take any time: they wait for nothing outside this process. */
const OWN_TIME: ReadonlySet<StepKind | undefined> = new Set<StepKind>(['think', 'retry', 'memory lock']);

/**
 * Detects an attempt whose dependency does not respond: one that has been in a step, or between two, for `ms`.
 * Thinking, backing off, waiting for another attempt of this process and being held at a gate do not count.
 */
export class Watchdog {
  /** Resolves when that time has passed, and otherwise never. */
  readonly tooLong: Promise<void>;
  private readonly notice: () => void;
  private timer: NodeJS.Timeout | undefined;
  private hasEnded = false;

  constructor(private readonly ms: number) {
    let notice!: () => void;
    this.tooLong = new Promise((resolve) => (notice = resolve));
    this.notice = notice;
    this.listen();
  }

  entered(kind: StepKind | undefined): void {
    if (OWN_TIME.has(kind)) this.pause();
    else this.listen();
  }

  left(): void {
    this.listen();
  }

  /** The same gate, whose holding time does not count. */
  behind(gate: Gate): Gate {
    return async (step) => {
      this.pause();
      try {
        await gate(step);
      } finally {
        this.listen();
      }
    };
  }

  /** The attempt is over: nothing that it still does counts. */
  end(): void {
    this.hasEnded = true;
    this.pause();
  }

  private pause(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private listen(): void {
    if (this.hasEnded) return;
    if (this.timer) this.timer.refresh();
    // an attempt that nothing can end must not keep the process alive
    else this.timer = setTimeout(this.notice, this.ms).unref();
  }
}
