import type { ExplorationProgress, ExplorationStatus } from './exploration';
import type { RaceStatus } from './race';

/** A race, an experiment or an exploration. Jobs wait for each other: one runs at a time on a server. */
export type JobKindName = 'race' | 'experiment' | 'exploration';

export type JobStatus = RaceStatus | ExplorationStatus;

/** What is known of every job. */
export interface JobHead {
  id: string;
  status: JobStatus;
  /** Why it did not come to its planned end, in words for a person. */
  reason: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** Where a job stands, for those who follow it. */
export interface JobState extends Pick<JobHead, 'id' | 'status' | 'reason'> {
  /** Of an exploration. */
  progress?: ExplorationProgress;
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

/** What runs now: everything else waits until it is over. `names`: the strategies that were asked for. */
export type RunningJob =
  { kind: 'race' | 'exploration'; id: string; names: string[] } | { kind: 'isolation' };
