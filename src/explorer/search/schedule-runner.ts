import { UnexplorableError } from './backend';
import type { Backend, Judged, Pace, Played, Run, Scheduler } from './backend';
import { runInSlots } from './run-in-slots';
import { SharedWatch } from './shared-watch';

/**
 * Runs the schedules of one search in the backend's slots: one at a time until the first has shown that nothing is shared
 * beyond its items, then as many at once as there are slots.
 */
export class ScheduleRunner<P extends Played, J extends Judged<string>> {
  readonly shared = new SharedWatch();
  /** Ends the schedules that run. */
  private readonly signal: AbortSignal;
  private readonly discarded: P[] = [];
  private mostAtOnce = 1;

  constructor(
    private readonly backend: Backend<P, J>,
    /** Judges the schedules that have ended and deletes their rows, which a schedule that runs alone would see. */
    private readonly judgeEnded: () => Promise<void>,
    signal?: AbortSignal,
  ) {
    this.signal = AbortSignal.any([...(signal ? [signal] : []), this.shared.disturbance.signal]);
    this.setPace('alone');
  }

  /** Whether schedules that ran at once disturbed each other. Then the search has no result, and has to run alone. */
  get isDisturbed(): boolean {
    return this.shared.isDisturbed;
  }

  /** Lets schedules run at once from now on, unless the first has shown that they would disturb each other. */
  runAtOnce({ isSerializable }: Run): void {
    if (this.shared.isShared) return;
    this.setPace('at once');
    this.mostAtOnce = isSerializable ? 1 : this.backend.slots;
    if (this.mostAtOnce > 1) this.shared.runAtOnce();
  }

  /**
   * Keeps the slots busy until there is no next schedule.
   *
   * @param next starts a schedule in a slot; undefined: there is none just now
   */
  async fill(next: (slot: number) => Promise<void> | undefined): Promise<void> {
    await runInSlots(this.mostAtOnce, next);
  }

  /** @throws UnexplorableError when the schedule cannot be followed, or was ended */
  async play(slot: number, walk: { choose: Scheduler }): Promise<P> {
    if (this.backend.pace === 'alone') {
      await this.judgeEnded();
      await this.tidy();
    }
    const choose: Scheduler = (enabled, taken) => {
      const last = taken.at(-1);
      if (last) this.shared.see(last);
      return walk.choose(enabled, taken);
    };
    try {
      const played = await this.backend.play(slot, choose, this.signal);
      this.shared.seeRun(played.run);
      return played;
    } catch (error) {
      if (error instanceof UnexplorableError) for (const move of error.moves) this.shared.see(move);
      throw error;
    }
  }

  /** Has `tidy()` delete the rows of these schedules, which nothing judges. */
  discard(...played: P[]): void {
    this.discarded.push(...played);
  }

  async tidy(): Promise<void> {
    await this.backend.discard(this.discarded.splice(0));
  }

  private setPace(pace: Pace): void {
    if (this.backend.pace !== undefined) this.backend.pace = pace;
  }
}
