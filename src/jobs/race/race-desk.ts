import type PQueue from 'p-queue';
import { withTimeout } from '@/lib/with-timeout';
import { refuse } from '@/lib/lab-error';
import type { Refusal, Result } from '@/lib/lab-error';
import type { LabLog } from '@/lib/lab-log';
import { isOver } from '@/model/race';
import type { RaceOrigin, RaceView, StopHow, TrialOf } from '@/model/race';
import type { LoadPlan } from '@/plan/load-plan';
import type { StoredBatches } from '@/store/batch-store';
import type { RaceStore } from '@/store/race-store';
import { newId } from '@/store/stored';
import { requireDatabase } from '../require-database';
import { ActiveJobs, SHUTTING_DOWN } from '../active-jobs';
import { ActiveRace } from './active-race';
import type { RaceEvents } from './active-race';
import { createLanes } from './create-lanes';
import { parsePlan } from './parse-plan';
import { endEarly, RaceAbortedError, runRace } from './race';
import type { RaceDeps } from './race';
import { RaceReader, unknownRace } from './race-reader';
import type { RaceReaderDeps } from './race-reader';

export interface RaceDeskDeps extends Omit<RaceDeps, 'save'>, RaceReaderDeps {
  /** Connections that PostgreSQL has for all pools under test together. */
  connectionRoom: () => Promise<number>;
  /** On the recorder's connections. */
  races: RaceStore;
  batches: StoredBatches;
  poolSize: number;
  /** One thing at a time, explorations included. */
  turns: PQueue;
  owner: { lockClass: number; key: number };
  log: LabLog;
}

/** Races that may wait for their turn. */
const MAX_QUEUED = 20;
/** A strategy's store that does not answer is not waited for longer, ms. */
const CLEAR_MS = 2_000;

const NOT_SERVED =
  'is HTTP, and this program serves no purchases over HTTP: choose direct, or more than one of processes';

/** A race that is a trial, and what to do when its turn comes. */
interface Trial {
  experiment: TrialOf;
  begun: () => void;
}

/** Takes races in, runs them one at a time, stops and deletes them. */
export class RaceDesk {
  readonly reader: RaceReader;
  private readonly queue: PQueue;
  private readonly active: ActiveJobs<ActiveRace>;
  private isClosing = false;

  constructor(
    private readonly deps: RaceDeskDeps,
    private readonly events: RaceEvents,
  ) {
    this.queue = deps.turns;
    this.active = new ActiveJobs({ name: 'race', save: (race) => this.save(race), log: deps.log });
    this.reader = new RaceReader(deps, this.active);
  }

  async start(input: unknown, origin: RaceOrigin): Promise<Result<{ id: string }>> {
    const parsed = parsePlan(input, this.deps.strategies, { fromForm: origin === 'dashboard' });
    if (!parsed.ok) return parsed;
    const unserved = await this.refuseUnserved(parsed.plan);
    if (unserved) return unserved;
    if (this.isClosing) return SHUTTING_DOWN;
    if (this.countWaiting() >= MAX_QUEUED)
      return refuse(
        'limit',
        'queue-full',
        `${MAX_QUEUED} races are waiting already. Try again when some are done.`,
      );
    return { ok: true, id: await this.enqueue(parsed.plan, origin) };
  }

  /**
   * Queues a trial of an experiment behind whatever waits already. Trials do not count as waiting races: there is at
   * most one of each experiment.
   */
  async startTrial(plan: LoadPlan, origin: RaceOrigin, trial: Trial): Promise<Result<{ id: string }>> {
    if (this.isClosing) return SHUTTING_DOWN;
    return { ok: true, id: await this.enqueue(plan, origin, trial) };
  }

  /**
   * The refusal of a plan whose purchases nothing would serve: over HTTP while this process has no address, or from
   * server processes that together want more connections than PostgreSQL has.
   */
  async refuseUnserved({ target, processes }: LoadPlan): Promise<Refusal | undefined> {
    if (target === 'direct') return undefined;
    const { poolSize, origin, connectionRoom, log } = this.deps;
    if (processes === 1) return origin() === undefined ? refusePlan('target', NOT_SERVED) : undefined;
    const room = await requireDatabase(connectionRoom(), log);
    if ((processes + 1) * poolSize <= room) return undefined;
    return refusePlan(
      'processes',
      `with pools of ${poolSize} each take ${processes * poolSize} connections beside the ${poolSize} of this server, and this PostgreSQL has room for ${room}: lower processes or POOL_SIZE, or raise max_connections`,
    );
  }

  /** A race that this server has in memory, as it is now. */
  peek(id: string): RaceView | undefined {
    return this.active.get(id)?.view();
  }

  async waitFor(id: string): Promise<RaceView | null> {
    await this.active.over(id);
    // not by way of the viewers' queue: an experiment waits for its trials
    return this.peek(id) ?? requireDatabase(this.deps.races.get(id), this.deps.log);
  }

  async stop(id: string, how: StopHow): Promise<Result> {
    const race = this.active.get(id);
    if (race) {
      race.askToStop(how);
      await this.settleUnstarted(race);
      return { ok: true };
    }
    const stored = await this.reader.state(id);
    if (!stored) return unknownRace(id);
    if (isOver(stored.status)) return { ok: true };
    return refuse(
      'conflict',
      'other-server',
      'This race runs on another server of this database. Stop it there.',
    );
  }

  async delete(id: string): Promise<Result> {
    const race = await this.reader.state(id);
    if (!race) return unknownRace(id);
    if (this.active.has(id) || !isOver(race.status))
      return refuse('conflict', 'race-running', 'This race is not over yet. Stop it first.');
    if (race.experiment) {
      const { trial, id: experiment } = race.experiment;
      const message = `This race is trial ${trial} of an experiment, whose numbers would be wrong without it. Delete experiment ${experiment} instead.`;
      return refuse('conflict', 'part-of-experiment', message);
    }
    await this.clearStores((await requireDatabase(this.deps.races.get(id), this.deps.log))?.lanes ?? []);
    await requireDatabase(this.deps.races.delete(id), this.deps.log);
    return { ok: true };
  }

  async close(graceMs: number): Promise<void> {
    this.isClosing = true;
    const stopped = this.active.all().map((race) => {
      race.stop('because the server was shut down');
      return this.settleUnstarted(race);
    });
    const grace = setTimeout(() => this.abortAll(), graceMs);
    await this.queue.onIdle();
    clearTimeout(grace);
    await Promise.all(stopped);
    await this.active.close();
  }

  /** What races left in stores of their strategies' own, if their server died before clearing them. */
  async clearStores(lanes: readonly { strategy: string; sku: string }[]): Promise<void> {
    for (const { strategy, sku } of lanes) {
      const storage = this.deps.strategies.get(strategy)?.storage;
      const cleared = storage?.clear(this.deps.storage, sku) ?? Promise.resolve();
      await withTimeout(cleared, CLEAR_MS).catch((error: unknown) => {
        this.deps.log.warn({ sku, error }, 'a strategy’s store could not be cleared');
      });
    }
  }

  private async enqueue(plan: LoadPlan, origin: RaceOrigin, trial?: Trial): Promise<string> {
    const race = this.createRace(plan, origin, trial?.experiment ?? null);
    await this.active.begin(race);
    void this.queue.add(async () => {
      // stopped before its turn, and settled since
      if (isOver(race.head.status)) return;
      trial?.begun();
      await this.run(race);
    });
    return race.id;
  }

  private countWaiting(): number {
    return this.active.all().filter(({ head }) => head.status === 'queued' && head.experiment === null)
      .length;
  }

  private createRace(plan: LoadPlan, origin: RaceOrigin, experiment: TrialOf | null): ActiveRace {
    const id = newId();
    const { strategies, batches, reads } = this.deps;
    const lanes = createLanes(id, plan, {
      strategies,
      batches: {
        append: (...written) => batches.append(...written),
        // only viewers read the log of a lane that runs
        read: (...asked) => reads.small((stores) => stores.batches.read(...asked)),
      },
    });
    const head = {
      id,
      status: 'queued' as const,
      origin,
      reason: null,
      createdAt: new Date().toISOString(),
      startedAt: null,
      finishedAt: null,
      plan,
      poolSize: this.deps.poolSize,
      rampMs: 0,
      experiment,
    };
    return new ActiveRace(head, lanes, this.events);
  }

  private async run(race: ActiveRace): Promise<void> {
    const { log } = this.deps;
    const { id, head } = race;
    log.info({ race: id, plan: head.plan }, 'race started');
    await runRace(race, { ...this.deps, save: (running) => this.save(running) });
    log.info({ race: id, status: head.status, reason: head.reason }, 'race over');
    await this.active.settle(race);
  }

  /** A race that was stopped and still waits for its turn is over at once; one that runs drains first. */
  private async settleUnstarted(race: ActiveRace): Promise<void> {
    if (race.head.status !== 'queued') return;
    endEarly(race);
    await this.active.settle(race);
  }

  private abortAll(): void {
    const reason = new RaceAbortedError('The server was shut down before what was in flight had come back.');
    for (const race of this.active.all()) race.abort(reason);
  }

  private async save(race: ActiveRace): Promise<void> {
    // the counts of a race that is over are those of its log: stored with all of it, or not yet
    if (isOver(race.head.status)) await Promise.all(race.lanes.map(({ log }) => log.complete()));
    const { lanes } = race.view();
    return this.deps.races.save(race.head, this.deps.owner.key, lanes);
  }
}

function refusePlan(path: keyof LoadPlan, message: string): Refusal {
  return refuse('invalid', 'bad-race', 'The race cannot be run as asked.', [{ path, message }]);
}
