import type { Move } from './exploration';

export const LEVELS = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const;

export type Level = (typeof LEVELS)[number];

/** The result of a script at one level, on the connected server. */
export interface IsolationCell {
  level: Level;
  /** Whether the script showed the anomaly. */
  occurs: boolean;
  /** What Hermitage has published for PostgreSQL. */
  published: boolean;
  /** The script as it ran, move by move. */
  moves: Move[];
}

export interface IsolationCase {
  /** The name in the literature (Adya; Hermitage). */
  id: string;
  title: string;
  /** What happens when the anomaly is not prevented, in a sentence. */
  meaning: string;
  cells: IsolationCell[];
}

/** What the connected server's isolation levels really prevent, beside the published results. */
export interface IsolationReport {
  server: string;
  version: string;
  levels: readonly Level[];
  cases: IsolationCase[];
  /** Whether every cell is as published; if not, either the server differs or the explorer is wrong. */
  equalsPublished: boolean;
}

/** The status of the isolation test. */
export interface IsolationState {
  /** `queued` while another job runs. */
  status: 'untested' | 'queued' | 'running' | 'tested';
  report: IsolationReport | null;
  /** Why the last test failed. */
  problem: string | null;
}

export const NOT_TESTED: IsolationState = { status: 'untested', report: null, problem: null };
