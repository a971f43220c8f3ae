import { draw } from './draw';
import { withinBound } from './preemption';
import type { Choice, Taken } from './search-tree';

/** Walks one schedule down the tree, with each choice drawn evenly from those that the bound on preemptions allows. */
export class RandomWalk {
  /** How likely it was to come to this schedule. */
  probability = 1;

  constructor(
    private readonly seed: number,
    private readonly number: number,
    private readonly preemptions: number | null,
  ) {}

  choose(options: readonly Choice[], taken: readonly Taken[]): string | null {
    const allowed = withinBound(options, taken, this.preemptions);
    this.probability /= allowed.length;
    return allowed[draw(this.seed, this.number, taken.length + 1, allowed.length)]?.token ?? null;
  }
}
