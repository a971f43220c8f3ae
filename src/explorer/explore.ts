import type { Exploration, ExplorationPlan, ScheduleView } from '@/model/exploration';
import type { IsolationReport } from '@/model/isolation';
import type { Strategy } from '@/model/strategy';
import { describeCoverage } from '@/report/describe-coverage';
import { runScripts } from './hermitage/run-scripts';
import { InProcessBackend } from './backends/in-process/backend';
import type { ExplorerDeps, PlayedHere } from './backends/in-process/backend';
import { clearLeftovers, findItemOwners } from './backends/in-process/items';
import { ServiceWatch } from './backends/in-process/service-watch';
import type { Judgement } from './judge/judge-schedule';
import type { Slot } from './backends/in-process/schedule';
import { UnexplorableError } from './search/backend';
import { loadSqlParser } from './access/sql-shape';
import { Search } from './search/search';
import type { ExplorationEvents } from './search/search';

export type { ExplorationEvents } from './search/search';
export type { ExplorerDeps } from './backends/in-process/backend';

/** Schedules that run at once, each on items of its own. */
const SLOTS = 8;

/** Explores strategies, one after another, on connections that it keeps until `close()`. */
export class Explorer {
  private readonly slots: Slot[] = [];

  constructor(private readonly deps: ExplorerDeps) {}

  /**
   * Runs every schedule that the plan allows. When one of them cannot be followed, the exploration ends there and
   * returns what it has found.
   *
   * @throws TooManySchedulesError, UnexplorableError, ServiceLostError
   */
  explore(plan: ExplorationPlan, events: ExplorationEvents = {}): Promise<Exploration> {
    return this.onBackend(plan, async (backend) => {
      const search = await this.search(backend, plan, events);
      const { violation, leases, unfinished, ...found } = search.result();
      const shown = violation === undefined ? null : await backend.show(violation);
      const { id, expected } = backend.strategy;
      return {
        ...{ strategy: id, expected, plan },
        ...found,
        verdict: shown ? 'violated' : 'none-found',
        reason: describeCoverage(found.coverage, plan, { ...found, leases }),
        violation: shown,
        ...(unfinished !== undefined && { unfinished }),
      };
    });
  }

  /**
   * Searches again where the search has found that moves count that it took to touch nothing, and one schedule at a time
   * where schedules that ran at once share more than their items.
   */
  private async search(backend: InProcessBackend, plan: ExplorationPlan, events: ExplorationEvents) {
    for (let isAlone = false; ;) {
      const { comparesTimes } = backend;
      const search: Search<PlayedHere, Judgement> = new Search(backend, plan, events, isAlone);
      await search.run();
      const isStopped = events.signal?.aborted ?? false;
      if (search.isDisturbed && isStopped)
        throw new UnexplorableError('It was stopped before it had begun to run one schedule at a time.');
      isAlone ||= search.isDisturbed;
      const isSound = !plan.reduction || backend.comparesTimes === comparesTimes;
      if (isStopped || (isSound && !search.isDisturbed)) return search;
    }
  }

  /** Runs one schedule again, by its id. Null when the plan has no such schedule. */
  async replay(plan: ExplorationPlan, id: string): Promise<ScheduleView | null> {
    try {
      return await this.onBackend(plan, (backend) => backend.show(id));
    } catch (error) {
      if (error instanceof UnexplorableError) return null;
      throw error;
    }
  }

  /** Tests what the connected server's isolation levels really prevent. */
  testIsolation(): Promise<IsolationReport> {
    return this.unlessLost(['postgres'], 3, async ([slot]) => {
      if (!slot) throw new Error('there is no slot');
      return runScripts(slot, this.deps.db);
    });
  }

  /** The keys of the instances, living and dead, whose explorations have items in the database. */
  findItemOwners(): Promise<number[]> {
    return findItemOwners(this.deps.db);
  }

  /** Deletes what the explorations of these instances have left. */
  clearLeftovers(owners: readonly number[]): Promise<void> {
    return clearLeftovers(this.deps, this.deps.strategies.values(), owners);
  }

  async close(): Promise<void> {
    const sessions = this.slots.splice(0).flatMap((slot) => slot.sessions);
    await Promise.all(sessions.map((session) => session.close()));
  }

  /** Opens a backend for the plan, and closes it after the work. */
  private async onBackend<T>(
    plan: ExplorationPlan,
    work: (backend: InProcessBackend) => Promise<T>,
  ): Promise<T> {
    const { deps } = this;
    const strategy = deps.strategies.get(plan.strategy);
    if (!strategy) throw new Error(`there is no strategy ${plan.strategy}`);
    return this.unlessLost(strategy.stores, plan.quantities.length, async (slots, watch) => {
      const strategies =
        plan.processes === 2
          ? await Promise.all(plan.quantities.map((_, i) => deps.loadInstance(strategy.id, i + 1)))
          : plan.quantities.map(() => strategy);
      const backend = new InProcessBackend(deps, plan, strategy, strategies, slots, watch);
      try {
        return await work(backend);
      } finally {
        await backend.close();
      }
    });
  }

  /**
   * Does work on slots with this many sessions each, for which these stores have to stay as they are.
   *
   * @throws ServiceLostError when one of them was lost meanwhile, whatever came of the work
   */
  private async unlessLost<T>(
    stores: Strategy['stores'],
    sessions: number,
    work: (slots: Slot[], watch: ServiceWatch) => Promise<T>,
  ): Promise<T> {
    // connections that ended since the last exploration
    if (this.slots.some((slot) => slot.sessions.some((session) => session.lost()))) await this.close();
    const slots = await this.openSlots(sessions);
    const watch = new ServiceWatch({ ...this.deps, slots }, stores);
    try {
      await watch.begin();
      const [end] = await Promise.allSettled([work(slots, watch)]);
      await watch.check(end.status === 'rejected' ? end.reason : undefined);
      if (end.status === 'rejected') throw end.reason as Error;
      return end.value;
    } finally {
      await watch.end();
    }
  }

  /** Opens slots with at least this many sessions each. */
  private async openSlots(count: number): Promise<Slot[]> {
    await loadSqlParser();
    const { monitor, redis, openSession } = this.deps;
    while (this.slots.length < SLOTS) this.slots.push({ sessions: [], monitor, redis });
    await Promise.all(
      this.slots.map(async ({ sessions }) => {
        while (sessions.length < count) sessions.push(await openSession());
      }),
    );
    return this.slots;
  }
}
