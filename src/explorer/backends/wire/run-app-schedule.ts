import { setTimeout as delay } from 'node:timers/promises';
import type { AppAnswer } from '@/app-under-test/send-request';
import type { RowChange } from '@/explorer/judge/outcome-masks';
import { conflict, EVERYTHING_STORED, NOTHING, unite, WAITS } from '@/explorer/search/access-set';
import type { AccessSet } from '@/explorer/search/access-set';
import { DivergedError, UnexplorableError } from '@/explorer/search/backend';
import type { Enabled, Run, Scheduler, Transition } from '@/explorer/search/backend';
import { isPreemption, lastToStep } from '@/explorer/search/preemption';
import { letterOf } from '@/model/exploration';
import type { AppActor } from './app-actor';
import type { SentCall, SentCommand } from './sent-call';
import type { AtRest, Rest } from './at-rest';
import { ConnectionAccess } from './connection-access';
import type { AccessHistory } from './connection-access';
import type { SqlAccess } from './sql-access';

/** A request that takes more moves than this is taken not to end. */
const MAX_MOVES = 400;
/** How long all requests may be parked before the schedule is given up, ms. */
const ALL_PARKED_MS = 15_000;
const LOOK_AGAIN_MS = 5;

/** What one request sent in a move. */
export interface AppSent {
  actor: number;
  groups: SentCall[];
}

/** One move of a schedule: a request arrives, or one of its statements or commits goes to the server. */
export interface AppMove extends Transition {
  /** The SQL, `(commit)`, or `(request)`. */
  step: string;
  sent: AppSent;
  /** What the requests sent that could go on because of this move. */
  woke: AppSent[];
  waitsFor: number[];
  /** Requests that were answered, and had done all their work, in this move. */
  ended: number[];
  /** Rows that differ from the start state after it, where that is observed. */
  rows?: readonly RowChange[];
}

export interface AppRun extends Run {
  moves: AppMove[];
  answers: (AppAnswer | undefined)[];
}

/** What a schedule runs on. */
export interface AppStage {
  actors: readonly AppActor[];
  rest: AtRest;
  access: SqlAccess;
  history: AccessHistory;
  /** The database of Redis that is restored. */
  redisDb?: number | undefined;
  /** Sends the request of an actor to its instance; resolves with its answer, and never rejects. */
  send: (actor: number) => Promise<AppAnswer>;
  /** Called after every move. */
  observe?: () => Promise<readonly RowChange[]>;
}

/** Runs one schedule of requests to apps, one move at a time, until every request has ended or `choose` abandons it. */
export function runAppSchedule(stage: AppStage, choose: Scheduler): Promise<AppRun> {
  return new AppSchedule(stage).run(choose);
}

class AppSchedule {
  private readonly moves: AppMove[] = [];
  private readonly states = new Map<AppActor, Rest>();
  private readonly access = new Map<string, ConnectionAccess>();

  constructor(private readonly stage: AppStage) {}

  async run(choose: Scheduler): Promise<AppRun> {
    const isComplete = await this.play(choose);
    const { actors } = this.stage;
    return {
      id: this.id(),
      moves: this.moves,
      isComplete,
      // even if it is, no schedule that runs at the same time could fail it: there is none
      isSerializable: false,
      answers: actors.map(({ answer }) => answer),
    };
  }

  private async play(choose: Scheduler): Promise<boolean> {
    for (;;) {
      const options = this.options();
      if (options.length === 0) {
        if (this.stage.actors.every(({ isOver }) => isOver)) return true;
        await this.awaitTheParked();
        continue;
      }
      if (this.moves.length >= MAX_MOVES)
        throw new UnexplorableError(`After ${MAX_MOVES} moves the requests had not ended.`);
      const token = choose(options, this.moves);
      if (token === null) return false;
      const option = options.find((one) => one.token === token);
      if (!option)
        throw new DivergedError(`After ${this.id()}, request ${token} could not go on as it could before.`);
      await this.take(option, options);
    }
  }

  private options(): Enabled[] {
    const ready = this.stage.actors.filter(
      (actor) => !actor.isOver && actor.isReady && actor.inFlight.size === 0,
    );
    const going = ready.filter((actor) => !this.asksInVain(actor));
    // where all ask in vain, time has to pass: they give up, or a lease runs out
    return (going.length > 0 ? going : ready).map((actor) => ({
      ...{ token: letterOf(actor.index), actor: actor.index, event: 'step', isLocal: false },
    }));
  }

  /** Whether a request would ask again for a lock in Redis that nothing has touched since it was last told that it is taken. */
  private asksInVain(actor: AppActor): boolean {
    const { asksAgain } = actor;
    if (!asksAgain) return false;
    const since = this.moves.slice(this.moves.findLastIndex((move) => sentBy(move, actor.index)) + 1);
    return !since.some(({ accessSet }) => conflict(accessSet, asksAgain));
  }

  private async take(option: Enabled, options: readonly Enabled[]): Promise<void> {
    const { actors } = this.stage;
    const actor = this.actor(option.actor);
    const wasOver = new Set(actors.filter(({ isOver }) => isOver));
    const wasBlocked = actors.filter((one) => one !== actor && this.states.get(one) === 'blocked');
    const wasParked = actors.filter((one) => one !== actor && this.states.get(one) === 'parked');
    const ready = options.map((one) => one.actor);
    const turns = isPreemption(option, ready, lastToStep(this.moves));
    const step = actor.describeNext();

    const rest = await this.advance(actor);
    const sent = { actor: actor.index, groups: actor.takeSent() };
    const woke = await this.wake([...wasBlocked, ...wasParked]);
    const rows = await this.stage.observe?.();
    const accessSets = [sent, ...woke].flatMap(({ actor: i, groups }) =>
      groups.map((group) => this.touch(i, group)),
    );
    const hasMetLock = rest === 'blocked' || wasBlocked.some((one) => this.states.get(one) !== 'blocked');
    this.moves.push({
      ...option,
      step,
      accessSet: unite(...accessSets, hasMetLock ? WAITS : NOTHING),
      sent,
      woke,
      waitsFor: this.stage.rest.waitsFor(actor).map(({ index }) => index),
      ended: actors.filter((one) => one.isOver && !wasOver.has(one)).map(({ index }) => index),
      ready,
      isPreemption: turns,
      ...(rows && { rows }),
    });
  }

  /** The request takes its next move, and its code runs until it stands. */
  private async advance(actor: AppActor): Promise<Rest> {
    if (actor.isSent) actor.release();
    else {
      actor.isSent = true;
      void this.stage.send(actor.index).then((answer) => {
        actor.answer = answer;
        this.stage.rest.changed();
      });
    }
    return this.comeToRest(actor);
  }

  private async comeToRest(actor: AppActor): Promise<Rest> {
    const rest = await this.stage.rest.reach(actor);
    this.states.set(actor, rest);
    actor.isOver = rest === 'ended';
    return rest;
  }

  /** Lets the requests go on that a move has freed, one after the other, until none is. */
  private async wake(candidates: readonly AppActor[]): Promise<AppSent[]> {
    const woke = new Map<AppActor, AppSent>();
    for (let hasChanged = true; hasChanged;) {
      hasChanged = false;
      for (const actor of candidates) {
        if (!(await this.isFree(actor))) continue;
        hasChanged = true;
        actor.deliverNext();
        await this.comeToRest(actor);
        const own = woke.get(actor) ?? { actor: actor.index, groups: [] };
        own.groups.push(...actor.takeSent());
        woke.set(actor, own);
      }
    }
    return [...woke.values()];
  }

  /** Whether a request that waited has a reply that it was not given yet, or is about to get one. */
  private async isFree(actor: AppActor): Promise<boolean> {
    if (actor.isOver) return false;
    const state = this.states.get(actor);
    if (state === 'parked') return actor.isReady || actor.replied.length > 0 || actor.answer !== undefined;
    if (state !== 'blocked') return false;
    while (actor.replied.length === 0 && actor.inFlight.size > 0) {
      if (await this.stage.rest.isStillBlocked(actor)) return false;
      await delay(1);
    }
    return actor.replied.length > 0 || actor.inFlight.size === 0;
  }

  /** Nothing can be moved, but a request waits for time to pass or for another process: it may go on by itself. */
  private async awaitTheParked(): Promise<void> {
    const giveUpAt = performance.now() + ALL_PARKED_MS;
    while (performance.now() < giveUpAt) {
      const waiting = this.stage.actors.filter(({ isOver }) => !isOver);
      for (const actor of waiting) {
        if (!(await this.isFree(actor))) continue;
        actor.deliverNext();
        await this.comeToRest(actor);
        const last = this.moves.at(-1);
        last?.woke.push({ actor: actor.index, groups: actor.takeSent() });
        return;
      }
      await delay(LOOK_AGAIN_MS);
    }
    throw new UnexplorableError(`After ${this.id() || 'no move'} no request went on.`);
  }

  private touch(
    actor: number,
    { connection, statements, command, level, isSplit, isCommit, hasWaited }: SentCall,
  ): AccessSet {
    if (command) return this.touchRedis(command);
    const key = `${actor} ${connection}`;
    const known = this.access.get(key) ?? new ConnectionAccess(this.stage.access, this.stage.history, level);
    this.access.set(key, known);
    if (isCommit) return known.commit();
    // it takes effect now that it has the lock, and was counted in the move that sent it as well
    if (hasWaited) return known.latest;
    // the end of an implicit transaction, or a call by the fast path
    if (statements.length === 0) return EVERYTHING_STORED;
    if (isSplit) known.split();
    return known.take(statements, level);
  }

  private touchRedis({ text, db, accessSet }: SentCommand): AccessSet {
    const { redisDb = db } = this.stage;
    if (db !== redisDb && accessSet.size > 0)
      throw new UnexplorableError(
        `The app sent \`${text}\` to the database ${db} of Redis, beside the database ${redisDb} of its address, which alone is restored. Have it use one.`,
      );
    return accessSet;
  }

  private actor(index: number): AppActor {
    const actor = this.stage.actors[index];
    if (!actor) throw new Error(`there is no request ${index}`);
    return actor;
  }

  private id(): string {
    return this.moves.map(({ token }) => token).join('');
  }
}

/** Whether a request sent something in a move, its own or one that let it go on. */
function sentBy({ sent, woke }: AppMove, actor: number): boolean {
  return [sent, ...woke].some((one) => one.actor === actor && one.groups.length > 0);
}
