import type { EventEmitter } from 'node:events';
import type { EvidenceAnswer, NamingAnswer } from '@/jobs/race/evidence';
import type { ExportFormat, RaceExport } from '@/jobs/race/export-race';
import type { RaceEvents } from '@/jobs/race/active-race';
import type { WantedRaces } from '@/jobs/race/race-reader';
import type { Result } from '@/lib/lab-error';
import type { AttemptRecord } from '@/model/attempt-record';
import type { Batch } from '@/model/columns';
import type { ExperimentPage, ExperimentView } from '@/model/experiment';
import type { ExplorationPage, ExplorationView, ScheduleView } from '@/model/exploration';
import type { JobCount, JobKindName, JobState, RunningJob } from '@/model/job';
import type { IsolationReport, IsolationState } from '@/model/isolation';
import type { OutcomeCounts } from '@/model/outcome';
import type { LaneSnapshot, RaceOrigin, RacePage, RaceState, RaceView, StopHow } from '@/model/race';
import type { StrategyInfo } from '@/model/strategy';
import type { StrategyDetail } from '@/model/strategy-page';
import type { AttemptQuery, EvidenceQuery } from '@/plan/input-schemas';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { WantedPage } from '@/store/list-page';

/**
 * The laboratory: races, and everything known about them. It is independent of HTTP, Remix and Socket.IO. Methods that
 * read the database throw `LabUnavailableError` when it cannot be reached.
 */
export interface Lab {
  readonly strategies: StrategyInfo[];
  readonly poolSize: number;
  /** What happens to jobs, as it happens. */
  readonly events: EventEmitter<LabEvents>;
  strategy: (id: string) => RegisteredStrategy | undefined;
  /** A strategy with its source, its interleaving and what it has cost here; null for an unknown id. */
  getStrategy: (id: string) => Promise<StrategyDetail | null>;
  /** Creates or resets an item in PostgreSQL and in every store that a strategy keeps. */
  createItem: (item: { sku: string; stock: number }) => Promise<void>;
  /** Queues a race; `input` is checked. Numbers may be text when it comes from a form (`dashboard`). */
  startRace: (input: unknown, options: { origin: RaceOrigin }) => Promise<Result<{ id: string }>>;
  /** Resolves when a race is over and stored, with its last state. */
  waitForRace: (id: string) => Promise<RaceView | null>;
  getRace: (id: string) => Promise<RaceView | null>;
  /** Status and number of lanes, for live viewers. */
  getRaceState: (id: string) => Promise<RaceState | null>;
  listRaces: (page: WantedRaces) => Promise<Result<RacePage>>;
  /** Where a job stands; null for an unknown id. */
  getJob: (kind: JobKindName, id: string) => Promise<JobState | null>;
  /** The job that is running on this server; new jobs wait until it is over. */
  runningJob: () => RunningJob | null;
  /** A second `drain` changes nothing; `kill`, or `next` after a drain, stops waiting for attempts in flight. */
  stopRace: (id: string, how: StopHow) => Promise<Result>;
  deleteRace: (id: string) => Promise<Result>;
  /** Queues an experiment; `input` is checked as that of a race is. */
  startExperiment: (input: unknown, options: { origin: RaceOrigin }) => Promise<Result<{ id: string }>>;
  getExperiment: (id: string) => Promise<ExperimentView | null>;
  listExperiments: (page: WantedPage) => Promise<Result<ExperimentPage>>;
  stopExperiment: (id: string, how: StopHow) => Promise<Result>;
  deleteExperiment: (id: string) => Promise<Result>;
  /** Batches from sequence number `from` on; empty at the end of the log, `null` for an unknown race or lane. */
  readEvents: (id: string, lane: number, from: number, limit: number) => Promise<Batch[] | null>;
  /** A page of all the evidence for a finding of a judged lane, or of its loss ledger. */
  listEvidence: (id: string, query: EvidenceQuery) => Promise<Result<{ page: EvidenceAnswer }>>;
  /** One attempt with its steps and its rows in the orders table. */
  getAttempt: (id: string, query: AttemptQuery) => Promise<Result<{ attempt: AttemptRecord }>>;
  /** The evidence that one attempt of a judged lane is part of. */
  listNaming: (id: string, query: AttemptQuery) => Promise<Result<{ naming: NamingAnswer }>>;
  /** The judged lanes of a race that is over, or one of them, as a file. */
  exportRace: (id: string, format: ExportFormat, lane?: number) => Promise<Result<{ file: RaceExport }>>;
  /** The lanes of a running race; empty when it does not run here. */
  snapshots: (id: string) => LaneSnapshot[];
  /** Queues an exploration; `input` is checked. It never runs beside a race. */
  startExploration: (input: unknown) => Promise<Result<{ id: string }>>;
  getExploration: (id: string) => Promise<ExplorationView | null>;
  listExplorations: (page: WantedPage) => Promise<Result<ExplorationPage>>;
  stopExploration: (id: string) => Promise<Result>;
  deleteExploration: (id: string) => Promise<Result>;
  /** Runs one schedule of an exploration again; refused while anything else runs. */
  replaySchedule: (id: string, scheduleId: string) => Promise<Result<{ schedule: ScheduleView }>>;
  /** Tests what the connected PostgreSQL's isolation levels really prevent. Waits for its turn and its end. */
  testIsolation: () => Promise<Result<{ report: IsolationReport }>>;
  /** The test's status, and its result. */
  isolationState: () => IsolationState;
  /** Jobs by kind and status: the active ones, and those that have ended since this process started. */
  countJobs: () => JobCount[];
  /** Attempts of races since this process started, by strategy and outcome. */
  countAttempts: () => Map<string, OutcomeCounts>;
  /** Accepts nothing more, drains what runs, aborts it after `graceMs`, and stores it. Further calls change nothing. */
  close: (graceMs: number) => Promise<void>;
}

export type LabEvents = { [Event in keyof RaceEvents]: Parameters<RaceEvents[Event]> } & {
  /** Something about an active job has changed. */
  job: [kind: JobKindName, id: string];
};
