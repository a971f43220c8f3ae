import type { Coverage } from '@/model/exploration';
import type { Run, Transition } from './backend';
import { roundEstimate } from './tree-size';

/** How a search went, beside its counts. */
export interface SearchEnd {
  isReduced: boolean;
  /** Schedules were drawn at random. */
  isSample: boolean;
  /** It was stopped, or could not go on. */
  isStopped: boolean;
  /** Schedules that were taken to have the result of another, and did not. */
  unconfirmed: readonly string[];
  /** Schedules that came to something else when they ran again. */
  unsteady: readonly string[];
  /** What schedules leave for the next. */
  remains: readonly string[];
  /** What they share and change that held something before. */
  foundBefore: readonly string[];
  /** Schedules of the whole tree, estimated; null where nothing tells. */
  estimate: number | null;
  /** Choices that were left. */
  choices: number;
}

/** Counts what a search runs. */
export class SearchTally {
  /** Schedules that ran to their end, each once. */
  run = 0;
  /** Judged schedules, with those that they stand for. */
  schedules = 0;
  /** Schedules drawn at random, the same one perhaps more than once. */
  drawn = 0;
  abandoned = 0;
  /** Choices beyond the bound on preemptions. */
  overPreemptions = 0;
  /** Leases that expired. */
  leases = 0;
  /** Steps that each attempt took at most. */
  readonly steps: number[] = [];
  private cut = 0;
  private readonly cutReasons = new Set<string>();

  constructor(private readonly attempts: number) {}

  /** Counts a schedule that ran to its end for the first time. */
  addRun({ moves, cut }: Run): void {
    this.run += 1;
    for (let i = 0; i < this.attempts; i += 1)
      this.steps[i] = Math.max(this.steps[i] ?? 0, countSteps(moves, i));
    this.leases += moves.filter(({ event }) => event === 'lease').length;
    if (cut === undefined) return;
    this.cut += 1;
    this.cutReasons.add(cut);
  }

  coverage({ isReduced, isSample, isStopped, estimate, choices, ...doubts }: SearchEnd): Coverage {
    const { run, schedules, drawn, abandoned, overPreemptions, cut } = this;
    const { unconfirmed, unsteady, remains, foundBefore } = doubts;
    const isSound = [unconfirmed, unsteady, remains, foundBefore].every(({ length }) => length === 0);
    const isExact = !isSample && overPreemptions === 0 && !isStopped && cut === 0 && isSound;
    // at least one schedule lies beyond every choice that was left out
    const atLeast = schedules + overPreemptions + (isReduced ? 0 : choices);
    return {
      possible: isExact ? schedules : Math.max(roundEstimate(estimate ?? 0), atLeast),
      isExact,
      ...(estimate === null && { isLeast: true }),
      run,
      pruned: isReduced ? schedules - run : 0,
      abandoned,
      sampled: isSample ? run : 0,
      drawn: isSample ? drawn : 0,
      overPreemptions,
      cut,
      cutReasons: [...this.cutReasons].sort(),
      isComplete: isExact,
      ...(unconfirmed.length > 0 && { unconfirmed: [...unconfirmed] }),
      ...(unsteady.length > 0 && { unsteady: [...unsteady] }),
      ...(remains.length > 0 && { remains: [...remains] }),
      ...(foundBefore.length > 0 && { foundBefore: [...foundBefore] }),
    };
  }
}

function countSteps(moves: readonly Transition[], attempt: number): number {
  return moves.filter(({ actor, event }) => actor === attempt && event === 'step').length;
}
