import { begins, commits, commitsApart, holdsUntilCommit } from '@/explorer/access/sent-access';
import { AFTERWARDS, commitOf } from './step-names';
import { END, NOTHING, START, unite } from '@/explorer/search/access-set';
import type { AccessSet } from '@/explorer/search/access-set';
import { UnexplorableError } from '@/explorer/search/backend';
import { deferred } from '@/lib/deferred';
import type { Deferred } from '@/lib/deferred';
import { accessOf } from '@/model/step-kind';
import type { StepKind } from '@/model/step-kind';
import type { AttemptClock } from '@/scenarios/inventory/purchase/attempt-clock';
import type { Answered, Call, ConnectionHooks } from './session';

/**
 * What an attempt is doing. `running` includes waiting for PostgreSQL, since only the server can tell the two apart.
 */
type Doing = 'ready' | 'running' | 'waiting' | 'ended' | 'dead';

export interface SentSql extends Call {
  answer?: Answered | Error;
  /** The statement was sent in an earlier move and had to wait until this one. */
  hasWaited?: true;
}

export interface SentRedis {
  command: string;
  args: string[];
  /** Null: any. */
  keys: readonly string[] | null;
  answer?: unknown;
  error?: Error;
}

export interface PendingStep {
  name: string;
  kind: StepKind;
}

/** A time-out that no schedule lives to see: how long a busy machine takes for one is no part of its result, ms. */
const NEVER_MS = 24 * 3_600_000;

/** Fails everything that an attempt still tries once its process is gone. */
class ProcessGone extends Error {
  override readonly name = 'ProcessGone';
}

/**
 * One attempt under exploration. It stops before each of its steps until `release()`, keeps what it sends meanwhile,
 * and knows nothing of the other attempts.
 */
export class Actor implements ConnectionHooks {
  doing: Doing = 'running';
  /** The step that the attempt stops before, or is in. */
  pending: PendingStep | undefined;
  /** Statements sent since they were last taken. */
  sql: SentSql[] = [];
  redis: SentRedis[] = [];
  /** Statements and commands without a response yet. */
  sqlInFlight = 0;
  redisInFlight = 0;
  /** Connections that the attempt has requested and not received. */
  opening = 0;
  /** The server has reported that the attempt waits for a lock. */
  isWaiting = false;
  /** Keys that the attempt asked for and did not get since it began its step. */
  wanted = new Set<string>();
  retries = 0;
  hasBegun = false;
  hasAnswered = false;
  /**
   * Whether the attempt has reached a step of kind `memory lock`: from there on everything it does may touch memory.
   */
  usesMemory = false;
  /** Intervals of the judge that started or ended since they were last taken. */
  private moments: AccessSet = NOTHING;
  /** The attempt has held a lock in this try, so the judge may look for the end of its hold. */
  private hasHeld = false;
  /** How often `takeSent` has been called. */
  private takes = 0;
  private held: Deferred<void> | undefined;
  /** Why the attempt cannot be followed any further. */
  fault: string | undefined;
  /** Connections whose transaction leaves something to its commit. */
  private readonly uncommitted = new Set<number>();
  /** The step that the attempt has come to last. */
  private step = 'statement';
  private depth = 0;
  private isAfter = false;

  constructor(
    readonly index: number,
    private readonly kinds: (step: string) => StepKind | undefined,
    private readonly changed: () => void,
  ) {}

  readonly clock = (now: () => number, pick: (below: number) => number): AttemptClock => ({
    nowUs: now,
    sleep: () => this.sleep(),
    timeout: () => NEVER_MS,
    pick,
  });

  /** Before each step of the strategy. */
  readonly gate = async (step: string): Promise<void> => {
    const kind = this.kinds(step) ?? 'sql';
    await this.pauseBefore({ name: step, kind });
    this.step = step;
    this.depth += 1;
    if (kind === 'memory lock') this.usesMemory = true;
    const access = accessOf(kind);
    // giving up a try also gives up the lock that only this try holds
    if (access === 'retry') this.hasHeld = false;
    if (this.hasHeld && (access === 'unlock' || access === 'commit')) this.note(END);
  };

  readonly left = (step: string): void => {
    this.depth -= 1;
    if (this.hasHeld || accessOf(this.kinds(step) ?? 'sql') !== 'lock') return;
    this.hasHeld = true;
    this.note(START);
  };

  /** Lets the attempt take its pending step, or ask again for what it waits for. */
  release(): void {
    this.doing = 'running';
    if (!this.hasBegun) this.note(START);
    this.hasBegun = true;
    this.wanted.clear();
    this.held?.resolve();
  }

  /** Kills the attempt's process: nothing that the attempt still sends reaches a server. */
  die(): void {
    this.doing = 'dead';
    this.held?.reject(new ProcessGone('the process is gone'));
  }

  end(): void {
    // what a dead attempt's code returns reaches nobody
    if (!this.hasAnswered && this.doing !== 'dead') {
      this.hasAnswered = true;
      this.note(END);
    }
    if (this.doing === 'running') this.doing = 'ended';
    this.changed();
  }

  /** The attempt has asked for something and not got it yet; a lock that it waits for may never come. */
  get isOnItsWay(): boolean {
    return this.opening + this.redisInFlight > 0 || (this.sqlInFlight > 0 && !this.isWaiting);
  }

  takeSent(): { sql: SentSql[]; redis: SentRedis[] } {
    const taken = { sql: this.sql, redis: this.redis };
    this.sql = [];
    this.redis = [];
    this.takes += 1;
    return taken;
  }

  takeMoments(): AccessSet {
    // without a step to go to, the latest one may be where its hold ended
    if (this.depth === 0 && this.doing === 'running') this.note(END);
    const taken = this.moments;
    this.moments = NOTHING;
    return taken;
  }

  private note(moment: AccessSet): void {
    this.moments = unite(this.moments, moment);
  }

  readonly admit = async (): Promise<void> => {
    this.refuseIfDead();
    if (this.depth > 0 || this.isAfter) return;
    this.isAfter = true;
    this.note(END);
    await this.pauseBefore(AFTERWARDS);
  };

  readonly connecting = (): (() => void) => {
    this.opening += 1;
    return () => {
      this.opening -= 1;
      this.changed();
    };
  };

  readonly sent = (call: Call): ((answer: Answered | Error) => void) => {
    // the attempt's connections are being closed, so it makes no difference whether this still gets through
    if (this.doing === 'dead') return this.sentByDead();
    const record: SentSql = { ...call };
    const { takes } = this;
    this.sql.push(record);
    if (begins(call.text)) this.uncommitted.delete(call.connection);
    else if (holdsUntilCommit(call.text)) this.uncommitted.add(call.connection);
    this.sqlInFlight += 1;
    return (answer) => {
      // a response belongs to the move in which it arrives
      if (takes === this.takes) record.answer = answer;
      else if (this.doing !== 'dead') this.sql.push({ ...call, answer, hasWaited: true });
      this.sqlInFlight -= 1;
      this.isWaiting = false;
      this.changed();
    };
  };

  private sentByDead(): () => void {
    this.sqlInFlight += 1;
    return () => {
      this.sqlInFlight -= 1;
      this.changed();
    };
  }

  readonly sentRedis = (
    call: Pick<SentRedis, 'command' | 'args' | 'keys'>,
  ): ((answer: unknown, error?: Error) => void) => {
    const record: SentRedis = call;
    this.redis.push(record);
    this.redisInFlight += 1;
    return (answer, error) => {
      if (error) record.error = error;
      else record.answer = answer;
      this.redisInFlight -= 1;
      this.changed();
    };
  };

  readonly isSplit = (text: string): boolean => !this.isAfter && commitsApart(text);

  /** Stops before the commit of a transaction that one step sends whole: that commit is a separate move. */
  readonly beforeSending = async (connection: number, text: string): Promise<void> => {
    if (!this.uncommitted.has(connection) || !commits(text)) return;
    if (this.isAfter || accessOf(this.kinds(this.step) ?? 'sql') === 'commit') return;
    await this.pauseBefore({ name: commitOf(this.step), kind: 'commit' });
  };

  readonly waiting = (isWaiting: boolean): void => {
    this.isWaiting = isWaiting;
    this.changed();
  };

  private async pauseBefore(step: PendingStep): Promise<void> {
    this.refuseIfDead();
    this.refuseSecondHold(step.name);
    this.pending = step;
    if (step.kind === 'retry') this.retries += 1;
    await this.hold('ready');
  }

  /**
   * Nothing sleeps in virtual time. An attempt that sleeps because a Redis lock is taken would only poll in vain, so it
   * waits until the lock is freed instead.
   */
  private async sleep(): Promise<void> {
    this.refuseIfDead();
    if (this.wanted.size === 0) return;
    this.refuseSecondHold(this.pending?.name ?? 'its start');
    await this.hold('waiting');
  }

  private async hold(doing: 'ready' | 'waiting'): Promise<void> {
    this.doing = doing;
    this.held = deferred();
    this.held.promise.catch(() => undefined);
    this.changed();
    await this.held.promise;
  }

  /** One hold at a time: the move that lets an attempt go on could not say which of two it lets go. */
  private refuseSecondHold(next: string): void {
    if (this.doing !== 'ready' && this.doing !== 'waiting') return;
    this.fault ??= `T${this.index + 1} takes two steps at once ("${this.pending?.name ?? 'its start'}", "${next}"); the explorer follows one at a time. Take them one after the other.`;
    this.changed();
    throw new UnexplorableError(this.fault);
  }

  private refuseIfDead(): void {
    if (this.doing === 'dead') throw new ProcessGone('the process is gone');
  }
}

/** Whether the attempt's buyer has been answered, or never will be. */
export function isSettled(actor: Actor): boolean {
  return actor.hasAnswered || isOver(actor);
}

/** Whether the attempt takes no more steps. */
export function isOver({ doing }: Actor): boolean {
  return doing === 'ended' || doing === 'dead';
}
