import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { frameBytes, FrameReader, framesIn, FramingError } from './frames';
import { Group, type GroupWires } from './group';
import {
  endsGroup,
  FieldReader,
  FromClient,
  FromServer,
  isCopy,
  makeError,
  type TransactionStatus,
} from './messages';
import type { ConnectionContext } from './hooks';
import { Inbox } from './inbox';
import { Pipeline } from './pipeline';
import type { Sent } from './statements';

/** A client may send so much ahead of the group that is its current one. */
const INBOX_BYTES = 1 << 20;
/** Of a message that passes, which only names are read from. */
const PEEKED_BYTES = 1 << 20;

/** A client's connection and its own one to the server. */
export class Connection {
  /** Of the server's process, as in `pg_stat_activity`; 0 before the client has logged in. */
  backendPid = 0;
  applicationName: string;

  private readonly pipeline = new Pipeline();
  private readonly fromClient: FrameReader;
  private readonly fromServer: FrameReader;
  private readonly wires: GroupWires;
  /** Whether messages pass as they come; `false` once the connection has begun to hold. */
  private isPassing = true;
  /** Nothing is understood any more: bytes pass. */
  private isOpaque = false;
  /** Between the first message of a group and its last one, while messages pass. */
  private isWithinGroup = false;
  private readonly inbox: Inbox;
  private current: Group | undefined;
  /** How many bytes of the server's incomplete message have passed already. */
  private passedBytes = 0;
  private isChunkPassed = false;
  private isOpen = false;
  private state: 'up' | 'server gone' | 'closed' = 'up';

  constructor(
    /** Counts up from 1 within a proxy. */
    readonly id: number,
    /** What the client asked for when it connected: user, database, application_name, options, … */
    readonly parameters: ReadonlyMap<string, string>,
    private readonly client: Duplex,
    private readonly server: Socket,
    private readonly context: ConnectionContext,
  ) {
    this.applicationName = parameters.get('application_name') ?? '';
    this.fromClient = new FrameReader(this.onClientFrame, (type) =>
      type === FromClient.copyData && this.isPassing
        ? 0
        : this.isPassing
          ? PEEKED_BYTES
          : context.limitBytes + 1,
    );
    this.fromServer = new FrameReader(this.onServerFrame, (type) =>
      this.isUnderway || (type !== FromServer.dataRow && type !== FromServer.copyData) ? Infinity : 0,
    );
    this.wires = {
      pipeline: this.pipeline,
      replyLimit: context.limitBytes,
      toServer: (frames) => this.toServer(frames),
      toClient: (frames) => this.toClient(frames),
      replied: (group) => this.onReplied(group),
      delivered: () => this.onDelivered(),
    };
    this.inbox = new Inbox(context.limitBytes, {
      mayTake: (type) =>
        this.isUp && (!this.current || (this.isUnderway && this.pipeline.belongsToCopy(type))),
      isLoose: (type) => isCopy(type) || type === FromClient.terminate || this.pipeline.belongsToCopy(type),
      takeLoose: (frame) => void this.toServer([frame]),
      takeGroup: (frames) => this.begin(new Group(this, frames, this.wires)),
      tooLong: () =>
        this.refuse({ code: '54000', message: 'more messages before a Sync than the proxy holds' }),
    });
    client.on('data', this.onClientData).on('drain', () => server.resume());
    server.on('data', this.onServerData).on('drain', () => this.resumeClient());
    for (const event of ['end', 'close', 'error'] as const) {
      client.on(event, () => this.onClientGone());
      server.on(event, () => this.onServerGone());
    }
  }

  get user(): string {
    return this.parameters.get('user') ?? '';
  }

  get database(): string {
    return this.parameters.get('database') ?? this.user;
  }

  /** As of the server's last ReadyForQuery. */
  get transactionStatus(): TransactionStatus {
    return this.pipeline.status;
  }

  /** Whether the server owes a reply, or the client is still logging in. */
  get isBusy(): boolean {
    return !this.pipeline.isEmpty;
  }

  /** Whether both sides are connected. */
  get isUp(): boolean {
    return this.state === 'up';
  }

  /** Breaks both sides at once. What was not delivered is lost. */
  destroy(): void {
    this.client.destroy();
    this.server.destroy();
    this.finish();
  }

  /** Ends the client's side after what has been written to it, and breaks the server's. */
  end(): void {
    this.client.end(() => this.client.destroy());
    this.server.destroy();
    this.finish();
  }

  /** Goes over to holding, or to passing, if nothing is underway. Otherwise it does so when the client next sends. */
  chooseMode(): void {
    if (this.isPassing !== this.context.isHolding() || this.isOpaque || !this.isQuiet) return;
    this.isPassing = !this.isPassing;
  }

  private get isQuiet(): boolean {
    return (
      this.pipeline.isEmpty &&
      this.current === undefined &&
      !this.isWithinGroup &&
      this.inbox.isEmpty &&
      this.fromClient.partialBytes === 0
    );
  }

  private get isUnderway(): boolean {
    return this.current?.isUnderway === true;
  }

  private readonly onClientData = (chunk: Buffer): void => {
    this.chooseMode();
    const isPassing = this.isPassing || this.isOpaque;
    if (isPassing && !this.server.write(chunk)) this.client.pause();
    if (this.isOpaque) return;
    try {
      this.fromClient.push(chunk);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      // the server closes such a connection without a word
      if (isPassing) this.isOpaque = true;
      else this.end();
    }
  };

  private readonly onClientFrame = (type: number, buffer: Buffer, start: number, end: number): void => {
    if (this.isPassing) {
      this.isWithinGroup = !endsGroup(type);
      const sent = this.pipeline.send(type, buffer.subarray(start, end));
      if (sent) this.tellSeen(sent, end - start === frameBytes(buffer, start));
      return;
    }
    if (!this.isUp) return;
    this.inbox.push(buffer.subarray(start, end));
    if (this.inbox.waitingBytes > INBOX_BYTES) this.client.pause();
  };

  private tellSeen(sent: Sent, isWhole: boolean): void {
    const sql = sent.kind === 'query' ? sent.sql : sent.kind === 'parse' ? sent.statement.sql : undefined;
    if (sql !== undefined) this.context.hooks.seen?.(this, isWhole ? sql : undefined);
  }

  private begin(group: Group): void {
    this.current = group;
    if (group.passes) {
      this.context.hooks.passed?.(group);
      group.release();
    } else if (this.context.isHolding() && this.context.hooks.held) this.context.hooks.held(group);
    else group.release();
  }

  private onReplied(group: Group): void {
    const { hooks, isHolding } = this.context;
    if (!group.passes && isHolding() && hooks.replied) hooks.replied(group);
    else if (group.isCommitPending) group.commit();
    else group.deliver();
  }

  private onDelivered(): void {
    this.current = undefined;
    if (this.state === 'server gone') this.end();
    else {
      this.inbox.read();
      this.resumeClient();
    }
  }

  private readonly onServerData = (chunk: Buffer): void => {
    // a message that has not passed from its beginning is not passed from its middle
    const passes = !this.isUnderway && this.fromServer.partialBytes === this.passedBytes;
    if (passes && !this.client.write(chunk)) this.server.pause();
    if (this.isOpaque && passes) return;
    this.isChunkPassed = passes;
    try {
      this.fromServer.push(chunk);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.destroy();
    }
    if (passes) this.passedBytes = this.fromServer.partialBytes;
  };

  private readonly onServerFrame = (type: number, buffer: Buffer, start: number, end: number): void => {
    this.pipeline.receive(type, buffer, start, end);
    if (!this.isChunkPassed) {
      // passed bytes are those of the one message that was incomplete when the group was released
      const from = start + this.passedBytes;
      const isWhole = this.passedBytes === 0;
      this.passedBytes = 0;
      if (this.current && this.isUnderway && isWhole) this.current.receive(type, buffer, start, end);
      else this.toClient([buffer.subarray(from, end)]);
    }
    if (type === FromServer.backendKeyData) this.backendPid = new FieldReader(buffer, start, end).int32();
    else if (type === FromServer.parameterStatus) this.onParameter(new FieldReader(buffer, start, end));
    else if (type === FromServer.copyBoth) this.isOpaque = true;
    else if (type === FromServer.ready && !this.isOpen) {
      this.isOpen = true;
      this.context.hooks.opened?.(this);
    }
  };

  private onParameter(fields: FieldReader): void {
    if (fields.string() === 'application_name') this.applicationName = fields.string();
  }

  private toServer(frames: readonly Buffer[]): Sent[] {
    const bytes = frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames);
    if (!this.server.write(bytes)) this.client.pause();
    return [...framesIn(bytes)].flatMap((frame) => this.pipeline.send(frame.readUInt8(0), frame) ?? []);
  }

  private toClient(frames: readonly Buffer[]): void {
    if (this.client.destroyed) return;
    this.client.cork();
    let isRoom = true;
    for (const frame of frames) isRoom = this.client.write(frame);
    this.client.uncork();
    if (!isRoom) this.server.pause();
  }

  private resumeClient(): void {
    if (this.inbox.waitingBytes <= INBOX_BYTES && !this.server.writableNeedDrain) this.client.resume();
  }

  /** Ends the connection with an error of the proxy's own. */
  private refuse(error: { code: string; message: string }): void {
    this.toClient([makeError({ severity: 'FATAL', ...error })]);
    this.end();
  }

  private onClientGone(): void {
    if (this.state === 'closed') return;
    // what has been passed reaches the server, as it would without the proxy
    if (this.isPassing) this.server.destroySoon();
    else this.server.destroy();
    this.client.destroy();
    this.finish();
  }

  private onServerGone(): void {
    if (this.state !== 'up') return;
    if (this.isUnderway) {
      // its reply is the client's before the end is
      this.state = 'server gone';
      this.server.destroy();
      this.current?.lose();
    } else this.end();
  }

  private finish(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.current?.void();
    this.current = undefined;
    this.inbox.clear();
    this.context.closed(this);
    if (this.isOpen) this.context.hooks.closed?.(this);
  }
}
