import type { ExperimentHead } from '@/model/experiment';
import { isOver } from '@/model/race';
import type { RaceStatus, RaceView } from '@/model/race';
import { nextTrial } from './next-trial';
import type { TrialResult } from './next-trial';

/** An experiment that waits or runs in this process, from its creation until it is safely stored. */
export class ActiveExperiment {
  private readonly results: TrialResult[] = [];
  private stopReason: string | undefined;
  /** Id of the race that waits or runs for it. */
  current: string | undefined;

  constructor(readonly head: ExperimentHead) {}

  get id(): string {
    return this.head.id;
  }

  /** Why no further trial is started; undefined while the experiment follows its plan. */
  get stopped(): string | undefined {
    return this.stopReason;
  }

  /** The next trial's number and plan; null when there is none. */
  next(): { trial: number; plan: NonNullable<ReturnType<typeof nextTrial>> } | null {
    const plan = nextTrial(this.head, this.results);
    return plan && { trial: this.results.length + 1, plan };
  }

  /** Takes a trial that is over. In a bisection the strategy in question is the first lane. */
  record(race: RaceView): void {
    const violated = race.lanes[0]?.verdict.status === 'violated';
    this.results.push({ concurrency: race.plan.concurrency, violated });
  }

  enter(status: RaceStatus, reason: string | null = null): void {
    this.head.status = status;
    this.head.reason = reason;
    if (status === 'running') this.head.startedAt = new Date().toISOString();
    if (isOver(status)) this.head.finishedAt = new Date().toISOString();
  }

  /** Starts no further trial. Asking again changes nothing. */
  stop(reason: string): void {
    if (isOver(this.head.status) || this.stopReason !== undefined) return;
    this.stopReason = reason;
    this.enter('stopping', reason);
  }

  /** Ends an experiment that was stopped. */
  endEarly(): void {
    const done = this.results.length;
    this.enter(
      'aborted',
      `Stopped ${this.stopReason ?? 'early'} after ${done} ${done === 1 ? 'trial' : 'trials'}.`,
    );
  }
}
