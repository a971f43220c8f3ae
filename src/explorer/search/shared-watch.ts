import type { Run, Shared, Transition } from './backend';

/** Follows what schedules share beyond their items, since it decides whether they may run at once. */
export class SharedWatch {
  /** Ends the schedules that run at once, since they may have disturbed each other. */
  readonly disturbance = new AbortController();
  /** Whether something is shared by more than its own transaction's rows of an item. */
  isShared = false;
  /** Whether the explorer cannot see what a schedule leaves for the next. */
  mayRemain = false;
  /** What a schedule certainly leaves for the next. */
  private readonly remaining = new Set<string>();
  private isAtOnce = false;

  /** Whether schedules that ran at once shared something. */
  get isDisturbed(): boolean {
    return this.disturbance.signal.aborted;
  }

  get remains(): string[] {
    return [...this.remaining].sort();
  }

  /** Schedules run at once from now on. */
  runAtOnce(): void {
    this.isAtOnce = true;
  }

  /** Looks at a move when it is over. */
  see({ shared = [] }: Pick<Transition, 'shared'>): void {
    for (const one of shared) this.add(one);
    if (this.isShared && this.isAtOnce) this.disturbance.abort();
  }

  /** Looks at a schedule when it is over. */
  seeRun({ moves, isSerializable }: Run): void {
    for (const move of moves) this.see(move);
    // PostgreSQL watches their reads by the page, so that those of one schedule fail those of another
    if (isSerializable && this.isAtOnce) this.disturbance.abort();
  }

  private add({ what, remains }: Shared): void {
    this.isShared = true;
    this.mayRemain ||= remains !== 'no';
    if (remains === 'yes') this.remaining.add(what);
  }
}
