import type { AppAnswer } from '@/app-under-test/send-request';
import type { Connection, Group, WireHooks } from '@/wire/postgres/proxy';
import type {
  Connection as RedisConnection,
  RedisCommand,
  WireHooks as RedisHooks,
} from '@/wire/redis/proxy';
import type { AccessSet } from '@/explorer/search/access-set';
import { accessInVain, accessOfRedis, isTaken, lockOf } from './redis-access';
import type { Call, SentCall } from './sent-call';
import type { SessionLevels } from './session-levels';
import { isSessionOnly } from './sql-access';

/**
 * One request under exploration, with the instance of the app that serves it alone. Whatever comes through the instance's proxy is
 * this request's. Groups that touch nothing but their session pass; all others are held until `release()`.
 */
export class AppActor {
  /** What waits for its turn, in order of arrival. */
  readonly held: Call[] = [];
  /** What a server has, by what is remembered of it. */
  readonly inFlight = new Map<Call, SentCall>();
  /** Replies that are kept back, because the code of another request runs. */
  readonly replied: Call[] = [];
  /** A statement outside a transaction that has run, and whose commit is the next move. */
  commitPending: Group | undefined;
  answer: AppAnswer | undefined;
  isSent = false;
  /** What came before the request was sent, or after it was taken to have ended. */
  strays: SentCall[] = [];
  /** Whether its code may run: its replies are delivered as they come. */
  isRunning = false;
  isOver = false;
  /** Whether the instance has ever opened a connection. */
  hasConnected = false;
  /** Open connections of the instance to PostgreSQL, and to Redis. */
  readonly connections = new Set<Connection>();
  readonly redisConnections = new Set<RedisConnection>();
  /** Keys of Redis that may have been changed since they were last taken. */
  private touchedKeys = new Set<string>();
  private mayTouchAllKeys = false;
  /** The lock in Redis that its latest command asked for and did not get. */
  private wanted: string | undefined;
  /** What went to a server since it was last taken. */
  private taken: SentCall[] = [];
  private readonly passing = new Set<Call>();

  constructor(
    readonly index: number,
    private readonly changed: () => void,
    private readonly levels: SessionLevels,
    /** Whether the statement and its commit are to be two moves. */
    private readonly isSplit: (group: Group) => boolean,
    /** Whether the app sends it by itself, at times that have nothing to do with the request. */
    private readonly isBackground: (texts: readonly string[]) => boolean = () => false,
  ) {}

  /** Begins another schedule. Connections stay open, as an app's pool keeps them. @param takesPart whether it is sent */
  begin(takesPart = true): void {
    this.answer = undefined;
    this.isSent = false;
    this.isOver = !takesPart;
    this.taken = [];
    this.wanted = undefined;
  }

  /** The hooks of the instance's proxy. */
  readonly hooks: WireHooks = {
    opened: (connection: Connection) => {
      this.hasConnected = true;
      this.connections.add(connection);
      this.changed();
    },
    closed: (connection: Connection) => this.forget(connection),
    seen: (connection: Connection, sql: string | undefined) => this.levels.note(connection, sql),
    held: (group: Group) => this.hold(group),
    replied: (group: Group) => this.receive(group),
    passed: () => this.changed(),
  };

  /** The hooks of the instance's proxy to Redis. */
  readonly redisHooks: RedisHooks = {
    opened: (connection: RedisConnection) => {
      this.redisConnections.add(connection);
      this.changed();
    },
    closed: (connection: RedisConnection) => this.forget(connection),
    held: (command: RedisCommand) => this.holdCommand(command),
    replied: (command: RedisCommand) => this.receive(command),
    passed: () => this.changed(),
  };

  /** Sends what the request's next move is: a held group, or the commit that is pending. */
  release(): void {
    const { commitPending: pending } = this;
    if (pending) {
      this.commitPending = undefined;
      this.remember(pending, { ...this.describe(pending), statements: [], isCommit: true });
      pending.commit();
      return;
    }
    const call = this.held.shift();
    if (!call) return;
    if (isCommand(call)) {
      this.remember(call, this.describe(call));
      this.touch(call);
      return call.release();
    }
    const split = this.isSplit(call) && call.maySplit;
    this.remember(call, { ...this.describe(call), ...(split && { isSplit: true }) });
    call.release({ split });
  }

  /** Gives the app the first reply that was kept back; the code of the request goes on. */
  deliverNext(): void {
    this.replied.shift()?.deliver();
  }

  /** What the next move would be, in words: the SQL, the command, `(commit)`, or the request itself. */
  describeNext(): string {
    if (!this.isSent) return '(request)';
    if (this.commitPending) return '(commit)';
    const [next] = this.held;
    if (!next) return '';
    return isCommand(next) ? next.text : next.statements.map(({ sql = '(prepared)' }) => sql).join('; ');
  }

  /** Lets through whatever waits, outside of any schedule. */
  goOn(): void {
    while (this.replied.length > 0) this.deliverNext();
    if (this.commitPending || this.held.length > 0) this.release();
  }

  /** Closes what its instance has open. */
  disconnect(): void {
    for (const connection of [...this.connections, ...this.redisConnections]) connection.destroy();
  }

  /** What its next move touches, where that asks again for the lock in Redis that it has just been refused; else undefined. */
  get asksAgain(): AccessSet | undefined {
    const [next] = this.commitPending ? [] : this.held;
    if (!next || !isCommand(next) || this.wanted === undefined || lockOf(next) !== this.wanted)
      return undefined;
    return accessOfRedis(next.traits, next.db);
  }

  /** Whether it waits for Redis to reply to a command that may take as long as it likes. */
  get isBlockedInRedis(): boolean {
    return [...this.inFlight.keys()].some((call) => isCommand(call) && call.traits.isBlocking);
  }

  /** Keys that may have been changed since this was last called. */
  takeTouchedKeys(): ReadonlySet<string> | 'all' {
    const taken = this.mayTouchAllKeys ? 'all' : this.touchedKeys;
    this.touchedKeys = new Set();
    this.mayTouchAllKeys = false;
    return taken;
  }

  /** Whether nothing is underway: no request, no statement, no transaction. */
  get isIdle(): boolean {
    const waits = this.held.length + this.inFlight.size + this.replied.length;
    const isAnswered = !this.isSent || this.answer !== undefined;
    return (
      isAnswered && waits === 0 && !this.commitPending && !this.waitsForServer && !this.hasOpenTransaction
    );
  }

  takeStrays(): SentCall[] {
    const { strays } = this;
    this.strays = [];
    return strays;
  }

  takeSent(): SentCall[] {
    const { taken } = this;
    this.taken = [];
    return taken;
  }

  get isReady(): boolean {
    return !this.isSent || this.commitPending !== undefined || this.held.length > 0;
  }

  get hasOpenTransaction(): boolean {
    return [...this.connections].some(({ transactionStatus }) => transactionStatus !== 'idle');
  }

  /** Whether a connection is being opened, or a group that passes has no reply yet: time that is not the app's. */
  get waitsForServer(): boolean {
    return this.passing.size > 0 || [...this.connections].some(({ backendPid }) => backendPid === 0);
  }

  /** Processes of the server that work for it, or wait. */
  get pidsInFlight(): number[] {
    return [...this.inFlight.keys()].flatMap((call) => (isCommand(call) ? [] : call.connection.backendPid));
  }

  private hold(group: Group): void {
    for (const { sql } of group.statements) this.levels.note(group.connection, sql);
    if (isAboutSession(group)) this.pass(group, this.describe(group));
    else this.holdOrPass(group);
  }

  private holdCommand(command: RedisCommand): void {
    if (command.traits.isHousekeeping) this.pass(command, this.describe(command));
    else this.holdOrPass(command);
  }

  private holdOrPass(call: Call): void {
    const sent = this.describe(call);
    const texts = sent.command ? [sent.command.text] : sent.statements.map(({ sql }) => sql);
    if (texts.length > 0 && this.isBackground(texts)) this.pass(call, sent);
    else if (this.isSent && !this.isOver) this.held.push(call);
    else {
      this.strays.push(sent);
      this.pass(call, sent);
    }
    this.changed();
  }

  private describe(call: Call): SentCall {
    if (isCommand(call)) {
      const { text, db } = call;
      const command = { text, db, accessSet: accessOfRedis(call.traits, db) };
      return { connection: call.connection.id, statements: [], level: '', command };
    }
    const { connection, statements } = call;
    return {
      connection: connection.id,
      statements: statements.map(({ sql = '(prepared before)', parameters }) => ({ sql, parameters })),
      level: this.levels.of(connection),
    };
  }

  private pass(call: Call, sent: SentCall): void {
    this.passing.add(call);
    this.taken.push(sent);
    if (isCommand(call)) this.touch(call);
    call.release();
  }

  private touch({ traits }: RedisCommand): void {
    if (!traits.writes) return;
    if (!traits.namesAllKeys) this.mayTouchAllKeys = true;
    for (const { key } of traits.keys) this.touchedKeys.add(key.toString('latin1'));
  }

  private receive(call: Call): void {
    if (this.passing.delete(call)) call.deliver();
    else {
      this.noteReply(call);
      if (!isCommand(call) && call.isCommitPending) this.commitPending = call;
      else if (this.isRunning) call.deliver();
      else this.replied.push(call);
    }
    this.changed();
  }

  /** A reply belongs to the move in which it comes. */
  private noteReply(call: Call): void {
    const sent = this.inFlight.get(call);
    this.inFlight.delete(call);
    this.wanted = isCommand(call) && isTaken(call) ? lockOf(call) : undefined;
    if (!sent) return;
    const told = replyOf(call, sent);
    if (this.taken.includes(sent)) Object.assign(sent, told);
    else this.taken.push({ ...sent, ...told, hasWaited: true });
  }

  private remember(call: Call, sent: SentCall): void {
    this.inFlight.set(call, sent);
    this.taken.push(sent);
  }

  private forget(connection: Connection | RedisConnection): void {
    this.connections.delete(connection as Connection);
    this.redisConnections.delete(connection as RedisConnection);
    const isOf = (call: Call) => call.connection === connection;
    for (const list of [this.held, this.replied])
      for (let i = list.length - 1; i >= 0; i -= 1) if (list[i] && isOf(list[i] as Call)) list.splice(i, 1);
    for (const call of [...this.inFlight.keys()].filter(isOf)) this.inFlight.delete(call);
    for (const call of [...this.passing].filter(isOf)) this.passing.delete(call);
    if (this.commitPending && isOf(this.commitPending)) this.commitPending = undefined;
    this.changed();
  }
}

function isCommand(call: Call): call is RedisCommand {
  return 'words' in call;
}

/** What came back, as it is remembered. */
function replyOf(call: Call, { command }: SentCall): Partial<SentCall> {
  if (!isCommand(call)) return { reply: call.reply };
  if (!command || !call.reply) return {};
  const reply = { text: call.reply.text, isError: call.reply.isError };
  const isInVain = lockOf(call) !== undefined && isTaken(call);
  return { command: { ...command, ...(isInVain && { accessSet: accessInVain(call) }), reply } };
}

function isAboutSession({ statements }: Group): boolean {
  return statements.length > 0 && statements.every(({ sql }) => sql !== undefined && isSessionOnly(sql));
}
