import type { Problem } from '@/lib/lab-error';
import type { AttemptRecord } from '@/model/attempt-record';
import type { ExperimentView } from '@/model/experiment';
import type { ExplorationView } from '@/model/exploration';
import type { RaceView, StopHow } from '@/model/race';
import type { StrategyInfo } from '@/model/strategy';

/** The kinds of jobs that a command starts, and what is read of each. */
export interface JobViews {
  race: RaceView;
  experiment: ExperimentView;
  exploration: ExplorationView;
}

/** What commands need of a lab, whether it runs in this process or in a server. */
export interface CommandLab {
  strategies: readonly StrategyInfo[];
  /** Such as `oversell 0.1.0`: written into reports. */
  writtenBy: string;
  /** How often progress is worth reading, ms. */
  lookEveryMs: number;
  /**
   * Starts a job and returns its id.
   *
   * @throws RefusedError
   */
  start: (kind: keyof JobViews, request: object) => Promise<string>;
  read: <Kind extends keyof JobViews>(kind: Kind, id: string) => Promise<JobViews[Kind]>;
  stop: (kind: keyof JobViews, id: string, how: StopHow) => Promise<void>;
  /**
   * The history of a race that is over, as a file of the format `ndjson`.
   *
   * @throws RefusedError
   */
  readHistory: (raceId: string) => Promise<AsyncIterable<Uint8Array>>;
  /** One attempt of a race with its steps and its rows; null for one that is not known. */
  readAttempt: (raceId: string, lane: number, n: number) => Promise<AttemptRecord | null>;
  /** The address of a race's page; null when no server shows it. */
  pageOf: (raceId: string) => string | null;
  close: () => Promise<void>;
}

/** The lab refuses a request. `mayPass`: not for what it asks, but because the lab cannot do it now. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(
    readonly problem: Problem,
    readonly mayPass: boolean,
  ) {
    super(problem.message);
  }
}

/** A server cannot be reached, or is no Oversell. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}
