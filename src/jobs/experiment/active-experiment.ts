import type { ExperimentHead } from '@/model/experiment';
import type { RaceView } from '@/model/race';
import { ActiveJob } from '../jobs';
import { nextTrial } from './next-trial';
import type { TrialResult } from './next-trial';

/** An experiment that waits or runs in this process. */
export class ActiveExperiment extends ActiveJob<ExperimentHead> {
  private readonly results: TrialResult[] = [];
  /** Id of the race that waits or runs for the experiment. */
  current: string | undefined;

  /** The next trial's number and plan; null when there is none. */
  next(): { trial: number; plan: NonNullable<ReturnType<typeof nextTrial>> } | null {
    const plan = nextTrial(this.head, this.results);
    return plan && { trial: this.results.length + 1, plan };
  }

  /** Records a trial that is over. In a bisection, the strategy searched is the first lane. */
  record(race: RaceView): void {
    // called off while it waited: no trial
    if (race.startedAt === null) return;
    const violated = race.lanes[0]?.verdict.status === 'violated';
    this.results.push({ concurrency: race.plan.concurrency, violated });
    this.changed();
  }

  /** Starts no further trial. */
  override stop(reason: string): void {
    super.stop(reason);
    // its first trial may still be queued, and is called off next
    if (this.head.status === 'queued') this.enter('stopping', reason);
  }

  /** Ends an experiment that was stopped. */
  endEarly(): void {
    const done = this.results.length;
    this.enter(
      'aborted',
      `Stopped ${this.stopped ?? 'early'} after ${done} ${done === 1 ? 'trial' : 'trials'}.`,
    );
  }
}
