import type PQueue from 'p-queue';
import type { Explorer } from '@/explorer/explore';
import { refuse } from '@/lib/lab-error';
import type { Refusal, Result } from '@/lib/lab-error';
import type { LabLog } from '@/lib/lab-log';
import { isExplorationOver, parseScheduleId } from '@/model/exploration';
import type { ExplorationPlan, ExplorationView, ScheduleView } from '@/model/exploration';
import { NOT_TESTED } from '@/model/isolation';
import type { IsolationReport, IsolationState } from '@/model/isolation';
import type { RunningJob } from '@/model/running-job';
import { toIssues } from '@/plan/requests';
import { asSentence } from '@/failures/in-words';
import type { RegisteredStrategy } from '@/scenarios/inventory/registry';
import type { ExplorationStore } from '@/store/exploration-store';
import { newId } from '@/store/stored';
import { labUnavailable } from '../require-database';
import type { StoredReads } from '../stored-reads';
import { ActiveJobs, SHUTTING_DOWN } from '../active-jobs';
import { explorationRequest } from './exploration-request';

export interface ExplorationDeskDeps {
  strategies: ReadonlyMap<string, RegisteredStrategy>;
  explorer: Explorer;
  /** On the recorder's connections. */
  store: ExplorationStore;
  /** What viewers read. */
  reads: StoredReads;
  /** One thing at a time: races and explorations would disturb each other's timing. */
  turns: PQueue;
  owner: { lockClass: number; key: number };
  log: LabLog;
}

interface Active {
  id: string;
  view: ExplorationView;
  stop: AbortController;
}

/** Explorations that may wait for their turn. */
const MAX_QUEUED = 20;
const INTERRUPTED =
  'The server ended in the middle of this exploration. It can be started again: it is the same each time.';

/** Takes explorations in, runs them one at a time and never beside a race, and answers everything about them. */
export class ExplorationDesk {
  private readonly active: ActiveJobs<Active>;
  private isClosing = false;
  private isolation: IsolationState = NOT_TESTED;
  private isolationTest: Promise<Result<{ report: IsolationReport }>> | undefined;

  constructor(private readonly deps: ExplorationDeskDeps) {
    this.active = new ActiveJobs({ name: 'exploration', save: (active) => this.save(active), log: deps.log });
  }

  /** Marks what a dead server has left unfinished. */
  async interruptOrphans(): Promise<void> {
    const { store, owner, log } = this.deps;
    const ids = await store.interruptOrphans(owner.lockClass, INTERRUPTED);
    if (ids.length > 0)
      log.warn({ explorations: ids }, 'explorations of a dead server marked as interrupted');
  }

  async start(input: unknown): Promise<Result<{ id: string }>> {
    const parsed = parsePlan(input, this.deps.strategies);
    if (!parsed.ok) return parsed;
    if (this.isClosing) return SHUTTING_DOWN;
    if (this.active.size >= MAX_QUEUED)
      return refuse(
        'limit',
        'queue-full',
        `${MAX_QUEUED} explorations wait or run already. Try again later.`,
      );
    const id = newId();
    const view: ExplorationView = {
      id,
      status: 'queued',
      reason: null,
      createdAt: new Date().toISOString(),
      startedAt: null,
      finishedAt: null,
      plan: parsed.plan,
      progress: { run: 0, open: 1, violated: 0 },
      result: null,
    };
    const active = { id, view, stop: new AbortController() };
    await this.active.begin(active);
    void this.deps.turns.add(() => this.run(active));
    return { ok: true, id };
  }

  async get(id: string): Promise<ExplorationView | null> {
    if (!isId(id)) return null;
    return this.active.get(id)?.view ?? this.deps.reads.small(({ explorations }) => explorations.get(id));
  }

  /** The exploration or the test of isolation levels that runs now, if one does. */
  runningJob(): RunningJob | null {
    const running = this.active
      .all()
      .find(({ view }) => view.status === 'running' || view.status === 'stopping');
    if (!running) return this.isolation.status === 'running' ? { kind: 'isolation' } : null;
    const { id, plan } = running.view;
    const name = this.deps.strategies.get(plan.strategy)?.name ?? plan.strategy;
    return { kind: 'exploration', id, names: [name] };
  }

  async list(limit: number): Promise<Omit<ExplorationView, 'result'>[]> {
    const stored = await this.deps.reads.large(({ explorations }) => explorations.list(limit));
    return stored.map((one) => {
      const { result: _result, ...view } = this.active.get(one.id)?.view ?? { ...one, result: null };
      return view;
    });
  }

  /** Ends an exploration where it is; asking again changes nothing. */
  async stop(id: string): Promise<Result> {
    const active = this.active.get(id);
    if (active) {
      active.stop.abort();
      if (active.view.status === 'running') active.view.status = 'stopping';
      // one that waits for its turn is over at once
      if (active.view.status === 'queued') await this.settle(active, STOPPED);
      return { ok: true };
    }
    const stored = await this.get(id);
    if (!stored) return unknown(id);
    if (isExplorationOver(stored.status)) return { ok: true };
    return refuse(
      'conflict',
      'other-server',
      'This exploration runs on another server of this database. Stop it there.',
    );
  }

  /** Runs one schedule of an exploration again. */
  async replay(id: string, scheduleId: string): Promise<Result<{ schedule: ScheduleView }>> {
    const exploration = await this.get(id);
    if (!exploration) return unknown(id);
    if (!parseScheduleId(scheduleId))
      return refuse('invalid', 'bad-schedule', 'A schedule’s id is a letter a move, such as aabb.');
    const { strategy } = exploration.plan;
    if (!this.deps.strategies.has(strategy))
      return refuse('conflict', 'unknown-strategy', `There is no strategy ${strategy} any more.`);
    return this.alone(async () => {
      const schedule = await this.deps.explorer.replay(exploration.plan, scheduleId);
      if (schedule) return { ok: true, schedule };
      return refuse('not-found', 'unknown-schedule', `${scheduleId} is no schedule of this exploration.`);
    });
  }

  /**
   * What the connected server's isolation levels really prevent. Waits for its turn and its end; tested once for as
   * long as this server runs, however many ask.
   */
  async testIsolation(): Promise<Result<{ report: IsolationReport }>> {
    const { report } = this.isolation;
    if (report) return { ok: true, report };
    if (this.isClosing) return SHUTTING_DOWN;
    this.isolationTest ??= this.queueIsolationTest();
    return this.isolationTest;
  }

  /** Where that test stands, and what it came to. */
  isolationState(): IsolationState {
    return this.isolation;
  }

  /** Stops what runs, and stores it. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const { view, stop } of this.active.all()) {
      if (!isExplorationOver(view.status)) view.reason ??= 'The server was shut down.';
      stop.abort();
    }
    if (this.active.size > 0 || this.isolationTest) await this.deps.turns.onIdle();
    await this.active.close();
    await this.deps.explorer.close();
  }

  /** Runs something short now, or not at all: who asks over HTTP cannot wait for a race. */
  private async alone<T extends object>(body: () => Promise<Result<T>>): Promise<Result<T>> {
    const { turns } = this.deps;
    if (turns.pending + turns.size > 0)
      return refuse('conflict', 'busy', 'A race or an exploration is running. Ask again when it is over.');
    return turns.add(() => this.onExplorer(body));
  }

  private async queueIsolationTest(): Promise<Result<{ report: IsolationReport }>> {
    this.isolation = { ...NOT_TESTED, status: 'queued' };
    try {
      return await this.deps.turns.add(() => this.runIsolationTest());
    } catch (error) {
      this.isolation = { ...NOT_TESTED, problem: asSentence(error) };
      throw error;
    } finally {
      this.isolationTest = undefined;
    }
  }

  private async runIsolationTest(): Promise<Result<{ report: IsolationReport }>> {
    if (this.isClosing) return SHUTTING_DOWN;
    this.isolation = { ...NOT_TESTED, status: 'running' };
    const report = await this.onExplorer(() => this.deps.explorer.testIsolation());
    this.isolation = { status: 'tested', report, problem: null };
    return { ok: true, report };
  }

  /** Runs something on the explorer's connections, and closes them. */
  private async onExplorer<T>(body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      const message = 'PostgreSQL or Redis failed in the middle of it. Try again shortly.';
      throw labUnavailable(message, error, this.deps.log);
    } finally {
      await this.deps.explorer.close();
    }
  }

  private async run(active: Active): Promise<void> {
    const { view, stop } = active;
    // stopped before its turn, and settled since
    if (isExplorationOver(view.status)) return;
    if (stop.signal.aborted) return this.settle(active, STOPPED);
    view.status = 'running';
    view.startedAt = new Date().toISOString();
    await this.save(active).catch((error: unknown) => {
      this.deps.log.warn({ exploration: view.id, error }, 'the start of an exploration could not be stored');
    });
    await this.settle(active, await this.explore(view, stop.signal));
  }

  private async settle(active: Active, end: End): Promise<void> {
    Object.assign(active.view, end, { finishedAt: new Date().toISOString() });
    await this.active.settle(active);
  }

  private save({ view }: Active): Promise<void> {
    return this.deps.store.save(view, this.deps.owner.key);
  }

  private async explore(view: ExplorationView, signal: AbortSignal): Promise<End> {
    const { explorer, log } = this.deps;
    const progress = (now: ExplorationView['progress']) => void (view.progress = now);
    try {
      view.result = await explorer.explore(view.plan, { signal, progress });
      if (signal.aborted) return STOPPED;
      const { unfinished } = view.result;
      return unfinished === undefined ? { status: 'finished' } : { status: 'failed', reason: unfinished };
    } catch (error) {
      const end = explain(error);
      if (end.status === 'failed') log.error({ exploration: view.id, error }, 'exploration failed');
      return end;
    } finally {
      await explorer.close().catch((error: unknown) => {
        log.error({ exploration: view.id, error }, 'connections of an exploration could not be closed');
      });
    }
  }
}

type End = Pick<ExplorationView, 'status'> & { reason?: string };

const STOPPED: End = { status: 'stopped' };

/** By name: what the plan, or the strategy, is to blame for; anything else is a failure of the lab. */
function explain(error: unknown): End {
  const reason = asSentence(error);
  if (error instanceof Error && error.name === 'TooManySchedulesError') return { status: 'refused', reason };
  return { status: 'failed', reason };
}

function parsePlan(
  input: unknown,
  strategies: ReadonlyMap<string, RegisteredStrategy>,
): { ok: true; plan: ExplorationPlan } | Refusal {
  const parsed = explorationRequest.safeParse(input);
  if (!parsed.success)
    return refuse('invalid', 'bad-exploration', 'This cannot be explored as asked.', toIssues(parsed.error));
  const { attempts, quantities, processes, ...plan } = parsed.data;
  if (!strategies.has(plan.strategy)) {
    const known = [...strategies.keys()].join(', ');
    const message = `There is no strategy ${plan.strategy}.`;
    return refuse('invalid', 'unknown-strategy', message, [
      { path: 'strategy', message: `is not one of ${known}` },
    ]);
  }
  return {
    ok: true,
    plan: {
      ...plan,
      quantities: quantities ?? Array.from({ length: attempts }, () => 1),
      processes: processes === 2 ? 2 : 1,
    },
  };
}

function isId(id: string): boolean {
  return /^[0-9a-z]{1,32}$/.test(id);
}

function unknown(id: string): Refusal {
  return refuse('not-found', 'unknown-exploration', `There is no exploration ${id}.`);
}
