import { ROOT } from './depth-first-walk';
import type { Branch } from './depth-first-walk';
import { draw } from './draw';

/** The branches of the tree that are still to be run. */
export class Frontier {
  private readonly branches: Branch[] = [];
  private taken = 0;
  /** Each ends in at least one schedule, if nothing is reduced. */
  choices = 0;

  constructor(
    private readonly seed: number,
    branches: readonly Branch[],
  ) {
    this.add(branches);
  }

  get size(): number {
    return this.branches.length;
  }

  add(branches: readonly Branch[]): void {
    this.branches.push(...branches);
    for (const { rest } of branches) this.choices += 1 + rest.length;
  }

  /** Takes any branch, by the seed: the schedules run are then much like the rest, and tell how many there are. */
  take(): Branch {
    this.taken += 1;
    const place = draw(this.seed, 0, this.taken, this.branches.length);
    const last = this.branches.pop();
    const drawn = this.branches[place];
    if (drawn && last) this.branches[place] = last;
    const branch = drawn ?? last ?? ROOT;
    this.choices -= 1 + branch.rest.length;
    return branch;
  }
}
