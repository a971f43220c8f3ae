import { customAlphabet } from 'nanoid';
import { describeSchedule } from '@/explorer/judge/describe-schedule';
import { judgeSchedules } from '@/explorer/judge/judge-schedule';
import type { Case, Judgement } from '@/explorer/judge/judge-schedule';
import type { ScheduleInput, ScheduleRun, Slot } from './schedule';
import type { Names } from '@/explorer/access/sent-access';
import { UnexplorableError, untilFollowed } from '@/explorer/search/backend';
import type { Backend, Pace, Played, Scheduler, Transition } from '@/explorer/search/backend';
import type { PrismaClient } from '@/generated/prisma/client';
import { parseScheduleId } from '@/model/exploration';
import type { ExplorationPlan, ScheduleView } from '@/model/exploration';
import type { RedisUnderTest } from '@/model/redis-under-test';
import { scheduleItemPrefix } from '@/scenarios/inventory/lab-item';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { Watched } from '@/failures/watch-dependencies';
import { Items } from './items';
import type { ItemRows } from './items';
import { runSchedule } from './run-schedule';
import { SharedKeys } from './shared-keys';
import type { Explorable } from './session';
import type { ServiceWatch } from './service-watch';
import { learningScripts } from './tap-redis';

export interface ExplorerDeps extends Explorable {
  /** Prepares and reads items; never one that an attempt uses. */
  db: PrismaClient;
  redis: RedisUnderTest;
  strategies: ReadonlyMap<string, RegisteredStrategy>;
  /** The services that an exploration may need. */
  watched: Watched;
  /** The key of this instance: items are named by it, so that another one can delete them once this one has died. */
  owner: number;
  /** The same strategy from a module of its own, as a second process would have loaded it. */
  loadInstance: (id: string, instance: number) => Promise<RegisteredStrategy>;
}

const newExploration = customAlphabet('23456789abcdefghjkmnpqrstvwxyz', 8);

/** A schedule that was run, with the items that it used. */
export interface PlayedHere extends Played {
  run: ScheduleRun;
  skus: string[];
  requests: { sku: string; quantity: number; attemptId: string }[];
}

/** Runs the schedules of one exploration by calling the strategy in this process, on the slots' connections. */
export class InProcessBackend implements Backend<PlayedHere, Judgement> {
  private readonly items: Items;
  private readonly prefix: string;
  private readonly sharedKeys: SharedKeys;
  private run = 0;
  /** Schedules that run now. */
  private running = 0;
  pace: Pace = 'alone';
  /** Whether a transaction of any schedule read the server's clock, so that the order counts in which they begin. */
  comparesTimes = false;
  /**
   * Items that schedules have used and that are not cleared yet, each with the attempts that may have added rows of other
   * items.
   */
  private readonly used = new Map<string, readonly string[]>();
  /** Whether a statement has changed, or may have changed, rows that no schedule has added. */
  private changesOthers = false;

  constructor(
    deps: ExplorerDeps,
    private readonly plan: ExplorationPlan,
    readonly strategy: RegisteredStrategy,
    private readonly strategies: RegisteredStrategy[],
    private readonly slotList: Slot[],
    private readonly watch: ServiceWatch,
  ) {
    this.sharedKeys = new SharedKeys(deps.redis);
    this.prefix = scheduleItemPrefix(deps.owner, newExploration());
    const stores = { db: deps.db, redis: learningScripts(deps.redis) };
    this.items = new Items(stores, strategy, { stock: plan.stock, items: plan.items, prefix: this.prefix });
  }

  /** Keys of Redis that belong to no item, that schedules wrote, and that were there before the exploration. */
  get foundBefore(): readonly string[] {
    return [...this.sharedKeys.before].sort();
  }

  get attempts(): number {
    return this.plan.quantities.length;
  }

  get slots(): number {
    return this.slotList.length;
  }

  async play(slot: number, choose: Scheduler, signal?: AbortSignal): Promise<PlayedHere> {
    const connections = this.slotList[slot];
    if (!connections) throw new Error(`there is no slot ${slot}`);
    if (this.running === 0) await this.sharedKeys.restore();
    // what a schedule has left that was given up
    if (this.pace === 'alone') await this.clear([...this.used.keys()]);
    const skus = await this.items.take(this.pace === 'at once');
    for (const sku of skus) this.used.set(sku, []);
    this.run += 1;
    const { quantities, crash, leaseExpiry, maxRetries, seed } = this.plan;
    const attempts = `${this.prefix}.r${this.run}.`;
    const requests = quantities.map((quantity, i) => ({
      sku: skus[i % skus.length] ?? '',
      quantity,
      attemptId: `${attempts}${i}`,
    }));
    const { strategies, sharedKeys } = this;
    const names = { skus, attemptIds: requests.map(({ attemptId }) => attemptId) };
    const input: ScheduleInput = {
      strategies,
      requests,
      crash,
      leaseExpiry,
      maxRetries,
      comparesTimes: this.comparesTimes,
      seed,
      keepShared: (keys, writes) => sharedKeys.keep(keys, names, writes),
      redisLost: this.watch.loseRedis,
      signal,
    };
    this.running += 1;
    try {
      const run = await runSchedule(connections, input, choose);
      this.comparesTimes ||= run.readsTimes;
      this.noteShared(run.moves, names);
      return { run, skus, requests };
    } catch (error) {
      // its latest move is not known
      for (const sku of skus) this.used.set(sku, names.attemptIds);
      if (error instanceof UnexplorableError) this.noteShared(error.moves, names);
      throw error;
    } finally {
      this.running -= 1;
      this.watch.failIfLost();
    }
  }

  private noteShared(moves: readonly Transition[], { skus, attemptIds }: Names): void {
    const shared = moves.flatMap((move) => move.shared ?? []);
    if (shared.length === 0) return;
    for (const sku of skus) this.used.set(sku, attemptIds);
    this.changesOthers ||= shared.some(({ remains }) => remains !== 'no');
  }

  async discard(played: readonly PlayedHere[]): Promise<void> {
    await this.clear(played.flatMap(({ skus }) => skus));
  }

  async judge(played: readonly PlayedHere[]): Promise<Judgement[]> {
    const skus = played.flatMap((one) => one.skus);
    const rows = await this.items.read(skus);
    const cases = played.map(({ run, skus: mine, requests }): Case => {
      const own = mine.flatMap((sku): [string, ItemRows][] => {
        const item = rows.get(sku);
        return item ? [[sku, item]] : [];
      });
      return { run, requests, rows: new Map(own) };
    });
    await this.clear(skus);
    return judgeSchedules(cases, this.strategy, this.plan.processes);
  }

  async replay(id: string, signal?: AbortSignal): Promise<Judgement | undefined> {
    const tokens = parseScheduleId(id);
    if (!tokens) return undefined;
    const follow: Scheduler = (_, taken) => tokens[taken.length] ?? null;
    const played = await untilFollowed(() => this.play(0, follow, signal)).catch((error: unknown) => {
      if (error instanceof UnexplorableError) return undefined;
      throw error;
    });
    if (!played) return undefined;
    const [judgement] = await this.judge([played]);
    return played.run.isComplete && played.run.id === id ? judgement : undefined;
  }

  /**
   * Runs a schedule by its id, to be shown.
   *
   * @throws UnexplorableError when it is no schedule of this plan
   */
  async show(id: string): Promise<ScheduleView> {
    const judgement = await this.replay(id);
    if (!judgement) throw new UnexplorableError(`${id} is not a schedule of this plan.`);
    return describeSchedule(judgement);
  }

  /** Deletes every item, including those of schedules that were never judged, and puts back what belongs to none. */
  async close(): Promise<void> {
    try {
      await this.sharedKeys.restore();
    } finally {
      await this.clear([...this.used.keys()]);
      await this.items.close();
    }
  }

  private async clear(skus: string[]): Promise<void> {
    if (skus.length === 0) return;
    // a row that was there before may have been given to an attempt; then the result says that rows stay changed
    const attempts = this.changesOthers ? [] : skus.flatMap((sku) => this.used.get(sku) ?? []);
    await this.items.clear(skus, attempts);
    for (const sku of skus) this.used.delete(sku);
  }
}
