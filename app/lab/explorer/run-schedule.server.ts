import { setImmediate as nextTurn } from 'node:timers/promises';
import { letterOf } from '../exploration';
import { isolate } from '../purchase/isolated-redis.server';
import { purchase } from '../purchase/purchase.server';
import type { Receipt } from '../purchase/purchase.server';
import type { RedisUnderTest } from '../redis-under-test';
import { IMPLIED_STEPS } from '../step-kind';
import type { StepKind } from '../step-kind';
import { Actor, isOver } from './actor.server';
import { draw } from './draw';
import { EVERYTHING, LEASES, MEMORY, unite, WAITS } from './footprint';
import type { Footprint } from './footprint';
import { FootprintOf } from './move-footprint.server';
import type { FootprintHistory } from './move-footprint.server';
import { isPreemption, lastToStep } from './preemption';
import { RedisLeases } from './redis-leases.server';
import { nameKey, touchKeys } from './sent-footprint';
import type { Names } from './sent-footprint';
import { straightOn, UnexplorableError } from './schedule.server';
import type { Cast, Chooser, Option, ScheduleRun, SentBy, Table, TakenMove } from './schedule.server';
import { Standstill } from './standstill.server';
import { AFTERWARDS } from './step-names';
import { tapRedis } from './tap-redis.server';

/** A strategy that takes more moves than this does not end, as far as anybody can wait. */
const MAX_MOVES = 200;
/** Turns of the event loop without anything on its way, after which nothing more comes of an attempt. */
const QUIET_TURNS = 5;
/** A moment on a schedule's clock: a move takes one, µs. */
const TICK_US = 1_000;
/** Longer than anybody waits for a lock in Redis, µs. */
const LONG_US = 3_600_000_000;
/** SQLSTATE of a statement whose wait would have closed a circle. */
const DEADLOCK = '40P01';
/** Kinds of steps that touch nothing that is stored: they wait, or open a transaction (its snapshot is taken later). */
const TOUCHES_NOTHING = new Set<StepKind>(['think', 'retry', 'begin']);

/** Runs one schedule on fresh rows: one move at a time, until every attempt has ended or `choose` gives it up. */
export function runSchedule(table: Table, cast: Cast, choose: Chooser): Promise<ScheduleRun> {
  return new Schedule(table, cast).run(choose);
}

class Schedule {
  private readonly actors: Actor[];
  private readonly footprints: FootprintOf[];
  private readonly history: FootprintHistory = { hasCommitted: false, hasReadOrders: false };
  private readonly leases: RedisLeases;
  private readonly standstill: Standstill;
  private readonly moves: TakenMove[] = [];
  private readonly times: { call: number; return: number }[];
  private readonly receipts: Promise<Receipt>[];
  private readonly tapped: RedisUnderTest[] = [];
  private hasRunOut = false;
  /** Keys whose lease ran out in the latest such move. */
  private ranOut: string[] = [];
  private hasCrashed = false;
  private mover = -1;
  private passed = 0;
  private cut: string | undefined;
  private readonly calls: number[];
  private readonly names: Names;
  /** Nothing else could happen, so that time has passed since the latest move. */
  private hasPassed = false;

  constructor(
    private readonly table: Table,
    private readonly cast: Cast,
  ) {
    const { strategies, requests } = cast;
    this.names = {
      skus: [...new Set(requests.map(({ sku }) => sku))],
      attemptIds: requests.map(({ attemptId }) => attemptId),
      readsOrders: cast.readsOrders,
    };
    this.actors = strategies.map(
      ({ steps }, i) =>
        new Actor(
          i,
          (step) => steps[step] ?? IMPLIED_STEPS[step],
          () => this.standstill.changed(),
        ),
    );
    this.leases = new RedisLeases(table.redis, this.actors);
    this.standstill = new Standstill(table, this.actors, () => this.describeStandstill());
    this.footprints = this.actors.map(() => new FootprintOf(this.names, this.history));
    this.times = this.actors.map(() => ({ call: Number.NaN, return: Number.NaN }));
    this.calls = this.actors.map(() => 0);
    this.receipts = this.actors.map((actor) => this.start(actor));
  }

  async run(choose: Chooser): Promise<ScheduleRun> {
    try {
      await this.standstill.reach();
      const isComplete = await this.play(choose);
      return await this.finish(isComplete);
    } catch (error) {
      await this.dismiss();
      throw error;
    } finally {
      await this.leases.close();
    }
  }

  private async play(choose: Chooser): Promise<boolean> {
    for (;;) {
      const options = this.options();
      if (options.length === 0) {
        if (this.actors.every(isOver)) return true;
        if (!(await this.passTime())) throw new UnexplorableError(this.describeStandstill());
        continue;
      }
      if (this.moves.length >= MAX_MOVES)
        throw new UnexplorableError(`After ${MAX_MOVES} moves the attempts had not ended.`);
      const token = this.cut === undefined ? choose(options, this.moves) : straightOn(options, this.moves);
      if (token === null) return false;
      const option = options.find((one) => one.token === token);
      if (!option) throw new UnexplorableError(`${this.id()} cannot go on with ${token}.`);
      await this.take(option, options);
    }
  }

  private start(actor: Actor): Promise<Receipt> {
    const { strategies, requests, seed } = this.cast;
    const [strategy, request] = [strategies[actor.index], requests[actor.index]];
    const seat = this.table.seats[actor.index];
    if (!strategy || !request || !seat) throw new Error('an attempt has no seat');
    seat.plug(actor);
    const redis = tapRedis(this.table.redis, actor, this.leases);
    this.tapped[actor.index] = redis;
    const lend = isolate(this.table.redis);
    const isolatedRedis = async <T>(body: (own: RedisUnderTest) => Promise<T>): Promise<T> => {
      // counts until it is lent, and whatever becomes of it only once
      let connected: (() => void) | undefined = actor.connecting();
      const arrive = () => {
        connected?.();
        connected = undefined;
      };
      try {
        return await lend((own) => {
          arrive();
          return body(tapRedis(own, actor, this.leases));
        });
      } finally {
        arrive();
      }
    };
    let drawn = 0;
    const pick = (below: number) => draw(seed, actor.index, (drawn += 1), below);
    const clock = actor.clock(() => this.now(actor.index), pick);
    const { gate, left } = actor;
    const options = { thinkMs: 0, renewsLocks: false, gate, left, clock };
    const receipt = purchase({ db: seat.db, redis, isolatedRedis }, strategy, request, options);
    void receipt.then(() => actor.end());
    return receipt;
  }

  /** Microseconds on the schedule's clock: the same every time, whatever the machine's says. */
  private now(actor: number): number {
    const calls = (this.calls[actor] ?? 0) + 1;
    this.calls[actor] = calls;
    // whoever is woken by a move does what it does after it
    const offset = actor === this.mover ? 100 : 500;
    return this.passed + this.moves.length * TICK_US + offset + Math.min(calls * 10, 390);
  }

  private options(): Option[] {
    const steps: Option[] = [];
    const events: Option[] = [];
    for (const actor of this.actors) {
      const { at, index, doing } = actor;
      if (!at) continue;
      const isAwake = doing === 'parked' || (doing === 'asleep' && !this.leases.isBlocked(actor));
      const base = { actor: index, step: at.name, kind: at.kind };
      const token = letterOf(index);
      const touchesNothing = doing === 'parked' && TOUCHES_NOTHING.has(at.kind);
      const local = touchesNothing && actor.hasBegun && !this.mayTouchMemory(actor);
      if (isAwake) steps.push({ ...base, token, event: 'step', isLocal: local });
      if (this.cast.crash && !this.hasCrashed && !touchesNothing && this.mayDie(actor))
        events.push({ ...base, token: `${token}!`, event: 'crash', isLocal: false });
      if (this.cast.leaseExpiry && !this.hasRunOut && !isOver(actor) && this.leases.isHolder(actor))
        events.push({ ...base, token: `${token}*`, event: 'lease', isLocal: false });
    }
    return [...steps, ...events];
  }

  /** What a strategy does between its steps is seen by nobody, so with a lock in memory all of it counts. */
  private mayTouchMemory({ usesMemory }: Actor): boolean {
    const [first, second] = this.cast.strategies;
    return usesMemory && first === second;
  }

  /** Before a step, or while it waits for a lock. What waits in memory cannot be ended without the whole process. */
  private mayDie(actor: Actor): boolean {
    if (actor.doing === 'busy') return this.standstill.waitsFor(actor).some((other) => other !== 'memory');
    return actor.doing === 'parked' || actor.doing === 'asleep';
  }

  private async take(option: Option, options: Option[]): Promise<void> {
    const actor = this.actors[option.actor];
    if (!actor) throw new Error('there is no such attempt');
    const { doing } = actor;
    const time = this.times[option.actor];
    const start = this.passed + this.moves.length * TICK_US;
    this.calls.fill(0);
    this.mover = option.actor;
    if (time && Number.isNaN(time.call) && option.event !== 'lease') time.call = start + 50;
    const before = new Set(this.actors.filter(isOver));
    const waited = this.standstill.snapshot();
    const steps = this.actors.map(({ at }) => at);
    const ready = options.filter(({ event }) => event === 'step').map((one) => one.actor);
    const turns = isPreemption(option, ready, lastToStep(this.moves));

    if (option.event === 'crash') await this.crash(actor);
    else if (option.event === 'lease') await this.endLease(actor);
    else this.release(actor);
    await this.standstill.reach();
    if (this.actors.some(({ redis }) => redis.length > 0) || option.event !== 'step')
      await this.leases.look();

    const ended = this.actors.filter((one) => isOver(one) && !before.has(one));
    for (const { index } of ended) {
      const ends = this.times[index];
      if (ends) ends.return = start + 900;
    }
    const sent = this.actors.map((one, i): SentBy => ({
      actor: i,
      step: steps[i]?.name ?? '',
      ...one.takeSent(),
    }));
    const woke = sent.filter(({ actor: i, sql }) => {
      const one = this.actors[i];
      if (i === option.actor || one === undefined || !waited.has(one)) return false;
      // it may have gone on and wait again
      return !this.standstill.isWaiting(one) || sql.length > 0;
    });
    const hadToWait = doing === 'asleep' || doing === 'busy';
    this.moves.push({
      ...option,
      ...(option.event === 'crash' && hadToWait && { hadToWait }),
      footprint: this.footprintOf(option, sent, waited, ended.length > 0),
      sent: sent[option.actor] ?? { actor: option.actor, step: '', sql: [], redis: [] },
      woke,
      waitsFor: this.waitsOf(actor),
      ended: ended.map(({ index }) => index),
      ready,
      isPreemption: turns,
    });
    if (actor.retries > this.cast.maxRetries) this.cut ??= `more than ${this.cast.maxRetries} retries`;
  }

  private waitsOf(actor: Actor): (number | 'memory')[] {
    if (actor.doing === 'asleep')
      return [...actor.wanted].flatMap((key) => this.leases.holder(key)?.index ?? []);
    return this.standstill.waitsFor(actor).map((other) => (other === 'memory' ? other : other.index));
  }

  /** What the move touched: the stores, by what was sent, and whatever else could tell when it came. */
  private footprintOf(
    option: Option,
    sent: SentBy[],
    waited: ReadonlyMap<Actor, (Actor | 'memory')[]>,
    hasEnded: boolean,
  ): Footprint {
    const parts = sent.map(({ actor, sql, redis }) => this.footprints[actor]?.take(sql, redis));
    const moments = this.actors.map((actor) => actor.takeMoments());
    const afterTime = this.hasPassed;
    this.hasPassed = false;
    if (option.event === 'crash' || afterTime) return EVERYTHING;
    if (option.event === 'lease') {
      const keys = this.ranOut.map((key) => nameKey(key, this.names) ?? '*');
      return unite(touchKeys(keys, 'write'), LEASES);
    }
    const mover = this.actors[option.actor];
    const wokeInMemory = [...waited].some(
      ([one, others]) => others.includes('memory') && !this.standstill.isWaiting(one),
    );
    if ((mover && this.mayTouchMemory(mover)) || wokeInMemory) parts.push(MEMORY);
    if (sent.some((one) => this.hasMetLock(one))) parts.push(WAITS);
    if (hasEnded && this.cast.leaseExpiry) parts.push(LEASES);
    return unite(...parts.filter((part) => part !== undefined), ...moments);
  }

  /** Whether an attempt began to wait for a lock of PostgreSQL, had waited for one, or was not let wait. */
  private hasMetLock({ actor, sql }: SentBy): boolean {
    const one = this.actors[actor];
    if (sql.length === 0 || !one) return false;
    if (one.sqlInFlight > 0 && this.standstill.isWaiting(one)) return true;
    return sql.some(
      ({ hasWaited, answer }) =>
        hasWaited || (answer instanceof Error && 'code' in answer && answer.code === DEADLOCK),
    );
  }

  private release(actor: Actor): void {
    const isAfter = actor.doing === 'parked' && actor.at === AFTERWARDS;
    this.footprints[actor.index]?.begin();
    actor.release();
    if (isAfter) void this.followAfterwards(actor);
  }

  /** What goes on after the answer is over when the strategy says so; one that does not say is over when it is quiet. */
  private async followAfterwards(actor: Actor): Promise<void> {
    const [strategy, request] = [this.cast.strategies[actor.index], this.cast.requests[actor.index]];
    const seat = this.table.seats[actor.index];
    if (!strategy || !request || !seat) return;
    const redis = this.tapped[actor.index];
    await this.receipts[actor.index];
    const settle = strategy.storage?.settle;
    if (settle && redis) await settle({ db: seat.db, redis }, request.sku).catch(() => undefined);
    for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
      await nextTurn();
      if (actor.sqlInFlight + actor.redisInFlight > 0) quiet = 0;
    }
    actor.end();
  }

  private async crash(actor: Actor): Promise<void> {
    this.hasCrashed = true;
    actor.die();
    await this.table.seats[actor.index]?.kill();
    this.standstill.forget(actor);
  }

  private async endLease(actor: Actor): Promise<void> {
    this.hasRunOut = true;
    this.ranOut = await this.leases.expire(actor);
  }

  /** Nobody can go on, but somebody waits for a lock in Redis: a lease runs out, or the wait does. False: neither. */
  private async passTime(): Promise<boolean> {
    const asleep = this.actors.filter(({ doing }) => doing === 'asleep');
    if (asleep.length === 0) return false;
    this.hasPassed = true;
    const wanted = new Set(asleep.flatMap((actor) => [...actor.wanted]));
    if (await this.leases.expireLost(wanted)) return true;
    this.passed += LONG_US;
    this.leases.forget(wanted);
    return true;
  }

  private async finish(isComplete: boolean): Promise<ScheduleRun> {
    if (!isComplete) await this.dismiss();
    // what a dead attempt still tries must not be taken for the doing of the next one on its seat
    else if (this.hasCrashed) await this.haveAllEnded();
    const receipts = await Promise.all(
      this.actors.map(async (actor, i) =>
        actor.doing === 'dead' ? null : ((await this.receipts[i]) ?? null),
      ),
    );
    const last = this.passed + this.moves.length * TICK_US;
    for (const time of this.times) {
      if (Number.isNaN(time.call)) time.call = last;
      if (Number.isNaN(time.return)) time.return = last + 900;
    }
    return {
      id: this.id(),
      moves: this.moves,
      isComplete,
      receipts,
      times: this.times,
      isSerializable: this.footprints.some(({ isSerializable }) => isSerializable),
      hasReadOrders: this.history.hasReadOrders,
      ...(this.cut !== undefined && { cut: this.cut }),
    };
  }

  /** Lets nobody take another step, and waits until all have rolled back. */
  private async dismiss(): Promise<void> {
    const leaks = this.actors.filter((actor) => !isOver(actor));
    for (const actor of this.actors) actor.die();
    const isClean = await this.haveAllEnded();
    const isSession = this.moves.some(({ sent }) =>
      sent.sql.some(({ text }) => /pg_advisory_lock\(/.test(text)),
    );
    if (isClean && !isSession) return;
    await Promise.all(leaks.map(async ({ index }) => this.table.seats[index]?.kill()));
  }

  /** Whether the code of every attempt has come to its end, or does within a second. */
  private async haveAllEnded(): Promise<boolean> {
    const ended = Promise.all(this.receipts).then(() => true);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, 1_000, false);
    });
    const isClean = await Promise.race([ended, late]);
    clearTimeout(timer);
    return isClean;
  }

  private id(): string {
    return this.moves.map(({ token }) => token).join('');
  }

  private describeStandstill(): string {
    const where = this.actors.map(
      ({ index, doing, at, sqlInFlight, redisInFlight }) =>
        `T${index + 1} is ${doing} at "${at?.name ?? 'its start'}" (${sqlInFlight} statements, ${redisInFlight} commands on their way)`,
    );
    return `After ${this.id() || 'no move'} no attempt can go on: ${where.join('; ')}.`;
  }
}
