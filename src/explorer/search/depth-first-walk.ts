import { conflict } from './access-set';
import type { AccessSet } from './access-set';
import type { Enabled, Transition } from './backend';
import { lastToStep, withinBound } from './preemption';

/** A part of the tree that is still to be run: everything below these choices. */
export interface Branch {
  /** Tokens up to and including the first choice of this branch. */
  prefix: string[];
  /** The sleep set: choices at the same place that are explored before this one, with what they touch. */
  sleepSet: Map<string, AccessSet>;
  /** Choices at the same place that come after it. */
  rest: string[];
  /** Share of the tree that this choice is, and each of the rest: 1 for all, split evenly at every choice. */
  share: number;
}

export interface SearchRules {
  /** Whether orders of moves that cannot affect each other are run only once. */
  reduction: boolean;
  preemptions: number | null;
}

export const ROOT: Branch = { prefix: [], sleepSet: new Map(), rest: [], share: 1 };

/**
 * Walks one schedule down the tree of all schedules, and returns afterwards which branches are still to be run.
 *
 * The tree is not known in advance: how many steps an attempt takes depends on what it sees. So each run follows a
 * known prefix and then goes on as it finds things (stateless model checking). The reduction uses sleep sets
 * (Godefroid, Partial-Order Methods for the Verification of Concurrent Systems, 1996): a choice that has been explored
 * at a place is not taken again below its siblings until something has happened that does not commute with it. A move
 * that touched nothing, and that its attempt had no choice but to take, needs no siblings: what the other attempts
 * can do before it, they can do after it. What a move touches is known only after it has run, so a sibling is
 * handed out only when the one before it has taken its first move.
 */
export class DepthFirstWalk {
  /** Places below the prefix where the schedule had a choice. */
  private readonly forks: {
    depth: number;
    sleepSet: Map<string, AccessSet>;
    others: string[];
    share: number;
  }[] = [];
  private sleepSet: Map<string, AccessSet>;
  private counted = 0;
  /** Share of the tree that this schedule alone is. */
  share: number;
  /** Share of the tree that turned out to be empty. */
  empty = 0;
  /** Choices that the bound on preemptions forbade. */
  forbidden = 0;

  constructor(
    private readonly branch: Branch,
    private readonly rules: SearchRules,
  ) {
    this.sleepSet = new Map(branch.sleepSet);
    this.share = branch.share;
  }

  /** The next choice; null when everything below has been run elsewhere. */
  choose(options: readonly Enabled[], taken: readonly Transition[]): string | null {
    this.catchUp(taken);
    const { prefix } = this.branch;
    const depth = taken.length;
    if (depth < prefix.length) return prefix[depth] ?? null;
    const allowed = withinBound(options, taken, this.rules.preemptions);
    this.forbidden += options.length - allowed.length;
    const awake = allowed.filter(({ token }) => !this.sleepSet.has(token));
    const next =
      (this.rules.reduction ? awake.find(({ isLocal }) => isLocal) : null) ?? preferred(awake, taken);
    if (!next) return null;
    const others = awake.flatMap(({ token }) => (token === next.token ? [] : [token]));
    if (others.length > 0) {
      this.share /= others.length + 1;
      this.forks.push({ depth, sleepSet: new Map(this.sleepSet), others, share: this.share });
    }
    return next.token;
  }

  /** Branches that this walk has found; call it after the walk is over. */
  branches(taken: readonly Transition[]): Branch[] {
    this.catchUp(taken);
    const tokens = taken.map(({ token }) => token);
    const found = this.forks.flatMap(({ depth, sleepSet, others, share }): Branch[] => {
      const first = taken[depth];
      if (this.rules.reduction && first && isAlone(first, others)) {
        this.empty += share * others.length;
        return [];
      }
      return [this.sibling({ prefix: tokens.slice(0, depth), sleepSet, rest: others, share }, first)];
    });
    const { prefix, rest } = this.branch;
    const own = taken[prefix.length - 1];
    if (rest.length > 0 && own)
      found.push(this.sibling({ ...this.branch, prefix: prefix.slice(0, -1) }, own));
    return found;
  }

  /** The first of the rest, once the choice before it has taken its first move. */
  private sibling(
    { prefix, sleepSet, rest: [next = '', ...rest], share }: Branch,
    first?: Transition,
  ): Branch {
    const before = new Map(sleepSet);
    if (first && this.rules.reduction) before.set(first.token, first.accessSet);
    return { prefix: [...prefix, next], sleepSet: before, rest, share };
  }

  /** Wakes the choices that the latest moves could affect. */
  private catchUp(taken: readonly Transition[]): void {
    for (; this.counted < taken.length; this.counted += 1) {
      const move = taken[this.counted];
      if (!move) continue;
      // above the place of the branch, only the sleep set that came with it sleeps
      if (this.counted < this.branch.prefix.length - 1) continue;
      for (const [token, accessSet] of this.sleepSet)
        if (conflict(accessSet, move.accessSet) || isSameAttempt(token, move)) this.sleepSet.delete(token);
    }
  }
}

/** Stays with the same attempt where it can, so that the first schedules are the simplest. */
function preferred(awake: readonly Enabled[], taken: readonly Transition[]): Enabled | undefined {
  const last = lastToStep(taken);
  return awake.find(({ actor, event }) => event === 'step' && actor === last) ?? awake[0];
}

/** Whether a move touched nothing, and its attempt could not have died instead. */
function isAlone(move: Transition, others: readonly string[]): boolean {
  return move.accessSet.size === 0 && !others.some((token) => isSameAttempt(token, move));
}

/**
 * Whether a token is of the move's own attempt, whose next move depends on it. The end of a lease is not the attempt's
 * doing.
 */
function isSameAttempt(token: string, { actor, event }: Transition): boolean {
  const isLease = token.endsWith('*');
  if (isLease !== (event === 'lease')) return false;
  return token.charCodeAt(0) - 97 === actor;
}
