import { setTimeout as delay } from 'node:timers/promises';
import { UnexplorableError } from '@/explorer/search/backend';
import type { AppActor } from './app-actor';

/** What the system tells of the app's processes; null: nothing, so time alone decides. */
export interface AppProcess {
  /** Nanoseconds for which it has worked, or has waited for a processor. */
  activeNs: () => bigint | null;
  /** How it ended, if it did. */
  exit: () => string | undefined;
  /** The last lines that it printed. */
  logTail: () => string;
}

/** Observes the database over a connection of its own. */
export interface LockMonitor {
  /** For each backend the ones that block it. */
  blockers: (pids: number[]) => Promise<Map<number, number[]>>;
}

/** What a request stands at when it has come to rest. `parked`: it waits for something that the explorer cannot see. */
export type Rest = 'ready' | 'ended' | 'blocked' | 'parked';

/** How long a statement may take before the server is asked what it waits for, ms. */
const ASK_AFTER_MS = 1.5;
/** Between two looks, ms. */
const LOOK_MS = 1;
/** After an answer, an app may still send something; so long after it has stopped working, ms: at first, and at most. */
const FIRST_GRACE_MS = 1;
const MOST_GRACE_MS = 256;
/** Activity in one look that shows that the app works, ns. */
const WORKS_NS = 300_000n;
/** Of a look that took longer, no more counts as silence: this process had no turn, and what has come since waits to be read, ms. */
const MOST_LOOK_MS = 4;
/** A move that takes longer cannot be explored, ms. */
const MOVE_MS = 30_000;

/** Tells when requests have come to rest: only one request's code runs at a time. */
export class AtRest {
  private readonly waits = new Map<AppActor, AppActor[]>();
  private wake: (() => void) | undefined;
  private graceMs = FIRST_GRACE_MS;

  /** The requests, and by their places the processes that serve them. */
  readonly actors: AppActor[] = [];
  readonly processes: AppProcess[] = [];

  /** @param parkMs silence after which a request counts as parked */
  constructor(
    private readonly parkMs: number,
    private readonly monitor: LockMonitor,
  ) {}

  /** Called when an actor has sent, received or answered something. */
  changed(): void {
    this.wake?.();
  }

  /** A request has sent something after it was taken to have ended. @returns false: it can be waited for no longer */
  lengthenGrace(): boolean {
    if (this.graceMs >= MOST_GRACE_MS) return false;
    this.graceMs *= 4;
    return true;
  }

  /** The requests that a request waits for, when it last came to rest blocked. */
  waitsFor(actor: AppActor): AppActor[] {
    return this.waits.get(actor) ?? [];
  }

  /**
   * Lets the code of one request run until it stands, and says at what.
   *
   * @throws UnexplorableError when it does not come to rest, or its app ends
   */
  async reach(actor: AppActor): Promise<Rest> {
    actor.isRunning = true;
    try {
      return await this.watch(actor);
    } finally {
      actor.isRunning = false;
    }
  }

  /** Whether a request that was blocked still is; false: its reply is on its way, or there. */
  async isStillBlocked(actor: AppActor): Promise<boolean> {
    if (actor.inFlight.size === 0) return false;
    if (actor.isBlockedInRedis) return true;
    const blocked = await this.askWhoBlocks(actor);
    if (blocked) return true;
    this.waits.delete(actor);
    return false;
  }

  private async watch(actor: AppActor): Promise<Rest> {
    const app = this.processes[actor.index];
    const startedAt = performance.now();
    let lookedAt = startedAt;
    let silence = 0;
    let worked = app?.activeNs() ?? null;
    for (;;) {
      requireRunning(actor, app);
      if (actor.inFlight.size === 0 && !actor.waitsForServer) {
        if (actor.held.length > 0 || actor.commitPending) return this.settle(actor, 'ready');
        const now = app?.activeNs() ?? null;
        if (now !== null && worked !== null && now - worked > WORKS_NS) silence = 0;
        worked = now;
        if (actor.answer && !actor.hasOpenTransaction && silence > this.graceMs)
          return this.settle(actor, 'ended');
        if (silence > this.parkMs) return this.settle(actor, 'parked');
      } else {
        silence = 0;
        const isLate = performance.now() - startedAt > ASK_AFTER_MS;
        if (actor.isBlockedInRedis && isLate) return this.settle(actor, 'blocked');
        if (actor.inFlight.size > 0 && isLate && (await this.askWhoBlocks(actor))) return 'blocked';
      }
      if (performance.now() - startedAt > MOVE_MS)
        throw new UnexplorableError(`T${actor.index + 1} did not come to rest within ${MOVE_MS / 1_000} s.`);
      const hasChanged = await this.changeOrPause();
      const at = performance.now();
      silence = hasChanged ? 0 : silence + Math.min(at - lookedAt, MOST_LOOK_MS);
      lookedAt = at;
    }
  }

  private settle(actor: AppActor, rest: Rest): Rest {
    this.waits.delete(actor);
    return rest;
  }

  /** Resolves at the next change, true, or after one look. */
  private changeOrPause(): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = new AbortController();
      const end = (hasChanged: boolean) => {
        this.wake = undefined;
        cancel.abort();
        resolve(hasChanged);
      };
      this.wake = () => end(true);
      void delay(LOOK_MS, undefined, { signal: cancel.signal }).then(
        // sockets are read after timers: what has arrived counts before the silence does
        () => setImmediate(() => end(false)),
        () => undefined,
      );
    });
  }

  /**
   * Whether everything that a request has at the server waits for locks of other requests. Requests that wait for each other in a
   * circle are not blocked: the server is about to end one of them.
   */
  private async askWhoBlocks(actor: AppActor): Promise<boolean> {
    const pids = this.actors.flatMap((one) => one.pidsInFlight);
    const owners = new Map(
      this.actors.flatMap((one) => [...one.connections].map(({ backendPid }) => [backendPid, one] as const)),
    );
    const blockers = await this.monitor.blockers(pids);
    const waits = new Map<AppActor, AppActor[]>();
    for (const one of this.actors) {
      const own = one.pidsInFlight.map((pid) => blockers.get(pid) ?? []);
      if (own.length === 0 || own.some((list) => list.length === 0)) continue;
      const others = own.flat().flatMap((pid) => owners.get(pid) ?? []);
      waits.set(
        one,
        [...new Set(others)].sort((a, b) => a.index - b.index),
      );
    }
    const mine = waits.get(actor);
    if (!mine || mine.length === 0 || isInCircle(actor, waits)) return false;
    this.waits.set(actor, mine);
    return true;
  }
}

function requireRunning(actor: AppActor, app: AppProcess | undefined): void {
  const exit = app?.exit();
  if (exit === undefined) return;
  const said = app?.logTail() ?? '';
  throw new UnexplorableError(
    `The app of T${actor.index + 1} ended (${exit})${said === '' ? '.' : `. It printed last:\n${said}`}`,
  );
}

/** Whether a request waits for itself through others. */
function isInCircle(actor: AppActor, waits: ReadonlyMap<AppActor, readonly AppActor[]>): boolean {
  const seen = new Set<AppActor>();
  const visit = (one: AppActor): boolean =>
    (waits.get(one) ?? []).some((next) => {
      if (next === actor) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return visit(next);
    });
  return visit(actor);
}
