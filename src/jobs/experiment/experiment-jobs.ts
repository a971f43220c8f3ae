import { refuse } from '@/lib/lab-error';
import type { Refusal, Result } from '@/lib/lab-error';
import type { ExperimentHead, ExperimentPage, ExperimentView, TrialRow } from '@/model/experiment';
import { isOver } from '@/model/job';
import type { RaceOrigin, RaceView, StopHow } from '@/model/race';
import { toIssues } from '@/plan/input-schemas';
import { describeLane } from '@/report/verdict-words';
import { asSentence } from '@/failures/in-words';
import type { ExperimentStore } from '@/store/experiment-store';
import { cutPage, isId, newId, readCursor } from '@/store/list-page';
import type { WantedPage } from '@/store/list-page';
import { createLanes } from '../race/create-lanes';
import type { LaneMakings } from '../race/create-lanes';
import { parsePlan } from '../race/parse-plan';
import type { RaceJobs } from '../race/race-jobs';
import type { StoredReads } from '../stored-reads';
import { Jobs } from '../jobs';
import type { JobsDeps } from '../jobs';
import { ActiveExperiment } from './active-experiment';
import { experimentRequest, findFaults, fromExperimentForm } from './experiment-request';
import { summarise, summariseBriefly } from './summarise';

export interface ExperimentJobsDeps extends LaneMakings, JobsDeps {
  races: Pick<RaceJobs, 'refuseUnserved' | 'startTrial' | 'waitFor' | 'peek' | 'stop' | 'clearStores'>;
  /** On the recorder's connections. */
  experiments: ExperimentStore;
  /** What viewers read. */
  reads: StoredReads;
}

/** Most experiments that may be active; each has at most one race in the queue. */
const MAX_ACTIVE = 5;

/** Accepts experiments, and runs each as races, one after the other. */
export class ExperimentJobs {
  readonly jobs: Jobs<ActiveExperiment>;

  constructor(private readonly deps: ExperimentJobsDeps) {
    const { experiments, races, owner } = deps;
    this.jobs = new Jobs<ActiveExperiment>(
      {
        name: 'experiment',
        refuseMore: (active) =>
          active.length >= MAX_ACTIVE
            ? `${MAX_ACTIVE} experiments wait or run already. Try again when one is done.`
            : undefined,
        save: ({ head }) => experiments.save(head, owner.key),
        find: (id) => this.head(id),
        erase: async (id) => {
          await races.clearStores(await experiments.readItems(id));
          await experiments.delete(id);
        },
        interruptOrphans: (...args) => experiments.interruptOrphans(...args),
        interrupted: 'The server ended in the middle of this experiment. The trials that were over count.',
      },
      deps,
    );
  }

  async start(input: unknown, origin: RaceOrigin): Promise<Result<{ id: string }>> {
    const head = this.parse(input, origin);
    if (!head.ok) return head;
    const unserved = await this.deps.races.refuseUnserved(head.head.plan);
    if (unserved) return unserved;
    const refused = this.jobs.refuseMore();
    if (refused) return refused;
    const experiment = new ActiveExperiment(head.head);
    const { id } = experiment;
    await this.jobs.begin(experiment);
    void this.run(experiment);
    return { ok: true, id };
  }

  async get(id: string): Promise<ExperimentView | null> {
    const head = await this.head(id);
    if (!head) return null;
    return summarise(head, await this.readTrials([id]));
  }

  async list({ limit, cursor }: WantedPage): Promise<Result<ExperimentPage>> {
    const from = readCursor(cursor);
    if (!from.ok) return from;
    const stored = await this.deps.reads.large((stores) =>
      stores.experiments.list({ limit: limit + 1, before: from.before }),
    );
    const { shown, nextCursor } = cutPage(stored, limit);
    const rows = await this.readTrials(shown.map(({ id }) => id));
    const experiments = shown.map((one) => {
      const own = rows.filter(({ experimentId }) => experimentId === one.id);
      return summariseBriefly(this.jobs.get(one.id)?.head ?? one, own);
    });
    return { ok: true, experiments, nextCursor };
  }

  /** Stops the running trial's race, and starts no further trial. */
  stop(id: string, how: StopHow): Promise<Result> {
    return this.jobs.stop(id, async (experiment) => {
      experiment.stop('by request');
      if (experiment.current !== undefined) await this.deps.races.stop(experiment.current, how);
    });
  }

  /** Starts no further trial. The races that run are stopped as all races are. */
  stopAll(reason: string): void {
    this.jobs.refuseAll();
    for (const experiment of this.jobs.all()) experiment.stop(reason);
  }

  /** Resolves when every experiment has stored its end, or cannot. Call it after `stopAll`, when all races are over. */
  async close(): Promise<void> {
    await Promise.all(this.jobs.all().map(({ id }) => this.jobs.over(id)));
    await this.jobs.close();
  }

  private parse(input: unknown, origin: RaceOrigin): { ok: true; head: ExperimentHead } | Refusal {
    const parsed = experimentRequest.safeParse(origin === 'dashboard' ? fromExperimentForm(input) : input);
    if (!parsed.success) return refuseExperiment(toIssues(parsed.error));
    const { kind, trials, race } = parsed.data;
    const planned = parsePlan(race, this.deps.strategies, { fromForm: false });
    if (!planned.ok) return planned;
    const { plan } = planned;
    const lanes = createLanes('', plan, this.deps).length;
    const faults = findFaults({ kind, trials, plan }, lanes);
    if (faults.length > 0) return refuseExperiment(faults);
    const head: ExperimentHead = {
      id: newId(),
      kind,
      status: 'queued',
      reason: null,
      origin,
      trials,
      plan,
      createdAt: new Date().toISOString(),
      startedAt: null,
      finishedAt: null,
    };
    return { ok: true, head };
  }

  private async head(id: string): Promise<ExperimentHead | null> {
    if (!isId(id)) return null;
    return this.jobs.get(id)?.head ?? this.deps.reads.small(({ experiments }) => experiments.get(id));
  }

  /** The trials as stored, except for races that this server has in memory, which are more recent. */
  private async readTrials(ids: string[]): Promise<TrialRow[]> {
    const rows = await this.deps.reads.large(({ experiments }) => experiments.readTrials(ids));
    const unfinished = new Set(rows.filter(({ status }) => !isOver(status)).map(({ raceId }) => raceId));
    const races = [...unfinished].map((id) => this.deps.races.peek(id)).filter((race) => race !== undefined);
    const known = new Set(races.map(({ id }) => id));
    return [...rows.filter(({ raceId }) => !known.has(raceId)), ...races.flatMap(toRows)];
  }

  /** Never rejects: a failure ends the experiment, with its reason. */
  private async run(experiment: ActiveExperiment): Promise<void> {
    const { log } = this.deps;
    const { id, head } = experiment;
    log.info({ experiment: id, kind: head.kind, plan: head.plan }, 'experiment started');
    try {
      await this.runTrials(experiment);
    } catch (error) {
      log.error({ experiment: id, error }, 'experiment failed');
      experiment.enter('failed', asSentence(error));
    }
    log.info({ experiment: id, status: head.status, reason: head.reason }, 'experiment over');
    await this.jobs.complete(experiment);
  }

  private async runTrials(experiment: ActiveExperiment): Promise<void> {
    while (experiment.stopped === undefined) {
      const next = experiment.next();
      if (!next) return experiment.enter('finished');
      const race = await this.runTrial(experiment, next);
      if (!race) break;
      if (race.status === 'failed') {
        return experiment.enter(
          'failed',
          `Trial ${next.trial} failed: ${race.reason ?? 'no reason is known.'}`,
        );
      }
      experiment.record(race);
    }
    experiment.endEarly();
  }

  /** Runs one trial from its place in the queue to its end; null if the server accepts no more races. */
  private async runTrial(
    experiment: ActiveExperiment,
    { trial, plan }: NonNullable<ReturnType<ActiveExperiment['next']>>,
  ): Promise<RaceView | null> {
    const { races } = this.deps;
    const { head } = experiment;
    let storing: Promise<void> | undefined;
    const started = await races.startTrial(plan, head.origin, {
      experiment: {
        id: head.id,
        trial,
        trials: head.kind === 'trials' ? head.trials : null,
      },
      begun: () => {
        if (head.status !== 'queued') return;
        experiment.enter('running');
        // other servers, and this one after it was killed, know it from the store alone
        storing = this.deps.experiments.save(head, this.deps.owner.key).catch((error: unknown) => {
          this.deps.log.warn(
            { experiment: head.id, error },
            'the start of an experiment could not be stored',
          );
        });
      },
    });
    if (!started.ok) return null;
    experiment.current = started.id;
    experiment.changed();
    // a stop that came while the race was being created
    if (experiment.stopped !== undefined) await races.stop(started.id, 'drain');
    const race = await races.waitFor(started.id);
    // its end is written after its start
    await storing;
    experiment.current = undefined;
    if (!race) throw new Error(`Trial ${trial} is gone.`);
    return race;
  }
}

function toRows(race: RaceView): TrialRow[] {
  const { experiment } = race;
  if (!experiment || (race.startedAt === null && isOver(race.status))) return [];
  return race.lanes.map((lane) => {
    const isJudged = lane.status === 'finished' || lane.status === 'cancelled';
    return {
      experimentId: experiment.id,
      raceId: race.id,
      trial: experiment.trial,
      status: race.status,
      concurrency: race.plan.concurrency,
      lane: lane.index,
      strategy: lane.strategy,
      strategyName: lane.strategyName,
      expected: lane.expected,
      role: lane.role,
      verdict: isJudged ? lane.verdict.status : null,
      words: describeLane(lane, race.status === 'queued'),
      oversold: lane.oversold,
      lostUpdates: lane.lostUpdates,
    };
  });
}

function refuseExperiment(issues: Refusal['error']['issues']): Refusal {
  return refuse('invalid', 'bad-experiment', 'The experiment cannot be run as asked.', issues);
}
