import { draw } from './draw';
import { withinBound } from './preemption';
import type { Enabled, Transition } from './backend';

/**
 * One in this many choices is a death or the end of a lease, where one is possible: most schedules would end early
 * otherwise.
 */
const EVENT_ONCE_IN = 8;

/** Walks one schedule down the tree, and draws each choice from those within the bound on preemptions. */
export class RandomWalk {
  /** The probability of this schedule. */
  probability = 1;

  constructor(
    private readonly seed: number,
    private readonly number: number,
    private readonly preemptions: number | null,
  ) {}

  choose(options: readonly Enabled[], taken: readonly Transition[]): string | null {
    const allowed = withinBound(options, taken, this.preemptions);
    const steps = allowed.filter(({ event }) => event === 'step');
    const events = allowed.filter(({ event }) => event !== 'step');
    const depth = 2 * taken.length;
    if (steps.length === 0 || events.length === 0) return this.pick(allowed, depth + 2);
    const isEvent = draw(this.seed, this.number, depth + 1, EVENT_ONCE_IN) === 0;
    this.probability *= isEvent ? 1 / EVENT_ONCE_IN : 1 - 1 / EVENT_ONCE_IN;
    return this.pick(isEvent ? events : steps, depth + 2);
  }

  private pick(from: readonly Enabled[], count: number): string | null {
    this.probability /= from.length;
    return from[draw(this.seed, this.number, count, from.length)]?.token ?? null;
  }
}
