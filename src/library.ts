import { createReadStream } from 'node:fs';
import { toAppPlan, type CheckFile } from '@/check/check-file';
import { runCheck } from '@/check/run-check';
import { readCheck, withServices } from '@/cli/check/load-check';
import { UsageError } from '@/cli/command-io';
import type { Standing } from '@/cli/progress';
import { followJob } from '@/cli/follow-job';
import { openLabHere } from '@/cli/lab/lab-here';
import { openLabOfServer } from '@/cli/lab/lab-of-server';
import type { CommandLab, JobViews } from '@/cli/lab/command-lab';
import { TooManySchedulesError } from '@/explorer/search/refuse-size';
import { auditHistory } from '@/history-file/audit-history';
import type { Source } from '@/history-file/bytes';
import type { HistoryHeader } from '@/history-file/format';
import { readHistory } from '@/history-file/read-history';
import type { CheckResult } from '@/model/app-check';
import type { ExplorationPlan, ExplorationProgress, ExplorationView } from '@/model/exploration';
import type { RaceView } from '@/model/race';
import type { AuditResult } from '@/model/verdict';
import { PLAN_FIELDS } from '@/plan/fields';
import type { LoadPlan } from '@/plan/load-plan';
import { tryReadCollision } from '@/report/collision';
import { parseCondition } from '@/report/condition';
import { measureProgress } from '@/report/race-progress';
import { reportRace } from '@/report/race-report';
import type { Expectation, RaceReport } from '@/report/race-report';
import { environmentWith, readDataDir, readEnv } from '@/services/env';
import { appClients } from '@/services/open-services';

export { RefusedError, UnreachableError } from '@/cli/lab/command-lab';
export { DatabaseError } from '@/app-under-test/database/database-error';
export { defineCheck } from '@/check/check-file';
export { AppStartError } from '@/check/instance';
export { PrepareError } from '@/check/prepare-app';
export { defineConfig } from '@/cli/config/config-schema';
export type { OversellConfig } from '@/cli/config/config-schema';
export { HistoryFileError } from '@/history-file/history-file-error';
export { ConditionError } from '@/report/condition';
export { EnvError } from '@/services/env';
export { ServiceUnreachableError } from '@/services/check-service';
export { UsageError };
export type { AuditResult, CheckFile, CheckResult, ExplorationView, RaceReport, RaceView };

/** A load plan; whatever is left out has the default of `oversell race`. */
export type RacePlan = Partial<LoadPlan>;

/** What is explored; whatever is left out has the default of `oversell explore`. */
export type ExploreOptions = Partial<Omit<ExplorationPlan, 'strategy'>> & LabOptions;

/** Where a job runs, and how it is followed. */
export interface LabOptions {
  /** The address of a running server that runs the job; default: a lab of this call's own. */
  server?: string;
  /** Settings of the lab, such as `DATABASE_URL`, `REDIS_URL` and `DATA_DIR`, before those of the environment. */
  env?: Readonly<Record<string, string>>;
  /** Stops the job: nothing more is sent, what is in flight comes back, and what ran is judged. */
  signal?: AbortSignal;
  /** Is told where the job stands, several times a second. */
  onProgress?: (standing: Standing) => void;
}

export interface RaceOptions extends LabOptions {
  /** What a race has to show; the report says what came of it. */
  demands?: {
    /** Default: `safe`, every lane is `ok`. */
    expect?: Expectation;
    /** Such as `oversold==0`. */
    invariants?: readonly string[];
    /** Such as `p99<200`. */
    thresholds?: readonly string[];
  };
}

/** Where a check's app is, and how the check is followed. */
export interface CheckOptions {
  /** The folder that the paths of the check are relative to; default: the current one. */
  cwd?: string;
  /** Runs this schedule alone, such as `aabbbbaa`. */
  schedule?: string;
  /** Ends the search; the database is restored first. */
  signal?: AbortSignal;
  /** Called after each order with the number of orders run so far. */
  onProgress?: (progress: ExplorationProgress) => void;
}

/** A lane of a history file, and what its audit found. */
export interface AuditedLane extends AuditResult {
  header: HistoryHeader;
  attempts: number;
  /** Whether the file proves that it is unchanged since the race. */
  sealed: boolean;
}

/**
 * Races strategies under one load plan and judges each. Opens PostgreSQL and Redis, embedded ones unless `env` names
 * others, and closes them at the end.
 *
 * @example
 *   const { race: view, assertions } = await race({ strategies: ['conditional-update'], stock: 10, attempts: 100 });
 *   console.log(view.lanes[0].verdict?.status, assertions.every(({ result }) => result === 'met'));
 *
 * @throws RefusedError for a plan that cannot be run, with an issue for each of its fields that is wrong;
 *   ConditionError, EnvError, ServiceUnreachableError, UnreachableError
 */
export async function race(
  plan: RacePlan,
  { demands = {}, ...options }: RaceOptions = {},
): Promise<RaceReport> {
  const { expect = 'safe', invariants = [], thresholds = [] } = demands;
  const parsed = {
    expect,
    invariants: invariants.map(parseCondition),
    thresholds: thresholds.map(parseCondition),
  };
  const request = { strategies: PLAN_FIELDS.strategies.initial, ...plan };
  return withLab(options, async (lab) => {
    const view = await follow(lab, 'race', request, options, (race) => ({
      share: measureProgress(race, Date.now()).share,
      text: race.status,
    }));
    const collision = await tryReadCollision(view, lab.readAttempt);
    return reportRace(view, parsed, lab.writtenBy, collision);
  });
}

/**
 * Runs every order in which two or three attempts of a strategy can take their steps.
 *
 * @example
 *   const { result } = await explore('read-then-write', { stock: 1 });
 *   console.log(result?.verdict);
 *
 * @throws RefusedError, EnvError, ServiceUnreachableError, UnreachableError
 */
export async function explore(strategy: string, options: ExploreOptions = {}): Promise<ExplorationView> {
  const { server, env, signal, onProgress, ...plan } = options;
  const { quantities } = plan;
  const request = { strategy, ...plan, ...(quantities && { attempts: quantities.length }) };
  const how = { server, env, signal, onProgress } as LabOptions;
  return withLab(how, (lab) =>
    follow(lab, 'exploration', request, how, ({ status, progress: { run, open } }) => ({
      share: run + open === 0 ? null : run / (run + open),
      text: status,
    })),
  );
}

/**
 * Runs every order in which the statements of two or three requests to an app can reach its PostgreSQL database. Starts
 * the app, and restores the database at the end.
 *
 * @example
 *   const { verdict, reason } = await check({ start: 'node shop.js', requests: [{ path: '/buy', data: { sku: 'a' } }] });
 *   expect(verdict, reason).toBe('ok');
 *
 * @throws UsageError for a check that is wrong, or means more orders than it allows; AppStartError, PrepareError;
 *   DatabaseError for a database that cannot be reached or must not be explored; an AbortError when `signal` comes
 *   before anything was explored
 */
export async function check(
  settings: CheckFile,
  { cwd = process.cwd(), schedule, signal, onProgress }: CheckOptions = {},
): Promise<CheckResult> {
  const loaded = { folder: cwd, check: readCheck(settings), given: {} };
  const events = { ...(signal && { signal }), ...(onProgress && { progress: onProgress }) };
  try {
    return await withServices(loaded, { dataDir: readDataDir() }, (found) => {
      const plan = toAppPlan(loaded.check, { ...found, schedule: schedule ?? null });
      return runCheck(plan, appClients, events, (id) => `check(…, { schedule: '${id}' })`);
    });
  } catch (error) {
    if (error instanceof TooManySchedulesError) throw new UsageError(error.message);
    throw error;
  }
}

/**
 * Judges the lanes of a history file again, without a database.
 *
 * @example
 *   for (const { header, verdict } of await audit('race.ndjson')) console.log(header.strategy, verdict.status);
 *
 * @param history the name of a file, or its content piece by piece
 * @throws HistoryFileError with the line that is wrong; what opening the file throws
 */
export async function audit(history: string | Source): Promise<AuditedLane[]> {
  const lanes: AuditedLane[] = [];
  for await (const lane of readHistory(typeof history === 'string' ? createReadStream(history) : history)) {
    const { header, history: columns, sealed } = lane;
    lanes.push({ header, attempts: columns.count, sealed, ...auditHistory(lane) });
  }
  return lanes;
}

async function withLab<T>(
  { server, env = {} }: LabOptions,
  work: (lab: CommandLab) => Promise<T>,
): Promise<T> {
  const lab =
    server === undefined
      ? await openLabHere(readEnv(environmentWith(env)), () => undefined)
      : await openLabOfServer(server);
  try {
    return await work(lab);
  } finally {
    await lab.close();
  }
}

async function follow<Kind extends keyof JobViews>(
  lab: CommandLab,
  kind: Kind,
  request: object,
  { signal, onProgress }: LabOptions,
  standingOf: (view: JobViews[Kind]) => Standing,
): Promise<JobViews[Kind]> {
  const onStop = (stop: (signal: 'SIGTERM') => void) => {
    const abort = () => stop('SIGTERM');
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    return () => signal?.removeEventListener('abort', abort);
  };
  const nothing = () => undefined;
  const progress = { show: onProgress ?? nothing, say: nothing, end: nothing };
  return (await followJob({ lab, io: { onStop }, progress }, kind, request, standingOf)).view;
}
