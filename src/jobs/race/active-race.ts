import { setMaxListeners } from 'node:events';
import { isOver } from '@/model/job';
import type { RaceStatus, RaceView, StopHow } from '@/model/race';
import type { LaneRecorder } from '@/recording/lane-recorder';
import type { RaceRecord } from '@/store/race-rows';
import { ActiveJob } from '../jobs';

export interface RaceEvents {
  state: (raceId: string, status: RaceStatus, reason: string | null) => void;
  /** A lane's log has grown. */
  appended: (raceId: string, lane: number) => void;
  /** A lane's status has changed. */
  lane: (raceId: string, lane: number) => void;
}

/** Something that makes purchases for a race. */
export interface Stoppable {
  /** Sends nothing more and lets what is in flight come back. */
  stop: () => void;
  /** Stops waiting: what is in flight becomes indeterminate at once. */
  kill: () => void;
}

/** The event log accepts no more batches. The error's cause says why. */
export class LogLostError extends Error {
  override readonly name = 'LogLostError';
  constructor(cause: unknown) {
    super('The event log could not be written.', { cause });
  }
}

/** A race that waits or runs in this process. */
export class ActiveRace extends ActiveJob<RaceRecord> {
  private readonly aborting = new AbortController();
  private readonly loads = new Set<Stoppable>();
  private killed = false;
  private isAsked = false;
  /** The signal of each lane: aborted with the race, or when that lane alone has lost what it needs. */
  private readonly losses = new Map<LaneRecorder, AbortController>();

  constructor(
    head: RaceRecord,
    readonly lanes: LaneRecorder[],
    private readonly events: RaceEvents,
  ) {
    super(head);
    // each running lane listens to it, and there may be forty
    setMaxListeners(0, this.aborting.signal);
    for (const lane of lanes) {
      this.losses.set(lane, new AbortController());
      lane.onEnter = () => this.events.lane(this.id, lane.index);
      lane.log.onFailure = (error) => this.abort(new LogLostError(error));
    }
  }

  /** Whether the race no longer waits for attempts in flight. */
  get isKilled(): boolean {
    return this.killed;
  }

  /** Aborted with an `Error` when there is no point in waiting for attempts in flight. */
  get signal(): AbortSignal {
    return this.aborting.signal;
  }

  override enter(status: RaceStatus, reason: string | null = null): void {
    super.enter(status, reason);
    this.events.state(this.id, status, reason);
  }

  grew(lane: LaneRecorder): void {
    this.events.appended(this.id, lane.index);
  }

  /** Registers a running load, so that a stop reaches it. */
  track(load: Stoppable): () => void {
    this.loads.add(load);
    if (this.stopped !== undefined) load.stop();
    if (this.killed) load.kill();
    return () => this.loads.delete(load);
  }

  /** Sends nothing more; what is in flight comes back and is judged. */
  override stop(reason: string): void {
    if (this.stopped !== undefined || isOver(this.head.status)) return;
    super.stop(reason);
    for (const load of this.loads) load.stop();
  }

  /** A user asked for a stop. The server may have stopped the race before on its own, which no user has asked for. */
  askToStop(how: StopHow): void {
    const isAgain = this.isAsked;
    this.isAsked = true;
    this.stop('by request');
    if (how === 'kill' || (how === 'next' && isAgain)) this.kill();
  }

  /** Stops waiting: attempts in flight become indeterminate, and what ran is judged. Only after `stop`. */
  kill(): void {
    if (isOver(this.head.status) || this.stopped === undefined || this.killed) return;
    this.killed = true;
    for (const load of this.loads) load.kill();
  }

  /** Aborts the race at once. */
  abort(reason: Error): void {
    this.aborting.abort(reason);
    for (const loss of this.losses.values()) loss.abort(reason);
  }

  /** Aborts these lanes at once; the others go on. */
  loseLanes(lanes: readonly LaneRecorder[], reason: Error): void {
    for (const lane of lanes) this.losses.get(lane)?.abort(reason);
  }

  /** Aborted with an `Error` when the lane can no longer be finished. */
  signalOf(lane: LaneRecorder): AbortSignal {
    return this.losses.get(lane)?.signal ?? this.signal;
  }

  /** Settles with `promise`, or rejects when the race, or the signal of a lane, is aborted first. */
  async orAborted<T>(promise: Promise<T>, signal = this.signal): Promise<T> {
    // after an abort the promise may still reject, with no caller left to handle it
    promise.catch(() => undefined);
    signal.throwIfAborted();
    const over = new AbortController();
    const aborted = new Promise<never>((_, reject) => {
      const onAbort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true, signal: over.signal });
    });
    try {
      return await Promise.race([promise, aborted]);
    } finally {
      over.abort();
    }
  }

  view(): RaceView {
    return { ...this.head, lanes: this.lanes.map((lane) => lane.view()) };
  }
}
