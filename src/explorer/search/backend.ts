import type { FindingKind } from '@/model/verdict';
import type { AccessSet } from './access-set';

/** What may happen next: an attempt takes a step, an attempt dies, or the lease of its lock expires. */
export interface Enabled {
  /** The letter of the attempt, with `!` for its death and `*` for the end of its lease. */
  token: string;
  /** The attempt's index, from 0. */
  actor: number;
  event: 'step' | 'crash' | 'lease';
  /** The step touches nothing that another attempt could see, so trying it first saves branches. */
  isLocal: boolean;
}

/** Something that a move touched and that belongs to no item of its schedule: all schedules share it. */
export interface Shared {
  /** A key of Redis, or how the statement or command begins. */
  what: string;
  /**
   * Whether the schedule leaves something of it for the next. `no`: it ends with the schedule, or is put back; `maybe`:
   * the explorer cannot see that.
   */
  remains: 'no' | 'maybe' | 'yes';
}

/** What happened. */
export interface Transition extends Enabled {
  accessSet: AccessSet;
  /** Attempts that could go on only because of this transition. */
  woke: readonly { actor: number }[];
  /** Attempts that could have taken a step instead, including this one. */
  ready: readonly number[];
  /** What it touched that other schedules touch as well; absent: nothing. */
  shared?: readonly Shared[];
  /** Whether the transition switches away from an attempt that could have gone on. */
  isPreemption: boolean;
}

/** Chooses the next transition by its token; null abandons the schedule. */
export type Scheduler = (enabled: readonly Enabled[], taken: readonly Transition[]) => string | null;

/** One schedule as it was run. */
export interface Run {
  /** The tokens of the run's transitions, in order. */
  id: string;
  moves: readonly Transition[];
  /** False: the scheduler abandoned it. */
  isComplete: boolean;
  /** Why the schedule was cut off: from there on it ran in one order only. */
  cut?: string;
  /** Whether an attempt ran at SERIALIZABLE, where schedules that run at once can fail each other. */
  isSerializable: boolean;
}

export interface Played {
  run: Run;
}

/** The result of a schedule, as far as the search compares schedules. */
export interface Judged<Kind extends string = FindingKind> {
  /** The outcome of each attempt. */
  outcomes: readonly string[];
  /** Kinds of findings; none: nothing is broken. */
  kinds: readonly Kind[];
  /** Attempts that were told sold out although enough units for them were left at the end. */
  refusedInVain: readonly number[];
}

/**
 * How schedules are run. `alone`: one after the other, each judged before the next, with nothing of the backend beside
 * it; `at once`: as many as there are slots.
 */
export type Pace = 'alone' | 'at once';

/**
 * Runs and judges the schedules of one plan. The search knows nothing else about what it explores, so anything that can
 * be stopped before each step can be explored: strategies in this process, and apps behind a proxy.
 */
export interface Backend<P extends Played = Played, J extends Judged<string> = Judged> {
  /** Attempts in each schedule. */
  readonly attempts: number;
  /** Schedules that can run at once. */
  readonly slots: number;
  /** `alone` until the search sets it; absent where schedules never run at once. */
  pace?: Pace;
  /** What schedules share and change that held something before the exploration. */
  readonly foundBefore?: readonly string[];
  /**
   * Runs a schedule on fresh rows.
   *
   * @param slot from 0; one schedule at a time in each
   * @param signal ends it where it is, even inside a statement
   * @throws UnexplorableError when it cannot be followed, or was ended
   */
  play: (slot: number, choose: Scheduler, signal?: AbortSignal) => Promise<P>;
  /** Judges schedules, and deletes their rows. */
  judge: (played: readonly P[]) => Promise<J[]>;
  /** Deletes the rows of schedules that are not to be judged. */
  discard: (played: readonly P[]) => Promise<void>;
  /** Runs a schedule by its id and judges it; undefined when the plan has no such schedule, or it was ended. */
  replay: (id: string, signal?: AbortSignal) => Promise<J | undefined>;
}

/** The search cannot follow what it explores: it does not end, or waits for something that the explorer cannot see. */
export class UnexplorableError extends Error {
  override readonly name: string = 'UnexplorableError';
  /** What had happened in the schedule. */
  moves: readonly Transition[] = [];
}

/**
 * A schedule went on otherwise than when it was seen before: of several attempts that wait for one row, PostgreSQL may
 * wake either, and an earlier schedule may have left something. Running it again may bring the other.
 */
export class DivergedError extends UnexplorableError {
  override readonly name = 'DivergedError';
}

/** Runs of a schedule until it goes on as the search knows it; of two waiters, the rarer was seen to win one in twelve. */
const MOST_RUNS = 200;

/**
 * Runs a schedule again while it diverges.
 *
 * @throws DivergedError when it diverges every time
 */
export async function untilFollowed<T>(run: () => Promise<T>): Promise<T> {
  for (let runs = 1; ; runs += 1) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof DivergedError) || runs === MOST_RUNS) throw error;
    }
  }
}
