import { straightOn } from './schedule';
import type {
  EnabledStep,
  ScheduleInput,
  ScheduleRun,
  SentBy,
  Slot,
  StepScheduler,
  TakenStep,
} from './schedule';
import { AFTERWARDS } from './step-names';
import { DivergedError, UnexplorableError } from '@/explorer/search/backend';
import { isPreemption, lastToStep } from '@/explorer/search/preemption';
import { letterOf } from '@/model/exploration';
import { IMPLIED_STEPS } from '@/model/step-kind';
import type { StepKind } from '@/model/step-kind';
import { countOf } from '@/model/wording';
import { Actor, isOver, isSettled } from './actor';
import { Attempts } from './attempts';
import { MoveAccess } from './move-access';
import { Quiescence } from './quiescence';
import { RedisLeases } from './redis-leases';

/** A strategy that takes more moves than this is taken not to end. */
const MAX_MOVES = 200;
/** How far one move advances the schedule's clock, µs. */
const TICK_US = 1_000;
/** Longer than any attempt waits for a lock in Redis, µs. */
const LONG_US = 3_600_000_000;
/** Kinds of steps that touch nothing stored: they wait, or open a transaction (its snapshot is taken later). */
const TOUCHES_NOTHING = new Set<StepKind>(['think', 'retry', 'begin']);

/** Why a schedule went on otherwise than before: with a queue for a lock, and without. */
const OTHER_FIRST = ': PostgreSQL let another attempt that waits for the same row go first.';
const OTHER_RUN =
  ', and no two attempts waited for the same row. So something differs between two runs of this schedule: an earlier schedule has left a row, a key or something in memory, the strategy goes by chance or by the clock, or purchases of others ran beside it, which fail transactions that are SERIALIZABLE.';

/** Runs one schedule on fresh rows, one move at a time, until every attempt has ended or `choose` abandons it. */
export function runSchedule(slot: Slot, input: ScheduleInput, choose: StepScheduler): Promise<ScheduleRun> {
  return new Schedule(slot, input).run(choose);
}

class Schedule {
  private readonly actors: Actor[];
  private readonly access: MoveAccess;
  private readonly leases: RedisLeases;
  private readonly quiescence: Quiescence;
  private readonly moves: TakenStep[] = [];
  private readonly times: { call: number; return: number }[];
  private readonly attempts: Attempts;
  private hasRunOut = false;
  private hasCrashed = false;
  /** Whether two attempts have waited in PostgreSQL at once: it lets either go first. */
  private hasQueued = false;
  private mover = -1;
  private passed = 0;
  private cut: string | undefined;
  private readonly calls: number[];

  constructor(
    private readonly slot: Slot,
    private readonly input: ScheduleInput,
  ) {
    this.actors = input.strategies.map(
      ({ steps }, i) =>
        new Actor(
          i,
          (step) => steps[step] ?? IMPLIED_STEPS[step],
          () => this.quiescence.changed(),
        ),
    );
    this.leases = new RedisLeases(slot.redis, this.actors);
    this.quiescence = new Quiescence(slot, this.actors, () => this.describeStuck(), input.signal);
    this.access = new MoveAccess(input, this.actors, this.quiescence);
    this.times = this.actors.map(() => ({ call: Number.NaN, return: Number.NaN }));
    this.calls = this.actors.map(() => 0);
    const { leases } = this;
    this.attempts = new Attempts({ slot, input, leases }, this.actors, ({ index }) => this.now(index));
  }

  async run(choose: StepScheduler): Promise<ScheduleRun> {
    try {
      await this.quiescence.reach();
      const isComplete = await this.play(choose);
      return await this.finish(isComplete);
    } catch (error) {
      if (error instanceof UnexplorableError) error.moves = this.moves;
      await this.attempts.dismiss(this.moves);
      throw error;
    } finally {
      await this.leases.close();
    }
  }

  private async play(choose: StepScheduler): Promise<boolean> {
    for (;;) {
      const options = this.options();
      if (options.length === 0) {
        if (this.actors.every(isOver)) return true;
        if (!(await this.passTime())) throw new UnexplorableError(this.describeStuck());
        continue;
      }
      if (this.moves.length >= MAX_MOVES)
        throw new UnexplorableError(`After ${MAX_MOVES} moves the attempts had not ended.`);
      const token = this.cut === undefined ? choose(options, this.moves) : straightOn(options, this.moves);
      if (token === null) return false;
      const option = options.find((one) => one.token === token);
      if (!option)
        throw new DivergedError(
          `After ${this.id() || 'no move'}, attempt ${token} could not go on as it could before${this.hasQueued ? OTHER_FIRST : OTHER_RUN}`,
        );
      await this.take(option, options);
    }
  }

  /** Microseconds on the schedule's clock: the same in every run, independent of the machine's clock. */
  private now(actor: number): number {
    const calls = (this.calls[actor] ?? 0) + 1;
    this.calls[actor] = calls;
    // an attempt that a move wakes goes on after that move
    const offset = actor === this.mover ? 100 : 500;
    return this.passed + this.moves.length * TICK_US + offset + Math.min(calls * 10, 390);
  }

  private options(): EnabledStep[] {
    const steps: EnabledStep[] = [];
    const events: EnabledStep[] = [];
    for (const actor of this.actors) {
      const { pending, index, doing } = actor;
      if (!pending) continue;
      const isAwake = doing === 'ready' || (doing === 'waiting' && !this.leases.isBlocked(actor));
      const base = { actor: index, step: pending.name, kind: pending.kind };
      const token = letterOf(index);
      const touchesNothing = doing === 'ready' && TOUCHES_NOTHING.has(pending.kind);
      const isTime = this.input.comparesTimes && pending.kind === 'begin';
      const local = touchesNothing && !isTime && actor.hasBegun && !this.access.mayTouchMemory(actor);
      if (isAwake) steps.push({ ...base, token, event: 'step', isLocal: local });
      if (this.input.crash && !this.hasCrashed && !touchesNothing && this.mayDie(actor))
        events.push({ ...base, token: `${token}!`, event: 'crash', isLocal: false });
      if (this.input.leaseExpiry && !this.hasRunOut && !isOver(actor) && this.leases.isHolder(actor))
        events.push({ ...base, token: `${token}*`, event: 'lease', isLocal: false });
    }
    return [...steps, ...events];
  }

  /**
   * Whether the attempt may die: before a step, or while it waits for a database lock. A wait in memory ends only with
   * the whole process.
   */
  private mayDie(actor: Actor): boolean {
    if (actor.doing === 'running') return this.quiescence.waitsFor(actor).some((other) => other !== 'memory');
    return actor.doing === 'ready' || actor.doing === 'waiting';
  }

  private async take(option: EnabledStep, options: EnabledStep[]): Promise<void> {
    const actor = this.actors[option.actor];
    if (!actor) throw new Error('there is no such attempt');
    const { doing } = actor;
    const time = this.times[option.actor];
    const start = this.passed + this.moves.length * TICK_US;
    this.calls.fill(0);
    this.mover = option.actor;
    if (time && Number.isNaN(time.call) && option.event !== 'lease') time.call = start + 50;
    const wereOver = new Set(this.actors.filter(isOver));
    const wereSettled = new Set(this.actors.filter(isSettled));
    const waited = this.quiescence.snapshot();
    const held = this.actors.map((one) => this.leases.heldBy(one));
    const steps = this.actors.map(({ pending }) => pending);
    const ready = options.filter(({ event }) => event === 'step').map((one) => one.actor);
    const turns = isPreemption(option, ready, lastToStep(this.moves));

    if (option.event === 'crash') await this.crash(actor);
    else if (option.event === 'lease') await this.endLease(actor);
    else this.release(actor);
    await this.quiescence.reach();
    const waiting = this.actors.filter((one) => this.quiescence.waitsFor(one).some((by) => by !== 'memory'));
    this.hasQueued ||= waiting.length > 1;
    if (this.actors.some(({ redis }) => redis.length > 0) || option.event !== 'step')
      await this.leases.look();

    // what an attempt does after the answer is none of its buyer's time
    const ended = this.actors.filter((one) => isSettled(one) && !wereSettled.has(one));
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
      // the attempt may have gone on and be waiting again
      return !this.quiescence.isWaiting(one) || sql.length > 0;
    });
    const shared = this.access.sharedIn(sent);
    const hadToWait = doing === 'waiting' || doing === 'running';
    this.moves.push({
      ...option,
      ...(option.event === 'crash' && hadToWait && { hadToWait }),
      accessSet: this.access.take(option, sent, waited, {
        hasEnded: this.actors.some((one) => isOver(one) && !wereOver.has(one)),
        changed: this.actors.filter((one, i) => this.leases.heldBy(one) !== held[i]),
      }),
      ...(shared.length > 0 && { shared }),
      sent: sent[option.actor] ?? { actor: option.actor, step: '', sql: [], redis: [] },
      woke,
      waitsFor: this.waitsOf(actor),
      ended: ended.map(({ index }) => index),
      ready,
      isPreemption: turns,
    });
    if (actor.retries > this.input.maxRetries)
      this.cut ??= `more than ${countOf(this.input.maxRetries, 'retry', 'retries')}`;
  }

  private waitsOf(actor: Actor): (number | 'memory')[] {
    if (actor.doing === 'waiting')
      return [...actor.wanted].flatMap((key) => this.leases.holder(key)?.index ?? []);
    return this.quiescence.waitsFor(actor).map((other) => (other === 'memory' ? other : other.index));
  }

  private release(actor: Actor): void {
    const isAfter = actor.doing === 'ready' && actor.pending === AFTERWARDS;
    this.access.begin(actor);
    actor.release();
    if (isAfter) void this.attempts.followAfterwards(actor);
  }

  private async crash(actor: Actor): Promise<void> {
    this.hasCrashed = true;
    await this.attempts.kill(actor);
    this.quiescence.forget(actor);
  }

  private async endLease(actor: Actor): Promise<void> {
    this.hasRunOut = true;
    this.access.expire(await this.leases.expire(actor));
  }

  /**
   * Lets time pass when no attempt can go on but one waits for a Redis lock: a lease or the wait runs out. False:
   * neither.
   */
  private async passTime(): Promise<boolean> {
    const waiting = this.actors.filter(({ doing }) => doing === 'waiting');
    if (waiting.length === 0) return false;
    this.access.pass();
    const wanted = new Set(waiting.flatMap((actor) => [...actor.wanted]));
    if (await this.leases.expireLost(wanted)) return true;
    this.passed += LONG_US;
    this.leases.forget(wanted);
    return true;
  }

  private async finish(isComplete: boolean): Promise<ScheduleRun> {
    if (!isComplete) await this.attempts.dismiss(this.moves);
    // what a dead attempt still sends must not be attributed to the next attempt on its session
    else if (this.hasCrashed) await this.attempts.haveAllEnded();
    const receipts = await this.attempts.receipts();
    await this.attempts.freeSharedLocks(this.moves);
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
      isSerializable: this.access.isSerializable,
      readsTimes: this.access.readsTimes,
      ...(this.cut !== undefined && { cut: this.cut }),
    };
  }

  private id(): string {
    return this.moves.map(({ token }) => token).join('');
  }

  private describeStuck(): string {
    const where = this.actors.map(
      ({ index, doing, pending, sqlInFlight, redisInFlight }) =>
        `T${index + 1} is ${doing} at "${pending?.name ?? 'its start'}" (${countOf(sqlInFlight, 'statement')}, ${countOf(redisInFlight, 'command')} on their way)`,
    );
    return `After ${this.id() || 'no move'} no attempt can go on: ${where.join('; ')}.`;
  }
}
