import type PQueue from 'p-queue';
import { ServiceLostError } from '@/explorer/backends/in-process/service-watch';
import type { Explorer } from '@/explorer/explore';
import { asSentence } from '@/failures/in-words';
import { refuse } from '@/lib/lab-error';
import type { Result } from '@/lib/lab-error';
import { parseScheduleId } from '@/model/exploration';
import type { ExplorationPage, ExplorationStatus, ExplorationView, ScheduleView } from '@/model/exploration';
import { isOver } from '@/model/job';
import type { RunningJob } from '@/model/job';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { ExplorationStore } from '@/store/exploration-store';
import { cutPage, isId, newId, readCursor } from '@/store/list-page';
import type { WantedPage } from '@/store/list-page';
import { ActiveJob, Jobs } from '../jobs';
import type { JobsDeps } from '../jobs';
import { labUnavailable } from '../require-database';
import type { StoredReads } from '../stored-reads';
import { parsePlan } from './exploration-request';
import { IsolationTest } from './isolation-test';

export interface ExplorationJobsDeps extends JobsDeps {
  strategies: ReadonlyMap<string, RegisteredStrategy>;
  explorer: Explorer;
  /** On the recorder's connections. */
  store: ExplorationStore;
  /** What viewers read. */
  reads: StoredReads;
  /** One job at a time: races and explorations would disturb each other's timing. */
  turns: PQueue;
}

/** An exploration that waits or runs in this process. */
class ActiveExploration extends ActiveJob<ExplorationView> {
  private readonly aborting = new AbortController();

  get signal(): AbortSignal {
    return this.aborting.signal;
  }

  override stop(reason: string): void {
    super.stop(reason);
    this.aborting.abort();
  }

  advance(progress: ExplorationView['progress']): void {
    this.head.progress = progress;
    this.changed();
  }
}

/** Explorations that may wait for their turn. */
const MAX_QUEUED = 20;
const BY_REQUEST = 'by request';
const NOTHING_RUN: ExplorationView['progress'] = { run: 0, open: 1, violated: 0 };

/** Accepts explorations, and runs them one at a time and never beside a race. */
export class ExplorationJobs {
  readonly jobs: Jobs<ActiveExploration>;
  readonly isolation: IsolationTest;

  constructor(private readonly deps: ExplorationJobsDeps) {
    const { store, owner, explorer, turns } = deps;
    this.jobs = new Jobs<ActiveExploration>(
      {
        name: 'exploration',
        refuseMore: (active) =>
          active.length >= MAX_QUEUED
            ? `${MAX_QUEUED} explorations wait or run already. Try again later.`
            : undefined,
        save: ({ head }) => store.save(head, owner.key),
        find: (id) => this.get(id),
        erase: (id) => store.delete(id),
        interruptOrphans: (...args) => store.interruptOrphans(...args),
        interrupted:
          'The server ended in the middle of this exploration. It can be started again: it is the same each time.',
      },
      deps,
    );
    this.isolation = new IsolationTest({ explorer, turns, onExplorer: (work) => this.onExplorer(work) });
  }

  async start(input: unknown): Promise<Result<{ id: string }>> {
    const parsed = parsePlan(input, this.deps.strategies);
    if (!parsed.ok) return parsed;
    const refused = this.jobs.refuseMore();
    if (refused) return refused;
    const exploration = new ActiveExploration({
      id: newId(),
      status: 'queued',
      reason: null,
      createdAt: new Date().toISOString(),
      startedAt: null,
      finishedAt: null,
      plan: parsed.plan,
      progress: NOTHING_RUN,
      result: null,
    });
    await this.jobs.begin(exploration);
    void this.deps.turns.add(() => this.run(exploration));
    return { ok: true, id: exploration.id };
  }

  async get(id: string): Promise<ExplorationView | null> {
    if (!isId(id)) return null;
    return this.jobs.get(id)?.head ?? this.deps.reads.small(({ explorations }) => explorations.get(id));
  }

  /** The exploration or isolation test that is running; null if none is. */
  runningJob(): RunningJob | null {
    const running = this.jobs.running();
    if (!running) return this.isolation.state.status === 'running' ? { kind: 'isolation' } : null;
    const { strategy } = running.head.plan;
    const name = this.deps.strategies.get(strategy)?.name ?? strategy;
    return { kind: 'exploration', id: running.id, names: [name] };
  }

  async list({ limit, cursor }: WantedPage): Promise<Result<ExplorationPage>> {
    const from = readCursor(cursor);
    if (!from.ok) return from;
    const stored = await this.deps.reads.large(({ explorations }) =>
      explorations.list({ limit: limit + 1, before: from.before }),
    );
    const { shown, nextCursor } = cutPage(stored, limit);
    const explorations = shown.map((one) => {
      const { result: _result, ...head } = this.jobs.get(one.id)?.head ?? { ...one, result: null };
      return head;
    });
    return { ok: true, explorations, nextCursor };
  }

  /** Ends an exploration where it is. */
  stop(id: string): Promise<Result> {
    return this.jobs.stop(id, (exploration) => this.stopActive(exploration, BY_REQUEST));
  }

  /** Runs one schedule of an exploration again. */
  async replay(id: string, scheduleId: string): Promise<Result<{ schedule: ScheduleView }>> {
    const exploration = await this.get(id);
    if (!exploration) return this.jobs.unknown(id);
    if (!parseScheduleId(scheduleId))
      return refuse('invalid', 'bad-schedule', 'A schedule’s id is a letter a move, such as aabb.');
    const { strategy } = exploration.plan;
    if (!this.deps.strategies.has(strategy))
      return refuse('conflict', 'unknown-strategy', `There is no strategy ${strategy} any more.`);
    const { turns, explorer } = this.deps;
    // a caller over HTTP cannot wait for a race
    if (turns.pending + turns.size > 0)
      return refuse('conflict', 'busy', 'A race or an exploration is running. Ask again when it is over.');
    return turns.add(async () => {
      const schedule = await this.onExplorer(() => explorer.replay(exploration.plan, scheduleId));
      if (schedule) return { ok: true, schedule };
      return refuse(
        'not-found',
        'unknown-schedule',
        `${scheduleId} is no schedule of this exploration, or its attempts went on otherwise this time.`,
      );
    });
  }

  /** Stops the queued and the running explorations, and stores them. */
  async close(): Promise<void> {
    this.jobs.refuseAll();
    const explorations = this.jobs.all();
    await Promise.all(explorations.map((one) => this.stopActive(one, 'The server was shut down.')));
    await Promise.all(explorations.map(({ id }) => this.jobs.over(id)));
    await this.isolation.close();
    await this.jobs.close();
    await this.deps.explorer.close();
  }

  /** Stops an exploration. One that is still queued is over at once. */
  private async stopActive(exploration: ActiveExploration, reason: string): Promise<void> {
    exploration.stop(reason);
    if (exploration.head.status === 'queued') await this.end(exploration, stopped(exploration));
  }

  /** Runs `work` on the explorer's connections, and closes them. */
  private async onExplorer<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const message = 'PostgreSQL or Redis failed in the middle of it. Try again shortly.';
      throw labUnavailable(message, error, this.deps.log);
    } finally {
      await this.deps.explorer.close();
    }
  }

  private async run(exploration: ActiveExploration): Promise<void> {
    const { head } = exploration;
    // stopped while it was queued, and already over
    if (isOver(head.status)) return;
    exploration.enter('running');
    await this.deps.store.save(head, this.deps.owner.key).catch((error: unknown) => {
      this.deps.log.warn({ exploration: head.id, error }, 'the start of an exploration could not be stored');
    });
    await this.end(exploration, await this.explore(exploration));
  }

  private async end(exploration: ActiveExploration, { status, reason }: End): Promise<void> {
    exploration.enter(status, reason ?? null);
    await this.jobs.complete(exploration);
  }

  private async explore(exploration: ActiveExploration): Promise<End> {
    const { explorer, log } = this.deps;
    const { head, signal } = exploration;
    try {
      const progress = (now: ExplorationView['progress']) => exploration.advance(now);
      head.result = await explorer.explore(head.plan, { signal, progress });
      if (signal.aborted) return stopped(exploration);
      const { unfinished } = head.result;
      return unfinished === undefined ? { status: 'finished' } : { status: 'failed', reason: unfinished };
    } catch (error) {
      // what attempts met without the service counts for nothing
      if (error instanceof ServiceLostError) exploration.advance(NOTHING_RUN);
      if (signal.aborted) return stopped(exploration);
      const end = explain(error);
      if (end.status === 'failed') log.error({ exploration: head.id, error }, 'exploration failed');
      return end;
    } finally {
      await explorer.close().catch((error: unknown) => {
        log.error({ exploration: head.id, error }, 'connections of an exploration could not be closed');
      });
    }
  }
}

interface End {
  status: ExplorationStatus;
  reason?: string;
}

/** A person who stops an exploration needs no reason for its end. */
function stopped({ stopped: reason }: ActiveExploration): End {
  return { status: 'stopped', ...(reason !== undefined && reason !== BY_REQUEST && { reason }) };
}

/** Explains an error by name: those caused by the plan or the strategy; any other is a failure of the lab. */
function explain(error: unknown): End {
  const reason = asSentence(error);
  if (error instanceof Error && error.name === 'TooManySchedulesError') return { status: 'refused', reason };
  return { status: 'failed', reason };
}
