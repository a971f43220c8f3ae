import type { AppAnswer } from '@/app-under-test/send-request';
import type { Connection, Group, WireHooks } from '@/wire/postgres/proxy';
import type { SessionLevels } from './session-levels';
import { isSessionOnly } from './sql-access';

/** A group that went to the server, and what came back. */
export interface SentGroup {
  connection: number;
  statements: { sql: string; parameters: readonly (string | null)[] }[];
  /** The isolation level of transactions that set none. */
  level: string;
  /** Absent while the server has not replied. */
  reply?: Group['reply'];
  /** Its commit is a move of its own. */
  isSplit?: true;
  /** The commit of a group that was split. */
  isCommit?: true;
  /** It was sent in an earlier move and had to wait until this one. */
  hasWaited?: true;
}

/**
 * One request under exploration, with the instance of the app that serves it alone. Whatever comes through the instance's proxy is
 * this request's. Groups that touch nothing but their session pass; all others are held until `release()`.
 */
export class AppActor {
  /** Groups that wait for their turn, in order of arrival. */
  readonly held: Group[] = [];
  /** Groups that the server has, by what is remembered of them. */
  readonly inFlight = new Map<Group, SentGroup>();
  /** Replies that are kept back, because the code of another request runs. */
  readonly replied: Group[] = [];
  /** A statement outside a transaction that has run, and whose commit is the next move. */
  commitPending: Group | undefined;
  answer: AppAnswer | undefined;
  isSent = false;
  /** What came before the request was sent, or after it was taken to have ended. */
  strays: SentGroup[] = [];
  /** Whether its code may run: its replies are delivered as they come. */
  isRunning = false;
  isOver = false;
  /** Whether the instance has ever opened a connection. */
  hasConnected = false;
  /** Open connections of the instance. */
  readonly connections = new Set<Connection>();
  /** What went to the server since it was last taken. */
  private taken: SentGroup[] = [];
  private readonly passing = new Set<Group>();

  constructor(
    readonly index: number,
    private readonly changed: () => void,
    private readonly levels: SessionLevels,
    /** Whether the statement and its commit are to be two moves. */
    private readonly isSplit: (group: Group) => boolean,
    /** Whether the app sends it by itself, at times that have nothing to do with the request. */
    private readonly isBackground: (group: Group) => boolean = () => false,
  ) {}

  /** Begins another schedule. Connections stay open, as an app's pool keeps them. @param takesPart whether it is sent */
  begin(takesPart = true): void {
    this.answer = undefined;
    this.isSent = false;
    this.isOver = !takesPart;
    this.taken = [];
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

  /** Sends what the request's next move is: a held group, or the commit that is pending. */
  release(): void {
    const { commitPending: pending } = this;
    if (pending) {
      this.commitPending = undefined;
      this.remember(pending, { ...this.describe(pending), statements: [], isCommit: true });
      pending.commit();
      return;
    }
    const group = this.held.shift();
    if (!group) return;
    const split = this.isSplit(group) && group.maySplit;
    this.remember(group, { ...this.describe(group), ...(split && { isSplit: true }) });
    group.release({ split });
  }

  /** Gives the app the first reply that was kept back; the code of the request goes on. */
  deliverNext(): void {
    this.replied.shift()?.deliver();
  }

  /** What the next move would be, in words: the SQL, `(commit)`, or the request itself. */
  describeNext(): string {
    if (!this.isSent) return '(request)';
    if (this.commitPending) return '(commit)';
    return this.held[0]?.statements.map(({ sql = '(prepared)' }) => sql).join('; ') ?? '';
  }

  /** Lets through whatever waits, outside of any schedule. */
  goOn(): void {
    while (this.replied.length > 0) this.deliverNext();
    if (this.commitPending || this.held.length > 0) this.release();
  }

  /** Closes what its instance has open. */
  disconnect(): void {
    for (const connection of this.connections) connection.destroy();
  }

  /** Whether nothing is underway: no request, no statement, no transaction. */
  get isIdle(): boolean {
    const waits = this.held.length + this.inFlight.size + this.replied.length;
    const isAnswered = !this.isSent || this.answer !== undefined;
    return (
      isAnswered && waits === 0 && !this.commitPending && !this.waitsForServer && !this.hasOpenTransaction
    );
  }

  takeStrays(): SentGroup[] {
    const { strays } = this;
    this.strays = [];
    return strays;
  }

  takeSent(): SentGroup[] {
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
    return [...this.inFlight.keys()].map(({ connection }) => connection.backendPid);
  }

  private hold(group: Group): void {
    for (const { sql } of group.statements) this.levels.note(group.connection, sql);
    if (isAboutSession(group) || this.isBackground(group)) this.pass(group, this.describe(group));
    else if (this.isSent && !this.isOver) this.held.push(group);
    else {
      const stray = this.describe(group);
      this.strays.push(stray);
      this.pass(group, stray);
    }
    this.changed();
  }

  private describe({ connection, statements }: Group): SentGroup {
    return {
      connection: connection.id,
      statements: statements.map(({ sql = '(prepared before)', parameters }) => ({ sql, parameters })),
      level: this.levels.of(connection),
    };
  }

  private pass(group: Group, sent: SentGroup): void {
    this.passing.add(group);
    this.taken.push(sent);
    group.release();
  }

  private receive(group: Group): void {
    if (this.passing.delete(group)) group.deliver();
    else {
      this.noteReply(group);
      if (group.isCommitPending) this.commitPending = group;
      else if (this.isRunning) group.deliver();
      else this.replied.push(group);
    }
    this.changed();
  }

  /** A reply belongs to the move in which it comes. */
  private noteReply(group: Group): void {
    const sent = this.inFlight.get(group);
    this.inFlight.delete(group);
    if (!sent) return;
    const { reply } = group;
    if (this.taken.includes(sent)) sent.reply = reply;
    else this.taken.push({ ...sent, reply, hasWaited: true });
  }

  private remember(group: Group, sent: SentGroup): void {
    this.inFlight.set(group, sent);
    this.taken.push(sent);
  }

  private forget(connection: Connection): void {
    this.connections.delete(connection);
    const isOf = (group: Group) => group.connection === connection;
    for (const list of [this.held, this.replied])
      for (let i = list.length - 1; i >= 0; i -= 1) if (list[i] && isOf(list[i] as Group)) list.splice(i, 1);
    for (const group of [...this.inFlight.keys()].filter(isOf)) this.inFlight.delete(group);
    for (const group of [...this.passing].filter(isOf)) this.passing.delete(group);
    if (this.commitPending && isOf(this.commitPending)) this.commitPending = undefined;
    this.changed();
  }
}

function isAboutSession({ statements }: Group): boolean {
  return statements.length > 0 && statements.every(({ sql }) => sql !== undefined && isSessionOnly(sql));
}
