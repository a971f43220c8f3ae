import type { FindingKind } from '../audit/verdict';
import type {
  Coverage,
  Exploration,
  ExplorationPlan,
  ExplorationProgress,
  ScheduleView,
  Undersold,
} from '../exploration';
import { confirmExamples } from './confirm-examples';
import type { Claim } from './confirm-examples';
import { describeCoverage } from './describe-coverage';
import { draw } from './draw';
import { keyOf, OutcomeTable } from './outcome-table';
import type { Ran } from './outcome-table';
import { RandomWalk } from './random-walk';
import { isTooLarge, refuseSize } from './refuse-size';
import { UnexplorableError } from './schedule.server';
import { ROOT, Walk } from './search-tree';
import type { Branch } from './search-tree';
import { simplestOrder } from './simplest-order';
import type { Judgement } from './judge-schedule.server';
import type { Played, Stage } from './stage.server';
import { countSchedules } from './traces';
import { estimateSize } from './size-survey';
import type { SizeEstimate } from './size-survey';
import { roundEstimate, TreeSize } from './tree-size';
import { RefusedInVain, refusedInVain } from './undersold.server';

export interface ExplorationEvents {
  progress?: (progress: ExplorationProgress) => void;
  signal?: AbortSignal;
}

/** The plan would mean more schedules than it allows. */
export class TooManySchedulesError extends Error {
  override readonly name = 'TooManySchedulesError';
}

/** What was taken to commute does not, as a schedule has shown: the search has to begin again. */
export class BeginAgainError extends Error {
  override readonly name = 'BeginAgainError';
}

/** Schedules that are judged together: a statement reads the rows of all. */
const JUDGED_AT_ONCE = 32;

/** Schedules drawn to estimate how many there are: beyond a bound, and where there are too many. */
const SURVEYED = 48;
const SURVEYED_TO_REFUSE = 100;

/** One way through all schedules of a plan. */
export class Search {
  readonly table = new OutcomeTable();
  private readonly inVain = new RefusedInVain();
  private undersold: Undersold | null = null;
  /** Schedules that were taken to come to what another came to, and did not. */
  private unconfirmed: string[] = [];
  private readonly open: Branch[] = [];
  private readonly unjudged: (Played & { schedules: number })[] = [];
  private readonly counts = { run: 0, schedules: 0, drawn: 0, abandoned: 0, overPreemptions: 0, cut: 0 };
  private readonly cutReasons = new Set<string>();
  private readonly seen = new Set<string>();
  private steps: number[] = [];
  private mostAtOnce = 1;
  /** Why it could not go on to its end. */
  private unfinished: string | undefined;
  /** Leases that ran out. */
  private leases = 0;
  /** Of all schedules, and of those that the plan would run. */
  private readonly whole = new TreeSize();
  private readonly planned = new TreeSize();
  private taken = 0;
  /** Of the open branches: there is a schedule at least at the end of each, if nothing is reduced. */
  private choices = 0;

  constructor(
    private readonly stage: Stage,
    private readonly plan: ExplorationPlan,
    private readonly events: ExplorationEvents,
  ) {
    if (plan.sample === null) this.leaveOpen([ROOT]);
  }

  /** @throws TooManySchedulesError, BeginAgainError, and UnexplorableError when not one schedule could be followed to its end */
  async run(): Promise<void> {
    try {
      await this.runAll();
    } catch (error) {
      if (!(error instanceof UnexplorableError) || this.counts.run === 0) throw error;
      this.unfinished = error.message;
    }
    await this.judge(0);
    await this.confirmExamples();
    this.undersold = await this.inVain.against(this.stage);
    await this.tidy();
  }

  private async runAll(): Promise<void> {
    const { sample } = this.plan;
    // the first runs alone: it tells whether more than one may run at once
    const first = await this.next(this.walkOrDraw(0));
    this.mostAtOnce = first.run.isSerializable ? 1 : this.stage.tables.length;
    if (this.plan.preemptions !== null)
      for (const probability of await this.survey(SURVEYED, null)) this.whole.add(1 / probability, 1);
    await (sample === null ? this.inParallel() : this.drawSamples(sample));
  }

  result(violation: ScheduleView | null): Exploration {
    const { strategy } = this.stage;
    const { sample } = this.plan;
    const { run, schedules, drawn, abandoned, overPreemptions, cut } = this.counts;
    const isStopped = (this.events.signal?.aborted ?? false) || this.unfinished !== undefined;
    const isSound = this.unconfirmed.length === 0;
    const isExact = sample === null && overPreemptions === 0 && !isStopped && cut === 0 && isSound;
    // one at least lies beyond every choice that was left out
    const atLeast = schedules + overPreemptions + (this.isReduced() ? 0 : this.choices);
    const possible = isExact ? schedules : Math.max(roundEstimate(this.whole.estimate()), atLeast);
    const coverage: Coverage = {
      possible,
      isExact,
      run,
      pruned: this.isReduced() ? schedules - run : 0,
      abandoned,
      sampled: sample === null ? 0 : run,
      drawn: sample === null ? 0 : drawn,
      overPreemptions,
      cut,
      cutReasons: [...this.cutReasons].sort(),
      isComplete: isExact,
      ...(!isSound && { unconfirmed: this.unconfirmed }),
    };
    const outcomes = this.table.toRows();
    return {
      strategy: strategy.id,
      expected: strategy.expected,
      plan: this.plan,
      coverage,
      outcomes,
      verdict: violation ? 'violated' : 'none-found',
      reason: describeCoverage(coverage, this.plan, {
        outcomes,
        undersold: this.undersold,
        leases: this.leases,
      }),
      violation,
      undersold: this.undersold,
      stepsPerAttempt: this.steps,
      ...(this.unfinished !== undefined && { unfinished: this.unfinished }),
    };
  }

  private isReduced(): boolean {
    const { reduction, sample, preemptions } = this.plan;
    return reduction && sample === null && preemptions === null;
  }

  /** How likely each of some schedules was that are drawn at random from all within a bound. */
  private async survey(count: number, preemptions: number | null): Promise<number[]> {
    const tables = this.stage.tables.slice(0, this.mostAtOnce);
    const probabilities: number[] = [];
    let number = 0;
    await whenAllAreOver(
      tables.map(async (table) => {
        while (number < count && !this.events.signal?.aborted) {
          number += 1;
          const place = number - 1;
          const walk = new RandomWalk(this.plan.seed, number, preemptions);
          const { skus } = await this.stage.play(table, (options, moves) => walk.choose(options, moves));
          this.discarded.push(...skus);
          probabilities[place] = walk.probability;
        }
      }),
    );
    await this.tidy();
    return probabilities;
  }

  private walkOrDraw(number: number): Walk | RandomWalk {
    const { sample, seed, preemptions } = this.plan;
    if (sample !== null) return new RandomWalk(seed, number, preemptions);
    return new Walk(this.takeBranch(), { reduction: this.isReduced(), preemptions });
  }

  /** Any of those that are open: what has been run is then much like the rest, and tells how much there is of it. */
  private takeBranch(): Branch {
    this.taken += 1;
    const place = draw(this.plan.seed, 0, this.taken, this.open.length);
    const last = this.open.pop();
    const branch = place < this.open.length ? this.open.splice(place, 1, ...(last ? [last] : []))[0] : last;
    this.choices -= 1 + (branch?.rest.length ?? 0);
    return branch ?? ROOT;
  }

  private leaveOpen(branches: Branch[]): void {
    this.open.push(...branches);
    for (const { rest } of branches) this.choices += 1 + rest.length;
  }

  private async next(walk: Walk | RandomWalk, table = this.stage.tables[0]) {
    if (!table) throw new Error('there is no table');
    const played = await this.stage.play(table, (options, moves) => walk.choose(options, moves));
    const { moves, isComplete, hasReadOrders } = played.run;
    if (this.isReduced() && hasReadOrders && !this.stage.readsOrders) {
      this.stage.readsOrders = true;
      throw new BeginAgainError('A statement reads orders.');
    }
    const schedules = this.isReduced() && isComplete ? countSchedules(moves) : 1;
    if (walk instanceof Walk) {
      this.counts.overPreemptions += walk.forbidden;
      this.leaveOpen(walk.branches(moves));
      const part = walk.share + walk.empty;
      if (this.plan.preemptions === null) this.whole.add(isComplete ? schedules : 0, part);
      this.planned.add(isComplete ? 1 : 0, part);
    } else {
      this.counts.drawn += 1;
      if (this.plan.preemptions === null) this.whole.add(1 / walk.probability, 1);
    }
    this.note(played, schedules);
    return played;
  }

  private note(played: Played, schedules: number): void {
    const { run } = played;
    if (!run.isComplete) {
      this.counts.abandoned += 1;
      this.discarded.push(...played.skus);
      return;
    }
    if (this.seen.has(run.id)) return void this.discarded.push(...played.skus);
    this.seen.add(run.id);
    this.counts.run += 1;
    for (const [i] of run.receipts.entries()) {
      const steps = run.moves.filter(({ actor, event }) => actor === i && event === 'step').length;
      this.steps[i] = Math.max(this.steps[i] ?? 0, steps);
    }
    this.leases += run.moves.filter(({ event }) => event === 'lease').length;
    if (run.cut !== undefined) {
      this.counts.cut += 1;
      this.cutReasons.add(run.cut);
    }
    this.unjudged.push({ ...played, schedules });
  }

  private readonly discarded: string[] = [];

  /** Keeps every table busy until there is nothing left to run. */
  private async inParallel(): Promise<void> {
    const busy = new Set<Promise<void>>();
    const free = this.stage.tables.slice(0, this.mostAtOnce);
    let failure: unknown;
    let isTooLarge = false;
    for (;;) {
      const table = free.pop();
      const isStopped = (this.events.signal?.aborted ?? false) || failure !== undefined || isTooLarge;
      if (table && this.open.length > 0 && !isStopped) {
        const job = this.next(this.walkOrDraw(0), table)
          .then(() => this.judge(JUDGED_AT_ONCE))
          .catch((error: unknown) => void (failure ??= error))
          .finally(() => {
            free.push(table);
            busy.delete(job);
          });
        busy.add(job);
        continue;
      }
      if (table) free.push(table);
      if (busy.size === 0) break;
      await Promise.race(busy);
      isTooLarge ||= this.isTooLarge();
    }
    if (failure !== undefined) throw failure as Error;
    if (isTooLarge) throw await this.refuse();
  }

  private async drawSamples(sample: number): Promise<void> {
    let number = 1;
    const tables = this.stage.tables.slice(0, this.mostAtOnce);
    await whenAllAreOver(
      tables.map(async (table) => {
        while (number < sample && !this.events.signal?.aborted) {
          const mine = number;
          number += 1;
          await this.next(this.walkOrDraw(mine), table);
          await this.judge(JUDGED_AT_ONCE);
        }
      }),
    );
  }

  /** Judges what waits for it, when that is enough to be worth a question. */
  private async judge(atLeast: number): Promise<void> {
    if (this.unjudged.length < Math.max(1, atLeast)) {
      if (atLeast === 0) await this.tidy();
      return;
    }
    const played = this.unjudged.splice(0);
    const judged = await this.stage.judge(played);
    for (const [i, one] of played.entries()) {
      const judgement = judged[i];
      if (judgement) this.count(one, judgement);
    }
    this.events.progress?.({ run: this.counts.run, open: this.open.length, violated: this.table.violated });
    await this.tidy();
  }

  private count({ run, schedules }: Played & { schedules: number }, judgement: Judgement): void {
    this.counts.schedules += schedules;
    const moves = run.moves.length;
    const preemptions = run.moves.filter(({ isPreemption }) => isPreemption).length;
    const self = { id: run.id, preemptions, moves };
    const standsForOthers = this.isReduced() && run.cut === undefined;
    const simplest = standsForOthers ? { ...simplestOrder(run.moves), moves } : self;
    const ran: Ran = { schedules, self, simplest };
    this.table.add(outcomesOf(judgement), kindsOf(judgement), ran);
    this.inVain.add(refusedInVain(judgement, this.plan.stock), ran);
  }

  private async confirmExamples(): Promise<void> {
    const { stock } = this.plan;
    const claims: Claim<Judgement>[] = [
      ...this.table.entries().map(([key, group]) => ({
        group,
        isSame: (judgement: Judgement) => keyOf(outcomesOf(judgement), kindsOf(judgement)) === key,
      })),
      ...this.inVain.entries().map(([key, group]) => ({
        group,
        isSame: (judgement: Judgement) => refusedInVain(judgement, stock).join() === key,
      })),
    ];
    this.unconfirmed = await confirmExamples(
      claims,
      (id) => this.seen.has(id),
      (id) => this.stage.replay(id),
    );
  }

  private async tidy(): Promise<void> {
    await this.stage.clear(this.discarded.splice(0));
  }

  /** Whether the plan means more schedules than it allows, as far as can be told by now. */
  private isTooLarge(): boolean {
    return isTooLarge(
      { atLeast: this.atLeast(), about: this.planned.estimate(), seen: this.counts.run },
      this.plan,
    );
  }

  private atLeast(): number {
    return this.counts.run + (this.isReduced() ? 0 : this.choices);
  }

  private async refuse(): Promise<TooManySchedulesError> {
    const drawn = await this.survey(SURVEYED_TO_REFUSE, this.plan.preemptions);
    const size: SizeEstimate = estimateSize(drawn);
    return new TooManySchedulesError(refuseSize({ atLeast: this.atLeast(), ...size }, this.plan));
  }
}

function outcomesOf({ ends }: Judgement): string[] {
  return ends.map(({ outcome }) => outcome);
}

function kindsOf({ findings }: Judgement): FindingKind[] {
  return findings.map(({ kind }) => kind);
}

/** Resolves when all have ended, and fails if one did: until then each may still use what it was given. */
async function whenAllAreOver(jobs: Promise<void>[]): Promise<void> {
  for (const one of await Promise.allSettled(jobs)) if (one.status === 'rejected') throw one.reason as Error;
}
