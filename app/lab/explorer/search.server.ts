import type {
  Coverage,
  Exploration,
  ExplorationPlan,
  ExplorationProgress,
  ScheduleView,
} from '../exploration';
import { draw } from './draw';
import { OutcomeTable } from './outcome-table';
import type { Chooser } from './schedule.server';
import { ROOT, Walk } from './search-tree';
import type { Branch } from './search-tree';
import { simplestOrder } from './simplest-order';
import type { Played, Stage } from './stage.server';
import { countMerges, countSchedules } from './traces';

export interface ExplorationEvents {
  progress?: (progress: ExplorationProgress) => void;
  signal?: AbortSignal;
}

/** The plan would mean more schedules than it allows. */
export class TooManySchedulesError extends Error {
  override readonly name = 'TooManySchedulesError';
}

/** Schedules that are judged together: a statement reads the rows of all. */
const JUDGED_AT_ONCE = 32;

/** One way through all schedules of a plan. */
export class Search {
  readonly table = new OutcomeTable();
  private open: Branch[] = [ROOT];
  private readonly unjudged: Played[] = [];
  private readonly counts = { run: 0, schedules: 0, abandoned: 0, overPreemptions: 0, cut: 0 };
  private readonly cutReasons = new Set<string>();
  private readonly seen = new Set<string>();
  private steps: number[] = [];
  private mostAtOnce = 1;
  private estimate = 0;

  constructor(
    private readonly stage: Stage,
    private readonly plan: ExplorationPlan,
    private readonly events: ExplorationEvents,
  ) {}

  async run(): Promise<void> {
    const { sample, reduction, maxSchedules } = this.plan;
    // the first runs alone: it tells how many there may be, and whether more than one may run at once
    const first = await this.next(this.branchOrSample(0));
    this.mostAtOnce = first.run.isSerializable ? 1 : this.stage.tables.length;
    // one who was told sold out has taken fewer steps than it may
    this.estimate = countMerges(this.steps.map(() => Math.max(...this.steps)));
    if (
      sample === null &&
      !this.isReduced() &&
      this.plan.preemptions === null &&
      this.estimate > maxSchedules
    )
      throw this.tooMany(`about ${this.estimate.toLocaleString('en')} schedules`, reduction);
    await (sample === null ? this.inParallel() : this.drawSamples(sample));
    await this.judge(0);
  }

  result(violation: ScheduleView | null): Exploration {
    const { strategy } = this.stage;
    const { sample, preemptions } = this.plan;
    const { run, schedules, abandoned, overPreemptions, cut } = this.counts;
    const isStopped = this.events.signal?.aborted ?? false;
    const isExact = sample === null && overPreemptions === 0 && !isStopped && cut === 0;
    const possible = isExact ? schedules : Math.max(this.estimate, schedules);
    const coverage: Coverage = {
      possible,
      isExact,
      run,
      pruned: this.isReduced() ? schedules - run : 0,
      abandoned,
      sampled: sample === null ? 0 : run,
      overPreemptions,
      cut,
      cutReasons: [...this.cutReasons].sort(),
      isComplete: isExact,
    };
    const bounds = preemptions === null ? '' : ` with at most ${preemptions} preemptions`;
    return {
      strategy: strategy.id,
      expected: strategy.expected,
      plan: this.plan,
      coverage,
      outcomes: this.table.toRows(),
      verdict: violation ? 'violated' : 'none-found',
      reason: describeResult(coverage, this.table.violated, bounds),
      violation,
      stepsPerAttempt: this.steps,
    };
  }

  private isReduced(): boolean {
    const { reduction, sample, preemptions } = this.plan;
    return reduction && sample === null && preemptions === null;
  }

  private branchOrSample(number: number): { branch?: Branch; choose: Chooser; walk?: Walk } {
    const { sample, seed, preemptions } = this.plan;
    if (sample !== null) {
      const choose: Chooser = (options, moves) =>
        options[draw(seed, number, moves.length + 1, options.length)]?.token ?? null;
      return { choose };
    }
    const branch = this.open.pop() ?? ROOT;
    const walk = new Walk(branch, { reduction: this.isReduced(), preemptions });
    return { branch, walk, choose: (options, moves) => walk.choose(options, moves) };
  }

  private async next({ choose, walk }: { choose: Chooser; walk?: Walk }, table = this.stage.tables[0]) {
    if (!table) throw new Error('there is no table');
    const played = await this.stage.play(table, choose);
    const { run } = played;
    if (walk) {
      this.counts.overPreemptions += walk.forbidden;
      this.open.push(...walk.branches(run.moves));
    }
    this.note(played);
    return played;
  }

  private note(played: Played): void {
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
    if (run.cut !== undefined) {
      this.counts.cut += 1;
      this.cutReasons.add(run.cut);
    }
    this.unjudged.push(played);
  }

  private readonly discarded: string[] = [];

  /** Keeps every table busy until there is nothing left to run. */
  private async inParallel(): Promise<void> {
    const busy = new Set<Promise<void>>();
    const free = this.stage.tables.slice(0, this.mostAtOnce);
    let failure: unknown;
    for (;;) {
      const table = free.pop();
      const isStopped = (this.events.signal?.aborted ?? false) || failure !== undefined;
      if (table && this.open.length > 0 && !isStopped) {
        const job = this.next(this.branchOrSample(0), table)
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
      if (this.counts.run > this.plan.maxSchedules)
        failure ??= this.tooMany(`more than ${this.plan.maxSchedules.toLocaleString('en')} schedules`, true);
    }
    if (failure !== undefined) throw failure as Error;
  }

  private async drawSamples(sample: number): Promise<void> {
    let number = 1;
    const tables = this.stage.tables.slice(0, this.mostAtOnce);
    const drawn = await Promise.allSettled(
      tables.map(async (table) => {
        while (number < sample && !this.events.signal?.aborted) {
          const mine = number;
          number += 1;
          await this.next(this.branchOrSample(mine), table);
          await this.judge(JUDGED_AT_ONCE);
        }
      }),
    );
    for (const one of drawn) if (one.status === 'rejected') throw one.reason as Error;
  }

  /** Judges what waits for it, when that is enough to be worth a question. */
  private async judge(atLeast: number): Promise<void> {
    if (this.unjudged.length < Math.max(1, atLeast)) {
      if (atLeast === 0) await this.tidy();
      return;
    }
    const played = this.unjudged.splice(0);
    const judged = await this.stage.judge(played);
    for (const [i, { run }] of played.entries()) {
      const judgement = judged[i];
      if (!judgement) continue;
      const isReduced = this.isReduced();
      const schedules = isReduced ? countSchedules(run.moves) : 1;
      this.counts.schedules += schedules;
      const simplest =
        isReduced && run.cut === undefined
          ? simplestOrder(run.moves)
          : { id: run.id, preemptions: run.moves.filter(({ isPreemption }) => isPreemption).length };
      const outcomes = judgement.ends.map(({ outcome }) => outcome);
      this.table.add(
        outcomes,
        judgement.findings.map(({ kind }) => kind),
        schedules,
        { ...simplest, moves: run.moves.length },
      );
    }
    this.events.progress?.({ run: this.counts.run, open: this.open.length, violated: this.table.violated });
    await this.tidy();
  }

  private async tidy(): Promise<void> {
    await this.stage.clear(this.discarded.splice(0));
  }

  private tooMany(how: string, isReduced: boolean): TooManySchedulesError {
    const reduce = isReduced ? '' : 'leave reduction on, ';
    return new TooManySchedulesError(
      `This means ${how}, and ${this.plan.maxSchedules.toLocaleString('en')} are allowed. Raise maxSchedules, ${reduce}` +
        'or bound it with preemptions (2 find most faults) or sample.',
    );
  }
}

function describeResult(coverage: Coverage, violated: number, bounds: string): string {
  const { run, possible, isExact, sampled, cut } = coverage;
  const whole = isExact
    ? `all ${possible.toLocaleString('en')} schedules of these steps`
    : `the ${run.toLocaleString('en')} schedules that were run${bounds} of about ${possible.toLocaleString('en')}`;
  const limits = [
    sampled > 0 ? 'They were drawn at random.' : '',
    cut > 0 ? `${cut.toLocaleString('en')} were cut off and went on in one order only.` : '',
  ].filter((text) => text !== '');
  const found =
    violated > 0
      ? `Of ${whole}, some break an invariant.`
      : `No schedule of these steps within the bound breaks an invariant: ${whole} were covered.`;
  return [found, ...limits].join(' ');
}
