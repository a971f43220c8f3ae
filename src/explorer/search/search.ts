import type {
  Coverage,
  ExplorationPlan,
  ExplorationProgress,
  OutcomeRow,
  Undersold,
} from '@/model/exploration';
import type { FindingKind } from '@/model/verdict';
import { UnexplorableError, untilFollowed } from './backend';
import type { Backend, Judged, Played } from './backend';
import { confirmExamples, type Claim } from './confirm-examples';
import { DepthFirstWalk, ROOT } from './depth-first-walk';
import { Frontier } from './frontier';
import { keyOf, OutcomeTable, type Ran } from './outcome-table';
import { RandomWalk } from './random-walk';
import { isTooLarge, refuseSize, type TooManySchedulesError } from './refuse-size';
import { ScheduleRunner } from './schedule-runner';
import { simplestOrder } from './simplest-order';
import { estimateSize } from './size-survey';
import { countSchedules } from './traces';
import { SearchTally } from './search-tally';
import { TreeSize } from './tree-size';
import { RefusedInVain } from './undersold';

export interface ExplorationEvents {
  progress?: (progress: ExplorationProgress) => void;
  signal?: AbortSignal;
}

/** The part of a plan that bounds the search. */
export type SearchPlan = Pick<
  ExplorationPlan,
  'reduction' | 'maxSchedules' | 'preemptions' | 'sample' | 'maxRetries' | 'seed'
>;

/** What a search found. */
export interface SearchResult<Kind extends string> {
  coverage: Coverage;
  /** Most schedules first. */
  outcomes: OutcomeRow<Kind>[];
  /** The id of the simplest schedule with a finding. */
  violation: string | undefined;
  undersold: Undersold | null;
  /** Steps that each attempt took at most. */
  stepsPerAttempt: number[];
  /** Leases that expired. */
  leases: number;
  /** Why the search could not run to its end. */
  unfinished: string | undefined;
}

/** Schedules that are judged together: one statement reads the rows of all. */
const JUDGED_AT_ONCE = 32;

/** Schedules drawn to estimate how many there are: beyond a bound, and where there are too many. */
const SURVEYED = 48;
const SURVEYED_TO_REFUSE = 100;

/** One walk through all schedules of a plan. */
export class Search<P extends Played, J extends Judged<Kind>, Kind extends string = FindingKind> {
  private readonly outcomes = new OutcomeTable<Kind>();
  private readonly inVain: RefusedInVain<P, J>;
  private undersold: Undersold | null = null;
  /** Schedules that were taken to have the result of another, and did not. */
  private unconfirmed: string[] = [];
  private readonly frontier: Frontier;
  private readonly unjudged: (P & { schedules: number })[] = [];
  private readonly tally: SearchTally;
  private readonly seen = new Set<string>();
  private readonly runner: ScheduleRunner<P, J>;
  /** Schedules that came to something else when they ran again. */
  private unsteady: string[] = [];
  private tooLarge = false;
  /** Why the search could not run to its end. */
  private unfinished: string | undefined;
  /** The size of the whole tree, and of the part that the plan would run. */
  private readonly whole = new TreeSize();
  private readonly planned = new TreeSize();

  constructor(
    private readonly backend: Backend<P, J>,
    private readonly plan: SearchPlan,
    private readonly events: ExplorationEvents,
    /** One schedule at a time, whatever the first one shares. */
    private readonly isAlone = false,
  ) {
    this.runner = new ScheduleRunner(backend, () => this.judge(1), events.signal);
    this.inVain = new RefusedInVain(backend);
    this.tally = new SearchTally(backend.attempts);
    this.frontier = new Frontier(plan.seed, plan.sample === null ? [ROOT] : []);
  }

  /** Whether schedules that ran at once disturbed each other: then the search has no result, and has to run alone. */
  get isDisturbed(): boolean {
    return this.runner.isDisturbed;
  }

  /**
   * @throws TooManySchedulesError, and UnexplorableError when no schedule was followed to its end
   */
  async run(): Promise<void> {
    try {
      await this.unlessStopped(() => this.runAll());
    } catch (error) {
      if (!this.isDisturbed && (!(error instanceof UnexplorableError) || this.tally.run === 0)) throw error;
      this.unfinished = (error as Error).message;
    }
    if (this.isDisturbed) {
      this.runner.discard(...this.unjudged.splice(0));
      return this.runner.tidy();
    }
    if (this.isStopped() && this.tally.run === 0)
      throw new UnexplorableError('It was stopped before a schedule had ended.');
    await this.judge(0);
    await this.confirmExamples();
    this.undersold = await this.unlessStopped(() => this.inVain.compareWithSerialOrders(this.events.signal));
    await this.runner.tidy();
  }

  result(): SearchResult<Kind> {
    return {
      coverage: this.coverage(),
      outcomes: this.outcomes.toRows(),
      violation: this.outcomes.violation(),
      undersold: this.undersold,
      stepsPerAttempt: this.tally.steps,
      leases: this.tally.leases,
      unfinished: this.unfinished,
    };
  }

  private coverage(): Coverage {
    const isStopped = this.isStopped() || this.unfinished !== undefined;
    const isSample = this.plan.sample !== null;
    // where a stopped search has been tells nothing of the rest of the tree, unless schedules were drawn at random
    const isUnknown = isStopped && !isSample && this.plan.preemptions === null;
    return this.tally.coverage({
      ...{ isReduced: this.isReduced(), isSample, isStopped, unconfirmed: this.unconfirmed },
      ...{
        unsteady: this.unsteady,
        remains: this.runner.shared.remains,
        foundBefore: this.backend.foundBefore ?? [],
      },
      estimate: isUnknown ? null : this.whole.estimate(),
      choices: this.frontier.choices,
    });
  }

  private async runAll(): Promise<void> {
    // the first schedule runs alone: it tells whether more than one may run at once
    const first = await this.next(0, 0);
    if (!this.isAlone) this.runner.runAtOnce(first.run);
    if (this.plan.preemptions !== null)
      for (const probability of await this.survey(SURVEYED, null)) this.whole.add(1 / probability, 1);
    await (this.plan.sample === null ? this.runTree() : this.drawSample(this.plan.sample));
  }

  private async runTree(): Promise<void> {
    await this.runner.fill((slot) => {
      if (this.isOver()) return undefined;
      this.tooLarge ||= this.isTooLarge();
      if (this.tooLarge || this.frontier.size === 0) return undefined;
      return this.next(0, slot).then(() => this.judge(JUDGED_AT_ONCE));
    });
    if (this.tooLarge) throw await this.refuse();
  }

  private async drawSample(sample: number): Promise<void> {
    let drawn = 1;
    await this.runner.fill((slot) => {
      if (drawn >= sample || this.isOver()) return undefined;
      drawn += 1;
      return this.next(drawn - 1, slot).then(() => this.judge(JUDGED_AT_ONCE));
    });
  }

  /** Draws schedules at random from all within a bound, and returns the probability of each. */
  private async survey(count: number, preemptions: number | null): Promise<number[]> {
    const probabilities: number[] = [];
    let drawn = 0;
    await this.runner.fill((slot) => {
      if (drawn >= count || this.isOver()) return undefined;
      const place = drawn;
      drawn += 1;
      const walk = new RandomWalk(this.plan.seed, drawn, preemptions);
      return this.runner.play(slot, walk).then((played) => {
        this.runner.discard(played);
        probabilities[place] = walk.probability;
      });
    });
    await this.runner.tidy();
    return probabilities;
  }

  /** Runs the next schedule of the tree, or the draw of this number. */
  private async next(draw: number, slot: number): Promise<P> {
    const { plan } = this;
    if (plan.sample !== null) {
      const walk = new RandomWalk(plan.seed, draw, plan.preemptions);
      const played = await this.runner.play(slot, walk);
      this.tally.drawn += 1;
      if (plan.preemptions === null) this.whole.add(1 / walk.probability, 1);
      this.note(played, 1);
      return played;
    }
    const node = this.frontier.take();
    const { walk, played } = await untilFollowed(async () => {
      const options = { reduction: this.isReduced(), preemptions: plan.preemptions };
      const own = new DepthFirstWalk(node, options);
      return { walk: own, played: await this.runner.play(slot, own) };
    });
    const { moves, isComplete } = played.run;
    const schedules = this.isReduced() && isComplete ? countSchedules(moves) : 1;
    this.tally.overPreemptions += walk.forbidden;
    this.frontier.add(walk.branches(moves));
    const part = walk.share + walk.empty;
    if (plan.preemptions === null) this.whole.add(isComplete ? schedules : 0, part);
    this.planned.add(isComplete ? 1 : 0, part);
    this.note(played, schedules);
    return played;
  }

  private note(played: P, schedules: number): void {
    const { id, isComplete } = played.run;
    if (!isComplete) this.tally.abandoned += 1;
    if (!isComplete || this.seen.has(id)) return void this.runner.discard(played);
    this.seen.add(id);
    this.tally.addRun(played.run);
    this.unjudged.push({ ...played, schedules });
  }

  /** Judges the waiting schedules once there are enough of them to be worth a query. */
  private async judge(atLeast: number): Promise<void> {
    if (this.unjudged.length < Math.max(1, atLeast)) {
      if (atLeast === 0) await this.runner.tidy();
      return;
    }
    const played = this.unjudged.splice(0);
    const judged = await this.backend.judge(played);
    for (const [i, one] of played.entries()) {
      const judgement = judged[i];
      if (judgement) this.count(one, judgement);
    }
    const { run } = this.tally;
    this.events.progress?.({ run, open: this.frontier.size, violated: this.outcomes.violated });
    await this.runner.tidy();
  }

  private count({ run, schedules }: P & { schedules: number }, judged: J): void {
    this.tally.schedules += schedules;
    const moves = run.moves.length;
    const preemptions = run.moves.filter(({ isPreemption }) => isPreemption).length;
    const self = { id: run.id, preemptions, moves };
    const standsForOthers = this.isReduced() && run.cut === undefined;
    const simplest = standsForOthers ? { ...simplestOrder(run.moves), moves } : self;
    const ran: Ran = { schedules, self, simplest };
    this.outcomes.add(judged.outcomes, judged.kinds, ran);
    this.inVain.add(judged.refusedInVain, ran);
  }

  private async confirmExamples(): Promise<void> {
    const claims: Claim<J>[] = [
      ...this.outcomes.entries().map(([key, group]) => ({
        group,
        isSame: ({ outcomes, kinds }: J) => keyOf(outcomes, kinds) === key,
      })),
      ...this.inVain.entries().map(([key, group]) => ({
        group,
        isSame: ({ refusedInVain }: J) => refusedInVain.join() === key,
      })),
    ];
    // where a schedule may leave something behind, one that has run may come to something else when it runs again
    const refuted = await confirmExamples(
      claims,
      (id) => this.seen.has(id) && !this.runner.shared.mayRemain,
      (id) => this.backend.replay(id, this.events.signal),
      () => this.isStopped(),
    );
    this.unsteady = refuted.filter((id) => this.seen.has(id));
    this.unconfirmed = refuted.filter((id) => !this.seen.has(id));
  }

  private isReduced(): boolean {
    const { reduction, sample, preemptions } = this.plan;
    return reduction && sample === null && preemptions === null;
  }

  private isOver(): boolean {
    return this.isStopped() || this.isDisturbed;
  }

  /** Null for work that a stop has ended. */
  private async unlessStopped<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.isStopped()) return null;
    try {
      return await work();
    } catch (error) {
      if (this.isStopped() && error instanceof UnexplorableError) return null;
      throw error;
    }
  }

  private isStopped(): boolean {
    return this.events.signal?.aborted ?? false;
  }

  /** Whether the plan would run more schedules than it allows, as far as the search can tell now. */
  private isTooLarge(): boolean {
    const size = { atLeast: this.atLeast(), about: this.planned.estimate(), seen: this.tally.run };
    return isTooLarge(size, this.plan);
  }

  private atLeast(): number {
    return this.tally.run + (this.isReduced() ? 0 : this.frontier.choices);
  }

  private async refuse(): Promise<TooManySchedulesError> {
    const size = estimateSize(await this.survey(SURVEYED_TO_REFUSE, this.plan.preemptions));
    return refuseSize(
      { atLeast: this.atLeast(), ...size },
      { ...this.plan, attempts: this.backend.attempts },
    );
  }
}
