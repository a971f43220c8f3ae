import type { Move } from './exploration';

export const LEVELS = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const;

export type Level = (typeof LEVELS)[number];

/** What became of an anomaly at one level, on the server that was asked. */
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
  /** In a sentence: what happens when it is not prevented. */
  meaning: string;
  cells: IsolationCell[];
}

/** What the connected server's isolation levels really prevent, beside what is published. */
export interface IsolationReport {
  server: string;
  version: string;
  levels: readonly Level[];
  cases: IsolationCase[];
  /** Whether every cell is as published; if not, either the server differs or the explorer is wrong. */
  equalsPublished: boolean;
}

/** Where the test of the isolation levels stands. */
export interface IsolationState {
  /** `queued` while something else runs. */
  status: 'untested' | 'queued' | 'running' | 'tested';
  report: IsolationReport | null;
  /** Why the last test failed. */
  problem: string | null;
}

export const NOT_TESTED: IsolationState = { status: 'untested', report: null, problem: null };
