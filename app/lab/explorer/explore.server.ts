import type { Exploration, ExplorationPlan, ScheduleView } from '../exploration';
import type { IsolationReport } from '../isolation';
import { runScripts } from './hermitage/run-scripts.server';
import { UnexplorableError } from './schedule.server';
import type { Table } from './schedule.server';
import { BeginAgainError, Search } from './search.server';
import type { ExplorationEvents } from './search.server';
import { Stage } from './stage.server';
import type { ExplorerDeps } from './stage.server';

export type { ExplorationEvents } from './search.server';
export type { ExplorerDeps } from './stage.server';

/** Schedules that run at once, each on items of its own. */
const TABLES = 8;

/** Explores strategies, one after another, on connections that it keeps until `close()`. */
export class Explorer {
  private readonly tables: Table[] = [];

  constructor(private readonly deps: ExplorerDeps) {}

  /**
   * Runs every schedule that the plan allows. When one of them cannot be followed, it ends there with what was found.
   *
   * @throws TooManySchedulesError, UnexplorableError
   */
  async explore(plan: ExplorationPlan, events: ExplorationEvents = {}): Promise<Exploration> {
    const stage = await this.open(plan);
    try {
      const search = await searchThrough(stage, plan, events);
      const violation = search.table.violation();
      const shown = violation === undefined ? null : await stage.show(violation);
      return search.result(shown);
    } finally {
      await stage.close();
    }
  }

  /** Runs one schedule again, by its id. Null when it is no schedule of this plan. */
  async replay(plan: ExplorationPlan, id: string): Promise<ScheduleView | null> {
    const stage = await this.open(plan);
    try {
      return await stage.show(id);
    } catch (error) {
      if (error instanceof UnexplorableError) return null;
      throw error;
    } finally {
      await stage.close();
    }
  }

  /** What the connected server's isolation levels really prevent. */
  async testIsolation(): Promise<IsolationReport> {
    const [table] = await this.seat(3);
    if (!table) throw new Error('there is no table');
    return runScripts(table, this.deps.db);
  }

  async close(): Promise<void> {
    const seats = this.tables.splice(0).flatMap((table) => table.seats);
    await Promise.all(seats.map((seat) => seat.close()));
  }

  private async open(plan: ExplorationPlan): Promise<Stage> {
    const strategy = this.deps.strategies.get(plan.strategy);
    if (!strategy) throw new Error(`there is no strategy ${plan.strategy}`);
    const strategies =
      plan.processes === 2
        ? await Promise.all(plan.quantities.map((_, i) => this.deps.loadInstance(strategy.id, i + 1)))
        : plan.quantities.map(() => strategy);
    const tables = await this.seat(plan.quantities.length);
    return new Stage(this.deps, plan, strategy, strategies, tables);
  }

  /** Tables with at least so many seats each. */
  private async seat(count: number): Promise<Table[]> {
    const { monitor, redis, openSeat } = this.deps;
    while (this.tables.length < TABLES) this.tables.push({ seats: [], monitor, redis });
    await Promise.all(
      this.tables.map(async ({ seats }) => {
        while (seats.length < count) seats.push(await openSeat());
      }),
    );
    return this.tables;
  }
}

/** One exploration on connections of its own, for whoever needs no second one. */
export async function exploreStrategy(
  deps: ExplorerDeps,
  plan: ExplorationPlan,
  events?: ExplorationEvents,
): Promise<Exploration> {
  const explorer = new Explorer(deps);
  try {
    return await explorer.explore(plan, events);
  } finally {
    await explorer.close();
  }
}

/** A search that has ended; what the first one finds out of the strategy may make it begin again, once. */
async function searchThrough(
  stage: Stage,
  plan: ExplorationPlan,
  events: ExplorationEvents,
): Promise<Search> {
  const first = new Search(stage, plan, events);
  try {
    await first.run();
    return first;
  } catch (error) {
    if (!(error instanceof BeginAgainError)) throw error;
  }
  const second = new Search(stage, plan, events);
  await second.run();
  return second;
}
