import { refuse } from '@/lib/lab-error';
import type { Refusal, Result } from '@/lib/lab-error';
import type { LabLog } from '@/lib/lab-log';
import type { ExperimentHead, ExperimentPage, ExperimentView, TrialRow } from '@/model/experiment';
import { isOver } from '@/model/race';
import type { RaceOrigin, RaceView } from '@/model/race';
import { toIssues } from '@/plan/requests';
import { queueOf } from '@/report/preparation';
import { describeLane } from '@/report/verdict-words';
import { asSentence } from '@/failures/in-words';
import type { ExperimentStore } from '@/store/experiment-store';
import { isId, newId, readCursor, writeCursor } from '@/store/stored';
import { requireDatabase } from '../require-database';
import { createLanes } from '../race/create-lanes';
import type { LaneMakings } from '../race/create-lanes';
import { parsePlan } from '../race/parse-plan';
import type { RaceDesk } from '../race/race-desk';
import type { StoredReads } from '../stored-reads';
import { ActiveJobs, SHUTTING_DOWN } from '../active-jobs';
import { ActiveExperiment } from './active-experiment';
import { experimentRequest, findFaults, fromExperimentForm } from './experiment-request';
import { summarise, summariseBriefly } from './summarise';

export interface ExperimentDeskDeps extends LaneMakings {
  races: Pick<RaceDesk, 'refuseUnserved' | 'startTrial' | 'waitFor' | 'peek' | 'stop' | 'clearStores'>;
  /** On the recorder's connections. */
  experiments: ExperimentStore;
  /** What viewers read. */
  reads: StoredReads;
  owner: { lockClass: number; key: number };
  log: LabLog;
}

/** Experiments that may be under way; each has at most one race in the queue. */
const MAX_ACTIVE = 5;
const INTERRUPTED = 'The server ended in the middle of this experiment. The trials that were over count.';

/** Takes experiments in, and runs each as races through the race desk, one after the other. */
export class ExperimentDesk {
  private readonly active: ActiveJobs<ActiveExperiment>;
  private isClosing = false;

  constructor(private readonly deps: ExperimentDeskDeps) {
    this.active = new ActiveJobs({
      name: 'experiment',
      save: ({ head }) => deps.experiments.save(head, deps.owner.key),
      log: deps.log,
    });
  }

  async start(input: unknown, origin: RaceOrigin): Promise<Result<{ id: string }>> {
    const head = this.parse(input, origin);
    if (!head.ok) return head;
    const unserved = await this.deps.races.refuseUnserved(head.head.plan);
    if (unserved) return unserved;
    if (this.isClosing) return SHUTTING_DOWN;
    if (this.active.size >= MAX_ACTIVE) {
      const message = `${MAX_ACTIVE} experiments are under way already. Try again when one is done.`;
      return refuse('limit', 'queue-full', message);
    }
    const experiment = new ActiveExperiment(head.head);
    const { id } = experiment;
    await this.active.begin(experiment);
    void this.run(experiment);
    return { ok: true, id };
  }

  async get(id: string): Promise<ExperimentView | null> {
    const head = await this.head(id);
    if (!head) return null;
    return summarise(head, await this.readTrials([id]));
  }

  async list({ limit, cursor }: { limit: number; cursor?: string }): Promise<Result<ExperimentPage>> {
    const before = cursor === undefined ? undefined : readCursor(cursor);
    if (before === null) return refuse('invalid', 'bad-cursor', 'This cursor was not made by this list.');
    const stored = await this.deps.reads.large((stores) =>
      stores.experiments.list({ limit: limit + 1, before }),
    );
    const heads = stored.slice(0, limit).map((head) => this.active.get(head.id)?.head ?? head);
    const rows = await this.readTrials(heads.map(({ id }) => id));
    const last = heads.at(-1);
    return {
      ok: true,
      experiments: heads.map((head) => {
        const own = rows.filter(({ experimentId }) => experimentId === head.id);
        return summariseBriefly(head, own);
      }),
      nextCursor: stored.length > limit && last ? writeCursor(last) : null,
    };
  }

  /** Ends the trial that runs as a stopped race ends, and starts no more. */
  async stop(id: string): Promise<Result> {
    const experiment = this.active.get(id);
    if (experiment) {
      await this.stopActive(experiment, 'by request');
      return { ok: true };
    }
    const stored = await this.head(id);
    if (!stored) return unknownExperiment(id);
    if (isOver(stored.status)) return { ok: true };
    return refuse(
      'conflict',
      'other-server',
      'This experiment runs on another server of this database. Stop it there.',
    );
  }

  async delete(id: string): Promise<Result> {
    const head = await this.head(id);
    if (!head) return unknownExperiment(id);
    if (this.active.has(id) || !isOver(head.status))
      return refuse('conflict', 'experiment-running', 'This experiment is not over yet. Stop it first.');
    await this.deps.races.clearStores(
      await requireDatabase(this.deps.experiments.readItems(id), this.deps.log),
    );
    await requireDatabase(this.deps.experiments.delete(id), this.deps.log);
    return { ok: true };
  }

  /** Marks the experiments whose server died as interrupted. */
  async interruptOrphans(): Promise<void> {
    const ids = await this.deps.experiments.interruptOrphans(this.deps.owner.lockClass, INTERRUPTED);
    if (ids.length > 0)
      this.deps.log.warn({ experiments: ids }, 'experiments of a dead server marked as interrupted');
  }

  /** Starts no further trial; the races that run are stopped by the race desk. */
  stopAll(reason: string): void {
    this.isClosing = true;
    for (const experiment of this.active.all()) experiment.stop(reason);
  }

  /** Resolves when every experiment has written its end, or cannot. After `stopAll` and the end of all races. */
  async close(): Promise<void> {
    await Promise.all(this.active.all().map(({ id }) => this.active.over(id)));
    await this.active.close();
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
    return this.active.get(id)?.head ?? this.deps.reads.small(({ experiments }) => experiments.get(id));
  }

  /** The trials as stored, but for races that this server has in memory, which know more. */
  private async readTrials(ids: string[]): Promise<TrialRow[]> {
    const rows = await this.deps.reads.large(({ experiments }) => experiments.readTrials(ids));
    const unfinished = new Set(rows.filter(({ status }) => !isOver(status)).map(({ raceId }) => raceId));
    const races = [...unfinished].map((id) => this.deps.races.peek(id)).filter((race) => race !== undefined);
    const known = new Set(races.map(({ id }) => id));
    return [...rows.filter(({ raceId }) => !known.has(raceId)), ...races.flatMap(toRows)];
  }

  /** Never rejects: whatever goes wrong is the experiment's own end, with its reason. */
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
    await this.active.settle(experiment);
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

  /** One trial from its place in the queue to its end; null if the server takes no races any more. */
  private async runTrial(
    experiment: ActiveExperiment,
    { trial, plan }: NonNullable<ReturnType<ActiveExperiment['next']>>,
  ): Promise<RaceView | null> {
    const { races } = this.deps;
    const { head } = experiment;
    const started = await races.startTrial(plan, head.origin, {
      experiment: {
        id: head.id,
        trial,
        trials: head.kind === 'trials' ? head.trials : null,
      },
      begun: () => {
        if (head.status === 'queued') experiment.enter('running');
      },
    });
    if (!started.ok) return null;
    experiment.current = started.id;
    // a stop that came while the race was being created
    if (experiment.stopped !== undefined) await races.stop(started.id, 'drain');
    const race = await races.waitFor(started.id);
    experiment.current = undefined;
    if (!race) throw new Error(`Trial ${trial} is gone.`);
    return race;
  }

  private async stopActive(experiment: ActiveExperiment, reason: string): Promise<void> {
    experiment.stop(reason);
    if (experiment.current !== undefined) await this.deps.races.stop(experiment.current, 'drain');
  }
}

function toRows(race: RaceView): TrialRow[] {
  const { experiment } = race;
  if (!experiment) return [];
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
      words: describeLane(lane, queueOf(race, lane)),
      oversold: lane.oversold,
      lostUpdates: lane.lostUpdates,
    };
  });
}

function refuseExperiment(issues: Refusal['error']['issues']): Refusal {
  return refuse('invalid', 'bad-experiment', 'The experiment cannot be run as asked.', issues);
}

function unknownExperiment(id: string): Refusal {
  return refuse('not-found', 'unknown-experiment', `There is no experiment ${id}.`);
}
