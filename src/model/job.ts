import type { ExplorationProgress, ExplorationStatus } from './exploration';
import type { RaceStatus } from './race';

/** A race, an experiment or an exploration. Jobs wait for each other: one runs at a time on a server. */
export type JobKindName = 'race' | 'experiment' | 'exploration';

export type JobStatus = RaceStatus | ExplorationStatus;

/** The fields that every job has. */
export interface JobHead {
  id: string;
  status: JobStatus;
  /** Why the job did not reach its planned end, in words for a person. */
  reason: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** The state of a job, for clients that follow it. */
export interface JobState extends Pick<JobHead, 'id' | 'status' | 'reason'> {
  /** Only of an exploration. */
  progress?: ExplorationProgress;
}

/** How many jobs of a kind have a status. */
export interface JobCount {
  kind: JobKindName;
  status: JobStatus;
  count: number;
}

/** Statuses of a job that waits or runs; in every other one it is over. */
export const ACTIVE_STATUSES = [
  'queued',
  'preparing',
  'running',
  'stopping',
] as const satisfies readonly JobStatus[];

/** Whether nothing more will happen to a job of this status. */
export function isOver(status: JobStatus): boolean {
  return !(ACTIVE_STATUSES as readonly JobStatus[]).includes(status);
}

/** The running job: all others wait until it is over. `names`: the strategies that were asked for. */
export type RunningJob =
  { kind: 'race' | 'exploration'; id: string; names: string[] } | { kind: 'isolation' };
