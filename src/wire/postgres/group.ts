import { performance } from 'node:perf_hooks';
import type { Connection } from './connection';
import {
  FromClient,
  FromServer,
  isAsynchronous,
  makeError,
  makeFailingExecute,
  makeOwnStatement,
  type ErrorFields,
  type TransactionStatus,
} from './messages';
import { makeFrame } from './frames';
import type { Pipeline } from './pipeline';
import { Reply } from './reply';
import { mayRunInTransaction } from './sql-text';
import type { Sent } from './statements';

/** One execution within a group. */
export interface GroupStatement {
  /** A simple query's whole text, which may be several statements. `undefined`: prepared before the proxy knew of it. */
  readonly sql: string | undefined;
  readonly parameters: readonly (string | null)[];
  /** 0 is no limit. */
  readonly rowLimit: number;
}

/** When each thing happened, in ms of `performance.now()`. */
export interface GroupTimes {
  readonly held: number;
  released?: number;
  /** Of a group that was split, when the reply to its COMMIT came. */
  replied?: number;
  delivered?: number;
}

type Phase = 'held' | 'beginning' | 'sent' | 'commit pending' | 'ending' | 'replied' | 'delivered' | 'void';

/** What a group needs of its connection. */
export interface GroupWires {
  readonly pipeline: Pipeline;
  /** @returns what of it the server is to reply to */
  toServer(frames: readonly Buffer[]): Sent[];
  toClient(frames: readonly Buffer[]): void;
  replied(group: Group): void;
  delivered(group: Group): void;
  /** How many bytes of a reply are kept before the rest passes. */
  readonly replyLimit: number;
}

/**
 * Messages of a client that the server handles as one: they end at Query, Sync, Flush or FunctionCall.
 *
 * Its life is held -> `release()` -> replied -> `deliver()`; with a split held -> `release({ split: true })` -> replied
 * with its commit pending -> `commit()` -> replied -> `deliver()`. When the connection ends, it is void, and all of these
 * do nothing.
 */
export class Group {
  readonly statements: readonly GroupStatement[];
  /** The transaction's status when the group was held. */
  readonly statusBefore: TransactionStatus;
  readonly times: GroupTimes = { held: performance.now() };
  readonly reply: Reply;
  /** Whether it ends the implicit transaction of statements that an earlier group has executed (Flush, then Sync). */
  readonly endsImplicitTransaction: boolean;
  /** Whether the server's side ended before the reply was complete, so that the outcome is unknown. */
  isLost = false;

  private phase: Phase = 'held';
  /** The type of its last message. */
  private readonly endType: number;
  private readonly sent: Sent[] = [];
  private isSplit = false;
  /** The reply goes through as it comes: COPY to the client, or longer than the limit. */
  private isStreaming = false;
  private failure: Buffer | undefined;

  constructor(
    readonly connection: Connection,
    private frames: readonly Buffer[],
    private readonly wires: GroupWires,
  ) {
    const { pipeline } = wires;
    this.endType = frames.at(-1)?.[0] ?? 0;
    for (const frame of frames) {
      const sent = pipeline.names.read(frame[0] ?? 0, frame, this.sent);
      if (sent) this.sent.push(sent);
    }
    this.statements = this.sent.flatMap(readStatement);
    this.statusBefore = pipeline.status;
    this.endsImplicitTransaction = pipeline.isUnsynced && this.endType === FromClient.sync;
    this.reply = new Reply(this.sent);
  }

  /** Whether it can change nothing: it prepares, describes or closes only. Such a group is never held. */
  get passes(): boolean {
    return (
      this.statements.length === 0 &&
      !this.endsImplicitTransaction &&
      this.endType !== FromClient.functionCall
    );
  }

  /** Whether `release({ split: true })` leaves its meaning as it is. */
  get maySplit(): boolean {
    const { pipeline } = this.wires;
    return (
      pipeline.status === 'idle' &&
      !pipeline.isUnsynced &&
      (this.endType === FromClient.query || this.endType === FromClient.sync) &&
      this.statements.length > 0 &&
      this.statements.every(({ sql }) => sql !== undefined && mayRunInTransaction(sql))
    );
  }

  /** Whether the reply is there and `commit()` is yet to be called. */
  get isCommitPending(): boolean {
    return this.phase === 'commit pending';
  }

  /** The transaction's status after it; the reply has to be there. */
  get statusAfter(): TransactionStatus {
    return this.wires.pipeline.status;
  }

  /**
   * Sends the group to the server.
   *
   * @param options `split`: its statements and their commit become two steps, by a BEGIN of the proxy's own
   * @throws Error with `split` for a group that may not be split
   */
  release({ split = false }: { split?: boolean } = {}): void {
    if (split && this.phase === 'held' && !this.maySplit) throw new Error('this group must not be split');
    if (!this.moves('held', split ? 'beginning' : 'sent')) return;
    this.isSplit = split;
    this.times.released = performance.now();
    if (split) this.wires.toServer([makeOwnStatement('begin')]);
    // the reply is read by what the pipeline learns about these
    this.sent.splice(0, this.sent.length, ...this.wires.toServer(this.frames));
    this.frames = [];
    // after an error, the server says nothing before the next Sync
    if (this.wires.pipeline.isEmpty) this.complete();
  }

  /**
   * Answers with an error instead of having the server execute anything. The session is as after a real error: its
   * transaction has failed, and messages up to the next Sync are skipped. FATAL and PANIC end the connection.
   */
  fail(fields: ErrorFields): void {
    this.failure = makeError(fields);
    if (fields.severity === 'FATAL' || fields.severity === 'PANIC') {
      if (!this.moves('held', 'void')) return;
      this.wires.toClient([this.failure]);
      this.connection.end();
      return;
    }
    this.frames = this.failing();
    this.release();
  }

  /** Its messages, with one that fails in the place of the first that executes something. */
  private failing(): readonly Buffer[] {
    const failing = makeFailingExecute();
    if (this.endType === FromClient.query || this.endType === FromClient.functionCall)
      return [failing, makeFrame(FromClient.sync)];
    const at = this.frames.findIndex((frame) => frame[0] === FromClient.execute);
    return at === -1 ? [failing, ...this.frames] : this.frames.with(at, failing);
  }

  /** Sends the COMMIT of a group that was split. The group is `replied` again when the server has answered. */
  commit(): void {
    if (!this.moves('commit pending', 'ending')) return;
    this.wires.toServer([makeOwnStatement('commit')]);
  }

  /** Gives the reply to the client. */
  deliver(): void {
    if (!this.moves('replied', 'delivered')) return;
    this.times.delivered = performance.now();
    this.wires.toClient(this.reply.kept());
    this.wires.delivered(this);
  }

  /** The connection is over. */
  void(): void {
    this.phase = 'void';
  }

  /** Whether the server has it, or its reply waits to be delivered. */
  get isUnderway(): boolean {
    return this.phase !== 'held' && this.phase !== 'delivered' && this.phase !== 'void';
  }

  /** The server's side has ended: what has come of the reply is all there will be. */
  lose(): void {
    this.isLost = true;
    if (this.phase === 'replied') return;
    // its commit has not happened, as far as is known
    if (this.isSplit && this.endType === FromClient.query) this.reply.dropLastCompletion();
    if (this.phase === 'ending' && this.failure) this.reply.append(this.failure, 0, this.failure.length);
    this.isSplit = false;
    this.complete();
  }

  /** A message of the server while the group is the connection's current one. */
  receive(type: number, buffer: Buffer, start: number, end: number): void {
    switch (this.phase) {
      case 'beginning':
        if (type === FromServer.ready) this.phase = 'sent';
        else if (isAsynchronous(type) || type === FromServer.error) this.reply.append(buffer, start, end);
        return;
      case 'ending':
        this.receiveEnd(type, buffer, start, end);
        return;
      default:
        this.keep(type, buffer, start, end);
        if (this.phase === 'sent' && this.wires.pipeline.isEmpty) this.complete();
    }
  }

  private keep(type: number, buffer: Buffer, start: number, end: number): void {
    if (this.isSplit && type === FromServer.ready) return;
    if (type === FromServer.error && this.failure) this.reply.append(this.failure, 0, this.failure.length);
    else if (this.isStreaming) this.wires.toClient([buffer.subarray(start, end)]);
    else this.reply.append(buffer, start, end);

    const isCopy = type === FromServer.copyIn || type === FromServer.copyOut || type === FromServer.copyBoth;
    if (isCopy || this.reply.bytes > this.wires.replyLimit) {
      this.wires.toClient(this.reply.kept());
      this.reply.passOn();
      this.isStreaming = type !== FromServer.copyIn;
    } else if (type === FromServer.copyDone || type === FromServer.error) this.isStreaming = false;
  }

  private complete(): void {
    if (this.isSplit && this.statusAfter === 'failed') {
      this.phase = 'ending';
      this.wires.toServer([makeOwnStatement('rollback')]);
      return;
    }
    this.times.replied = performance.now();
    this.phase = this.isSplit ? 'commit pending' : 'replied';
    this.wires.replied(this);
  }

  /** The reply to our own COMMIT or ROLLBACK: its errors and its end are the client's, the rest is not. */
  private receiveEnd(type: number, buffer: Buffer, start: number, end: number): void {
    if (isAsynchronous(type)) this.reply.append(buffer, start, end);
    if (type === FromServer.error) this.failure = buffer.subarray(start, end);
    if (type !== FromServer.ready) return;
    if (this.failure) {
      if (this.endType === FromClient.query) this.reply.dropLastCompletion();
      this.reply.append(this.failure, 0, this.failure.length);
    }
    this.reply.append(buffer, start, end);
    this.isSplit = false;
    this.complete();
  }

  /** @returns false if the group is void; @throws Error if it is not where it should be, which is its owner's mistake */
  private moves(from: Phase, to: Phase): boolean {
    if (this.phase === 'void') return false;
    if (this.phase !== from) throw new Error(`the group is not ${from} but ${this.phase}`);
    this.phase = to;
    return true;
  }
}

function readStatement(sent: Sent): GroupStatement[] {
  if (sent.kind === 'query') return [{ sql: sent.sql, parameters: [], rowLimit: 0 }];
  if (sent.kind !== 'execute') return [];
  const { portal, rowLimit } = sent;
  return [{ sql: portal?.statement?.sql, parameters: portal?.parameters ?? [], rowLimit }];
}
