import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Slot } from './schedule';
import { AFTERWARDS } from './step-names';
import { UnexplorableError } from '@/explorer/search/backend';
import { nowUs } from '@/lib/clock';
import type { Actor } from './actor';

/** Timeout of a move, ms: by then it has ended, or waits for a lock that the server knows of. */
const MOVE_MS = 30_000;
const LOOK_AGAIN_MS = 2;
/**
 * An attempt that waits in memory, without a step that says so, counts as waiting after this many ms and this many
 * looks: a busy machine may not run this process for a second.
 */
const QUIET_MS = 1_000;
const QUIET_LOOKS = 100;
/** Statements that may let other attempts go on. */
const FREES = /\b(commit|rollback|release)\b|unlock/i;
const NOBODY = new Map<Actor, Actor[]>();

/** What each attempt waits for: other attempts, as the server reports, or something in the memory of the process. */
type Waits = Map<Actor, (Actor | 'memory')[]>;

/** Since when, and for how many looks, nothing has changed. */
interface Quiet {
  sinceUs: number;
  looks: number;
}

/** Detects the end of a move. No attempt goes on by itself, and the server reports which backend waits for which. */
export class Quiescence {
  private waits: Waits = new Map();
  private changes = 0;
  private onChange: (() => void) | undefined;

  constructor(
    private readonly slot: Slot,
    private readonly actors: Actor[],
    private readonly describe: () => string,
    private readonly signal?: AbortSignal,
  ) {}

  /** Called when an attempt has done something. */
  changed(): void {
    this.changes += 1;
    this.onChange?.();
  }

  isWaiting(actor: Actor): boolean {
    return this.waits.has(actor);
  }

  waitsFor(actor: Actor): (Actor | 'memory')[] {
    return this.waits.get(actor) ?? [];
  }

  /** What each attempt waits for now. */
  snapshot(): ReadonlyMap<Actor, (Actor | 'memory')[]> {
    return new Map(this.waits);
  }

  forget(actor: Actor): void {
    this.waits.delete(actor);
  }

  /**
   * Resolves when every attempt is ready, sleeps, waits or has ended.
   *
   * @throws UnexplorableError when the attempts do not get there, one cannot be followed, or the schedule is to end
   */
  async reach(): Promise<void> {
    const giveUpAt = nowUs() + MOVE_MS * 1_000;
    const quiet: Quiet = { sinceUs: nowUs(), looks: 0 };
    for (;;) {
      if (this.signal?.aborted) throw new UnexplorableError('The schedule was ended.');
      const seen = this.changes;
      const isReached = await this.isReached(quiet);
      const fault = this.actors.find((actor) => actor.fault !== undefined)?.fault;
      if (fault !== undefined) throw new UnexplorableError(fault);
      if (isReached) return;
      if (nowUs() > giveUpAt) throw new UnexplorableError(this.describe());
      await this.changeOrPause(seen);
      quiet.looks += 1;
      if (this.changes !== seen) Object.assign(quiet, { sinceUs: nowUs(), looks: 0 });
    }
  }

  private changeOrPause(seen: number): Promise<void> {
    if (this.changes !== seen) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_AGAIN_MS);
      this.onChange = () => {
        clearTimeout(timer);
        this.onChange = undefined;
        resolve();
      };
    });
  }

  private async isReached(quiet: Quiet): Promise<boolean> {
    const running = this.actors.filter(({ doing }) => doing === 'running');
    if (running.length === 0) {
      // an attempt whose work goes on is about to return what its buyer is told
      if (this.actors.some(({ pending, hasAnswered }) => pending === AFTERWARDS && !hasAnswered))
        await nextTurn();
      this.waits.clear();
      return true;
    }
    const { isTold } = this.slot.monitor;
    if (
      running.some(
        ({ opening, redisInFlight, sqlInFlight, isWaiting }) =>
          opening + redisInFlight > 0 || (isTold && sqlInFlight > 0 && !isWaiting),
      )
    )
      return false;
    const inMemory = running.filter(({ sqlInFlight }) => sqlInFlight === 0);
    if (inMemory.length > 0 && !(await this.areQuiet(inMemory, quiet))) return false;
    const inPostgres = running.filter(({ sqlInFlight }) => sqlInFlight > 0);
    const waits = inPostgres.length === 0 ? NOBODY : await this.askWhoBlocks(inPostgres);
    if (!waits) return false;
    this.waits = new Map<Actor, (Actor | 'memory')[]>(waits);
    for (const actor of inMemory) this.waits.set(actor, ['memory']);
    return true;
  }

  /** Whether attempts with nothing in flight still wait after all callbacks that were due in this process have run. */
  private async areQuiet(actors: Actor[], { sinceUs, looks }: Quiet): Promise<boolean> {
    const seen = this.changes;
    await nextTurn();
    await nextTurn();
    await nextTurn();
    const isStill = this.changes === seen && actors.every(({ doing }) => doing === 'running');
    const isDeclared = actors.every(({ pending }) => pending?.kind === 'memory lock');
    const isLong = looks >= QUIET_LOOKS && nowUs() - sinceUs > QUIET_MS * 1_000;
    return isStill && (isDeclared || isLong);
  }

  /**
   * What each attempt waits for, as the server reports; null while an attempt does not wait, or while a deadlock lasts.
   */
  private async askWhoBlocks(actors: Actor[]): Promise<Map<Actor, Actor[]> | null> {
    const known = new Map(actors.flatMap((actor) => asEntry(actor, this.waits.get(actor))));
    const mayHaveFreed = this.actors.some(
      ({ doing, sql }) => doing === 'dead' || sql.some(({ text }) => FREES.test(text)),
    );
    if (known.size === actors.length && !mayHaveFreed) return known;
    const owners = new Map(
      this.slot.sessions.flatMap((session, i) =>
        session.pids().map((pid): [number, Actor | undefined] => [pid, this.actors[i]]),
      ),
    );
    const pids = actors.flatMap(({ index }) => this.slot.sessions[index]?.pids() ?? []);
    const asked = await this.slot.monitor.blockers(pids);
    const waits = new Map<Actor, Actor[]>();
    for (const [pid, blockers] of asked) {
      const actor = owners.get(pid);
      const own = blockers.flatMap((blocker) => owners.get(blocker) ?? []);
      if (!actor || blockers.length === 0 || own.length < blockers.length) continue;
      waits.set(
        actor,
        [...new Set([...(waits.get(actor) ?? []), ...own])].sort((a, b) => a.index - b.index),
      );
    }
    return actors.every((actor) => waits.has(actor) && actor.sqlInFlight > 0) && !hasCircle(waits)
      ? waits
      : null;
  }
}

function asEntry(actor: Actor, others: (Actor | 'memory')[] | undefined): [Actor, Actor[]][] {
  const own = others?.filter((other) => other !== 'memory') ?? [];
  return own.length > 0 ? [[actor, own]] : [];
}

/** Whether an attempt waits for itself through others: a deadlock, which the server is about to end. */
function hasCircle<T>(waits: ReadonlyMap<T, readonly T[]>): boolean {
  const isReachable = (from: T, to: T, seen: Set<T>): boolean =>
    (waits.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return isReachable(next, to, seen);
    });
  return [...waits.keys()].some((actor) => isReachable(actor, actor, new Set<T>()));
}
