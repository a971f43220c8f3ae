import type PQueue from 'p-queue';
import { withTimeout } from '@/lib/with-timeout';
import { refuse } from '@/lib/lab-error';
import type { Refusal, Result } from '@/lib/lab-error';
import { isOver } from '@/model/job';
import type { OutcomeCounts } from '@/model/outcome';
import type { RaceOrigin, RaceView, StopHow, TrialOf } from '@/model/race';
import type { LoadPlan } from '@/plan/load-plan';
import type { StoredBatches } from '@/store/batch-store';
import type { RaceStore } from '@/store/race-store';
import { newId } from '@/store/list-page';
import { Jobs, SHUTTING_DOWN } from '../jobs';
import type { JobsDeps } from '../jobs';
import { requireDatabase } from '../require-database';
import { ActiveRace } from './active-race';
import type { RaceEvents } from './active-race';
import { AttemptTotals } from './attempt-totals';
import { createLanes } from './create-lanes';
import { parsePlan } from './parse-plan';
import { endEarly, RaceAbortedError, runRace } from './race';
import type { RaceDeps } from './race';
import { RaceReader } from './race-reader';
import type { RaceReaderDeps } from './race-reader';
import { restoreRace } from './repair';

export interface RaceJobsDeps extends Omit<RaceDeps, 'save'>, RaceReaderDeps, JobsDeps {
  /** Connections that PostgreSQL has for all pools under test together. */
  connectionRoom: () => Promise<number>;
  /** On the recorder's connections. */
  races: RaceStore;
  batches: StoredBatches;
  poolSize: number;
  /** One job at a time, explorations included. */
  turns: PQueue;
}

/** Races that may wait for their turn. */
const MAX_QUEUED = 20;
/** Timeout of clearing a strategy's own store, ms. */
const CLEAR_MS = 2_000;

const NOT_SERVED =
  'is HTTP, and this program serves no purchases over HTTP: choose direct, or more than one of processes';

/** The experiment's side of a race that is a trial: what to do when its turn comes. */
interface Trial {
  experiment: TrialOf;
  begun: () => void;
}

/** Accepts races, runs them one at a time, stops and deletes them. */
export class RaceJobs {
  readonly reader: RaceReader;
  readonly jobs: Jobs<ActiveRace>;
  private readonly attempts = new AttemptTotals();

  constructor(
    private readonly deps: RaceJobsDeps,
    private readonly events: RaceEvents,
  ) {
    const { races, reads } = deps;
    this.jobs = new Jobs<ActiveRace>(
      {
        name: 'race',
        refuseMore: (active) =>
          active.filter(({ head }) => head.status === 'queued' && head.experiment === null).length >=
          MAX_QUEUED
            ? `${MAX_QUEUED} races are waiting already. Try again when some are done.`
            : undefined,
        save: (race) => this.save(race),
        find: (id) => this.reader.state(id),
        erase: async (id) => {
          await this.clearStores((await races.get(id))?.lanes ?? []);
          await races.delete(id);
        },
        interruptOrphans: async (owners, reason) => {
          const ids = await races.findUnfinished(owners);
          for (const id of ids) await restoreRace(this.deps, id, reason);
          return ids;
        },
        interrupted: 'The server ended in the middle of this race. Shown is what it had stored by then.',
      },
      deps,
    );
    this.reader = new RaceReader({ ...deps, reads }, this.jobs);
  }

  async start(input: unknown, origin: RaceOrigin): Promise<Result<{ id: string }>> {
    const parsed = parsePlan(input, this.deps.strategies, { fromForm: origin === 'dashboard' });
    if (!parsed.ok) return parsed;
    const unserved = await this.refuseUnserved(parsed.plan);
    if (unserved) return unserved;
    const refused = this.jobs.refuseMore();
    if (refused) return refused;
    return { ok: true, id: await this.enqueue(parsed.plan, origin) };
  }

  /**
   * Queues a trial of an experiment behind everything already queued. Trials do not count as waiting races: each
   * experiment has at most one.
   */
  async startTrial(plan: LoadPlan, origin: RaceOrigin, trial: Trial): Promise<Result<{ id: string }>> {
    if (this.jobs.isClosing) return SHUTTING_DOWN;
    return { ok: true, id: await this.enqueue(plan, origin, trial) };
  }

  /**
   * Refuses a plan that nothing would serve: over HTTP while this process has no address, or with server processes that
   * together want more connections than PostgreSQL has.
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

  /** A race that this server has in memory, in its current state. */
  peek(id: string): RaceView | undefined {
    return this.jobs.get(id)?.view();
  }

  async waitFor(id: string): Promise<RaceView | null> {
    await this.jobs.over(id);
    // bypasses the viewers' queue, since an experiment waits for its trials
    return this.peek(id) ?? requireDatabase(this.deps.races.get(id), this.deps.log);
  }

  stop(id: string, how: StopHow): Promise<Result> {
    return this.jobs.stop(id, (race) => {
      race.askToStop(how);
      return this.endUnstarted(race);
    });
  }

  async delete(id: string): Promise<Result> {
    const experiment = (await this.reader.state(id))?.experiment;
    if (!experiment) return this.jobs.delete(id);
    const message = `This race is trial ${experiment.trial} of an experiment, whose numbers would be wrong without it. Delete experiment ${experiment.id} instead.`;
    return refuse('conflict', 'part-of-experiment', message);
  }

  async close(graceMs: number): Promise<void> {
    this.jobs.refuseAll();
    const stopped = this.jobs.all().map((race) => {
      race.stop('because the server was shut down');
      return this.endUnstarted(race);
    });
    const grace = setTimeout(() => this.abortAll(), graceMs);
    await this.deps.turns.onIdle();
    clearTimeout(grace);
    await Promise.all(stopped);
    await this.jobs.close();
  }

  /** Clears what races left in their strategies' own stores, if their server died before clearing them. */
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
    await this.jobs.begin(race);
    void this.deps.turns.add(async () => {
      // stopped while it was queued, and already over
      if (isOver(race.head.status)) return;
      trial?.begun();
      await this.run(race);
    });
    return race.id;
  }

  private createRace(plan: LoadPlan, origin: RaceOrigin, experiment: TrialOf | null): ActiveRace {
    const id = newId();
    const { strategies, batches, reads, scenario } = this.deps;
    const lanes = createLanes(id, plan, {
      scenario,
      strategies,
      batches: {
        append: (...written) => batches.append(...written),
        // only viewers read the log of a running lane
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
    await this.complete(race);
  }

  /** Ends a stopped race that is still queued at once; one that runs drains first. */
  private async endUnstarted(race: ActiveRace): Promise<void> {
    if (race.head.status !== 'queued') return;
    endEarly(race);
    await this.complete(race);
  }

  /** Attempts since this process started, by strategy and outcome. */
  countAttempts(): Map<string, OutcomeCounts> {
    return this.attempts.sum(this.jobs.all());
  }

  private async complete(race: ActiveRace): Promise<void> {
    this.attempts.addEnded(race);
    await this.jobs.complete(race);
  }

  private abortAll(): void {
    const reason = new RaceAbortedError('The server was shut down before what was in flight had come back.');
    for (const race of this.jobs.all()) race.abort(reason);
  }

  private async save(race: ActiveRace): Promise<void> {
    // the counts of a finished race are those of its log, so it is stored only after all of its log
    if (isOver(race.head.status)) await Promise.all(race.lanes.map(({ log }) => log.complete()));
    const { lanes } = race.view();
    return this.deps.races.save(race.head, this.deps.owner.key, lanes);
  }
}

function refusePlan(path: keyof LoadPlan, message: string): Refusal {
  return refuse('invalid', 'bad-race', 'The race cannot be run as asked.', [{ path, message }]);
}
