import type { FindingKind } from '@/model/verdict';
import type { AccessSet } from './access-set';

/** What may happen next: an attempt takes a step, it dies, or the lease of its lock runs out. */
export interface Enabled {
  /** The letter of the attempt, with `!` for its death and `*` for the end of its lease. */
  token: string;
  /** The attempt, by its place from 0. */
  actor: number;
  event: 'step' | 'crash' | 'lease';
  /** It touches nothing that another attempt could see, so that trying it first saves branches. */
  isLocal: boolean;
}

/** What did happen. */
export interface Transition extends Enabled {
  accessSet: AccessSet;
  /** Attempts that could go on only because of it. */
  woke: readonly { actor: number }[];
  /** Attempts that could have taken a step instead, this one included. */
  ready: readonly number[];
  /** Whether it turns from an attempt that could have gone on. */
  isPreemption: boolean;
}

/** Chooses what happens next, by its token; null gives the schedule up. */
export type Scheduler = (enabled: readonly Enabled[], taken: readonly Transition[]) => string | null;

/** One schedule as it was run. */
export interface Run {
  /** The tokens of its transitions, one after another. */
  id: string;
  moves: readonly Transition[];
  /** False: the scheduler gave it up. */
  isComplete: boolean;
  /** Why it was cut off: from there on it ran in one order only. */
  cut?: string;
  /** Whether an attempt ran at SERIALIZABLE, where schedules that run at once can fail each other. */
  isSerializable: boolean;
  /** Whether it has shown that transitions depend on each other which access sets took to commute until now. */
  isRevealing: boolean;
}

export interface Played {
  run: Run;
}

/** What a schedule came to, as far as the search compares schedules. */
export interface Judged {
  /** The outcome of each attempt. */
  outcomes: readonly string[];
  /** Kinds of findings; none: nothing is broken. */
  kinds: readonly FindingKind[];
  /** Attempts that were told sold out although enough units for them were left in the end. */
  refusedInVain: readonly number[];
}

/**
 * Runs and judges the schedules of one plan. The search knows nothing else of what it explores, so that whatever can be
 * stopped before each step can be explored: strategies in this process today.
 */
export interface Backend<P extends Played = Played, J extends Judged = Judged> {
  /** Attempts in each schedule. */
  readonly attempts: number;
  /** Schedules that can run at once. */
  readonly slots: number;
  /**
   * Runs a schedule on fresh rows.
   *
   * @param slot from 0; one schedule at a time in each
   * @throws UnexplorableError when it cannot be followed
   */
  play: (slot: number, choose: Scheduler) => Promise<P>;
  /** Judges schedules, and forgets their rows. */
  judge: (played: readonly P[]) => Promise<J[]>;
  /** Forgets the rows of schedules that are not to be judged. */
  discard: (played: readonly P[]) => Promise<void>;
  /** Runs a schedule by its id and judges it; undefined when it is no schedule of this plan. */
  replay: (id: string) => Promise<J | undefined>;
}

/** What is explored cannot be followed: it does not end, or waits for something that the explorer cannot see. */
export class UnexplorableError extends Error {
  override readonly name = 'UnexplorableError';
}
